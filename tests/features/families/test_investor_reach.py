"""Where investors invest and with whom, by hand."""

import pytest

from tests.features.families.test_investor_records import COUNTS, TABLES
from tests.features.hand_tables import NONE, Case, check

REACH = Case(
    "deals in the sector and region of the firm, and partners, without the firm itself",
    "2020-06-30",
    TABLES,
    {
        # Acorn knows ai by 2 other firms, and web by 4 that are not `two`; Birch knows neither.
        "investor_sector_share": {"a": 2 / 14 / 2, "two": 4 / 14, "new": NONE, "none": NONE},
        "investor_region_share": {"a": 2 / 14 / 2, "two": NONE, "none": NONE},
        # The mean of 12, 1 and 11 is 8. Acorn and Birch may know each other by `a`, so one of each is left out.
        "investor_partners_best": {"a": 11 / 8, "two": 12 / 8, "none": NONE},
        "investor_partners_mean": {"a": 11 / 16, "two": 12 / 8, "none": NONE},
    },
    COUNTS,
)
UNSEEN = Case(
    "before two investors were seen in one round, and a population without investors",
    "2017-12-31",
    {"investments": "firm_id announced_on investor\n a 2017-01-10 Acorn"},
    {"investor_partners_best": {"a": NONE}, "investor_sector_share": {"a": NONE}},
    COUNTS,
)

CASES = (REACH, UNSEEN)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
