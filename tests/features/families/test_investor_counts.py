"""What a firm takes out of the counts of its investors, and the best and the mean of them."""

import numpy as np
import pytest

from littlegiants.features.families.investor_counts import best_of, deals_of, less_own, mean_of, own_weight
from littlegiants.ingest.tables.days import NEVER
from tests.features.hand_tables import Case

SNAPSHOT = Case(
    "two investors of one firm, one of another, none of a third",
    "2020-06-30",
    {
        "firms": "firm_id\n a\n b\n c",
        "investments": """
            firm_id announced_on investor
            a       2018-01-10   Acorn
            a       2018-01-10   Birch
            b       2018-01-10   Acorn
        """,
    },
    {},
    """
    statistic         key   month   count
    deals_by_investor acorn 2018-01 9
    deals_by_investor birch 2018-01 1
    """,
).snapshot()


@pytest.mark.parametrize(
    ("day", "weight"),
    [("2020-07-01", 0), ("2020-06-30", 1), ("2015-07-01", 1), ("2015-06-30", 0.5), ("2010-06-30", 0.25)],
)
def test_a_firm_counts_itself_by_the_age_of_what_is_known(day, weight):
    assert own_weight(SNAPSHOT, np.array([day], "datetime64[D]").astype(np.int64)).tolist() == [weight]


def test_what_is_never_known_is_not_counted():
    assert own_weight(SNAPSHOT, np.array([NEVER])).tolist() == [0]


def test_a_firm_that_was_never_counted_takes_out_no_more_than_there_is():
    assert less_own(np.array([0.0, 3.0]), np.array([1.0, 1.0])).tolist() == [0, 2]


def test_deals_are_of_other_firms_and_a_firm_without_investors_has_neither_best_nor_mean():
    assert deals_of(SNAPSHOT).tolist() == [8, 0, 8]
    np.testing.assert_array_equal(best_of(SNAPSHOT, deals_of(SNAPSHOT)), [8, 8, np.nan])
    np.testing.assert_array_equal(mean_of(SNAPSHOT, deals_of(SNAPSHOT)), [4, 8, np.nan])
