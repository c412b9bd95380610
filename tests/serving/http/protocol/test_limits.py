"""The limits of a service agree with one another."""

import msgspec
import pytest

from littlegiants.serving.http.protocol.limits import EXPLAINED, Limits

LIMITS = Limits()


def test_a_request_within_its_limits_can_be_taken():
    assert LIMITS.body_bytes <= LIMITS.bodies_bytes
    assert LIMITS.firms <= LIMITS.queued_firms
    assert LIMITS.queued_firms >= EXPLAINED


@pytest.mark.parametrize("name", Limits.__struct_fields__)
def test_limits_are_positive_and_stay(name):
    assert getattr(LIMITS, name) > 0
    with pytest.raises(AttributeError):
        setattr(LIMITS, name, 1)


def test_a_limit_that_nobody_knows():
    with pytest.raises(msgspec.ValidationError, match="unknown field `firm`"):
        msgspec.convert({"firm": 5}, Limits)
