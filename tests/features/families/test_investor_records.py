"""Records of investors, by hand."""

import pytest

from tests.features.hand_tables import NONE, Case, check

# As of 30 June 2020. The population counts the firms below, and others. Deals: 48 in all, of which 2016 and after
# whole, those known for five years half, and those for ten a quarter.
COUNTS = """
    statistic                key       month   count
    deals_by_investor        acorn     2009-01 4
    deals_by_investor        acorn     2014-01 4
    deals_by_investor        acorn     2018-01 7
    deals_by_investor        birch     2019-06 1
    deals_by_investor        others    2019-01 30
    deals_by_investor        birch     2020-07 9
    followed_by_investor     acorn     2019-01 5
    followed_by_investor     others    2019-01 13
    exits_by_investor        acorn     2014-01 4
    exits_by_investor        others    2019-01 2
    partners_by_investor     acorn     2018-01 12
    partners_by_investor     birch     2019-06 1
    partners_by_investor     others    2019-01 11
    deals_by_investor_sector acorn|ai  2018-01 3
    deals_by_investor_sector acorn|web 2018-01 5
    deals_by_investor_region acorn|Oslo 2018-01 3
"""
TABLES = {
    "firms": """
        firm_id sectors region
        a       ai      Oslo
        two     ai;web  -
        new     -       Oslo
        gone    ai      Oslo
        none    ai      Oslo
    """,
    "rounds": """
        firm_id round_id announced_on kind
        a       r1       2018-01-10   seed
        a       r2       2019-01-10   series_a
        two     r3       2018-01-10   seed
    """,
    "investments": """
        firm_id announced_on investor lead
        a       2018-01-10   Acorn    -
        a       2019-06-10   Birch    1
        two     2018-01-10   acorn    -
        new     2020-06-10   Acorn    0
        new     2020-06-10   Iris     -
        gone    2014-01-10   Acorn    -
    """,
    "outcomes": """
        firm_id happened_on kind
        gone    2014-01-10  acquisition
    """,
}
# Acorn: 4/4 + 4/2 + 7 = 10 deals, Birch 1, all others 30: 41 in all. New deals of June count from its end on, so that
# each firm counts among its investors' deals; Acorn has 9 besides a, Birch none. Raised again
# 5 + 13 = 18, exits 2 + 2 = 4.
DEALS, FOLLOWED, EXITS = 41, 18 / 41, 4 / 41
RECORDS = Case(
    "records by age, shrunk, without the firm itself",
    "2020-06-30",
    TABLES,
    {
        # Iris was never seen; `new` is of June 2020, which the population counts, in vain.
        "investor_deals_best": {"a": 9, "two": 9, "new": 9, "gone": 9.5, "none": NONE},
        "investor_deals_mean": {"a": 4.5, "two": 9, "new": 4.5, "gone": 9.5, "none": NONE},
        # `gone` takes out its own exit of 2014, which counts half.
        "investor_exits_best": {
            "a": (2 + 5 * EXITS) / 14,
            "two": (2 + 5 * EXITS) / 14,
            "gone": (1.5 + 5 * EXITS) / 14.5,
            "none": NONE,
        },
        "investor_exits_mean": {"a": ((2 + 5 * EXITS) / 14 + EXITS) / 2, "none": NONE},
        # The stated lead of `a` is Birch, which has no deal but this one; `new` states none, so Acorn has most deals.
        "investor_exits_lead": {"a": EXITS, "two": (2 + 5 * EXITS) / 14, "new": (2 + 5 * EXITS) / 14, "none": NONE},
        # `a` raised again after Acorn came, in January 2019, and not after Birch did.
        "investor_followed_best": {"a": max((4 + 5 * FOLLOWED) / 14, FOLLOWED), "two": (5 + 5 * FOLLOWED) / 14},
        "investor_followed_mean": {"a": ((4 + 5 * FOLLOWED) / 14 + FOLLOWED) / 2, "none": NONE},
        "investor_followed_lead": {"a": FOLLOWED, "two": (5 + 5 * FOLLOWED) / 14, "none": NONE},
        # Within two years, since July 2018, the population learned of no deal of Acorn, and of Birch's only this one.
        "active_investor_share": {"a": 0, "two": 0, "none": NONE},
    },
    COUNTS,
)
BEFORE = Case(
    "before the population had seen an investor, and where rounds are not observed",
    "2020-06-30",
    {"investments": "firm_id announced_on investor\n a 2018-01-10 Acorn"},
    {
        "investor_deals_best": {"a": 9},
        "investor_followed_best": {"a": NONE},
        "investor_exits_lead": {"a": (2 + 5 * EXITS) / 14},
    },
    COUNTS,
)
UNSEEN = Case(
    "a population without investors",
    "2020-06-30",
    {
        "investments": "firm_id announced_on investor\n a 2018-01-10 Acorn",
        "rounds": "firm_id round_id announced_on kind",
    },
    {"investor_deals_mean": {"a": NONE}, "investor_exits_best": {"a": NONE}, "active_investor_share": {"a": NONE}},
    "statistic key month count\n firms_by_all all 2000-01 1",
)

CASES = (RECORDS, BEFORE, UNSEEN)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
