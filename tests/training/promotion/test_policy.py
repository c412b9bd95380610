"""The thresholds of the gate: named, bounded, and known by their digest."""

import pytest
from pydantic import ValidationError

from littlegiants.training.promotion.policy import Policy


def test_any_threshold_that_is_moved_changes_the_digest():
    digests = {Policy().digest()}
    for name, threshold in Policy().model_dump(by_alias=False).items():
        # Every default can be halved, rounded to the kind of number that it is.
        digests.add(Policy().model_copy(update={name: type(threshold)(threshold / 2)}).digest())
    assert len(digests) == 1 + len(Policy.model_fields)


def test_the_digest_is_that_of_the_thresholds_alone():
    assert Policy().digest() == Policy(resamples=200, seed=7).digest() == Policy.model_validate({}).digest()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("resamples", 19),
        ("auc_margin", -0.01),
        ("ece", float("nan")),
        ("slope_high", 1.0),
        ("same_share", 1.1),
        ("slower", float("inf")),
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(name, value):
    with pytest.raises(ValidationError, match=name):
        Policy.model_validate({name: value})


def test_a_threshold_that_there_is_not_is_refused():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Policy.model_validate({"colour": 1})


def test_a_suspicious_gain_keeps_its_name_in_files():
    policy = Policy(suspicious_gain=0.1, suspicious_gain_logistic=0.2)
    written = policy.model_dump()
    assert (written["leap"], written["leap_logistic"]) == (0.1, 0.2)
    assert "suspicious_gain" not in written
    assert Policy.model_validate({"leap": 0.1, "leap_logistic": 0.2}) == policy
