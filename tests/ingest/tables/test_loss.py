"""The share of a table that may be lost before the work stops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError, LossError, StopError
from littlegiants.ingest.tables.loss import check_loss
from littlegiants.ingest.tables.quarantine import Reconciliation


def sums(read: int, **by_code: int) -> Reconciliation:
    quarantined = sum(by_code.values())
    return Reconciliation("rounds", read, read - quarantined, quarantined, by_code)


@given(read=st.integers(1, 1_000), lost=st.integers(0, 1_000), most=st.floats(0, 1))
def test_work_stops_exactly_above_the_share(read, lost, most):
    table = sums(read, missing_date=min(lost, read))
    if table.quarantined > max(1, most * read):
        with pytest.raises(LossError, match="rounds"):
            check_loss([sums(5), table], most)
    else:
        check_loss([sums(5), table], most)


def test_message_says_how_many_and_why_and_the_exit_code_is_its_own():
    with pytest.raises(
        LossError, match=r"rounds: 3 of 4 rows \(75\.0 %\) .*\(unknown_currency 2, missing_date 1\)"
    ) as e:
        check_loss([sums(4, missing_date=1, unknown_currency=2)])
    assert (e.value.exit_code, isinstance(e.value, StopError)) == (8, True)


def test_a_single_bad_row_never_stops_the_work():
    check_loss([sums(1, missing_date=1)], 0)


def test_a_row_that_stands_twice_is_no_loss():
    check_loss([sums(10, duplicate_row=5, missing_date=2)])


@pytest.mark.parametrize("most", [-0.1, 1.1, float("nan")])
def test_a_share_is_from_0_to_1(most):
    with pytest.raises(ConfigError, match="is no share of rows"):
        check_loss([], most)
