"""Subsidy share, by hand."""

import pytest

from tests.features.hand_tables import MONTH, NONE, Case, check

SHARES = Case(
    "shares of public money over life and windows",
    "2020-06-30",
    {
        "grants": """
            firm_id grant_id awarded_on amount currency level
            a       g1       2015-07-01 100000 USD      local
            a       g2       2018-01-01 200000 USD      national
            a       g3       2020-01-01 100000 USD      -
            local   g9       2016-01-01 50000  USD      local
            serial  g4       2016-01-01 50000  USD      provincial
            serial  g5       2017-01-01 50000  USD      supranational
            silent  g6       2020-01-01 -      -        -
            half    g7       2020-01-01 -      -        local
            half    g8       2020-01-01 70000  USD      national
        """,
        "rounds": """
            firm_id round_id announced_on kind  amount currency
            a       r1       2019-12-31   seed  300000 USD
            a       r2       2020-01-01   debt  900000 USD
            private r3       2020-01-01   seed  100000 USD
            silent  r4       2020-01-01   seed  100000 USD
            later   r5       2020-07-01   seed  100000 USD
        """,
    },
    {
        "grant_usd": {"a": 4e5, "serial": 1e5, "private": 0, "silent": NONE},
        # Debt is neither public nor private money.
        "grant_share": {"a": 4 / 7, "serial": 1, "private": 0, "silent": NONE, "later": NONE},
        "grant_share_1y": {"a": 1 / 4, "serial": NONE, "private": 0},
        "grant_share_3y": {"a": 3 / 6, "serial": NONE, "private": 0},
        "grant_share_5y": {"a": 4 / 7, "serial": 1, "private": 0},
        # In (2014-06-30, 2017-06-30] firm a had 100,000 of grants and nothing else: a share of 1.
        "grant_share_trend": {"a": 0.5 - 1, "serial": NONE, "private": NONE},
        "grants_count": {"a": 3, "serial": 2, "private": 0, "silent": 1},
        "grants_count_3y": {"a": 2, "serial": 0, "private": 0},
        # 2020-01-01 to 2020-06-30: 31 + 29 + 31 + 30 + 31 + 29.
        "months_since_last_grant": {"a": 181 / MONTH, "private": NONE},
        # 2015-07-01 to 2019-07-01 1,461, to 2019-12-31 31 + 31 + 30 + 31 + 30 + 30 = 183 more.
        "months_grant_to_round": {"a": (1461 + 183) / MONTH, "serial": NONE, "private": NONE},
        "grants_before_first_round": {"a": 2, "serial": 2, "private": 0, "later": 0},
        "grants_after_first_round": {"a": 1, "private": 0, "silent": 0, "serial": NONE, "later": NONE},
        "largest_grant_usd": {"a": 2e5, "serial": 5e4, "private": NONE, "silent": NONE},
        # a: 2015-07-01 to 2020-01-01 are 1,645 days, in two gaps; serial: 2016 was a leap year.
        "grant_gap_mean": {"a": 1645 / 2 / MONTH, "serial": 366 / MONTH, "local": NONE},
        # Of firm a's 300,000 whose level is known, 100,000 are local.
        "local_grant_share": {"a": 1 / 3, "serial": 0.5, "local": 1, "half": 0, "silent": NONE, "private": NONE},
        "grant_level": {"a": 3, "serial": 4, "local": 1, "private": NONE, "silent": NONE},
    },
)

EDGES = Case(
    "grants on the as-of day, on the edge of a window and on the day of a round",
    "2020-06-30",
    {
        "grants": """
            firm_id grant_id awarded_on amount currency
            a       g1       2017-06-30 1000   USD
            a       g2       2019-06-30 100    USD
            a       g3       2020-06-30 10     USD
            a       g4       2020-07-01 1      USD
            old     g5       2014-06-30 1000   USD
            old     g6       2014-07-01 100    USD
            old     g7       2015-06-30 10     USD
            old     g8       2015-07-01 1      USD
        """,
        "rounds": """
            firm_id round_id announced_on kind  amount currency
            a       r1       2017-06-30   angel 30     USD
            old     r2       2014-06-30   angel 4000   USD
            old     r3       2014-07-01   angel 400    USD
            old     r4       2015-06-30   angel 40     USD
            old     r5       2015-07-01   angel 2      USD
            old     r6       2017-06-30   angel 400    USD
            old     r7       2017-07-01   angel 4      USD
            old     r8       2019-06-30   angel 6      USD
            old     r9       2019-07-01   angel 8      USD
        """,
    },
    {
        "grant_usd": {"a": 1110},
        "grants_count": {"a": 3},
        "grants_count_3y": {"a": 2},  # 2017-06-30 is the edge of (2017-06-30, 2020-06-30] and outside
        "grant_share_1y": {"a": 10 / 10, "old": 0 / 8},
        "grant_share_3y": {"a": 110 / 110, "old": 0 / (4 + 6 + 8)},
        "grant_share_5y": {"a": 1110 / 1140, "old": 1 / (1 + 2 + 400 + 4 + 6 + 8)},  # (2015-06-30, 2020-06-30]
        # The three years before are (2014-06-30, 2017-06-30].
        "grant_share_trend": {"a": 1 - 1000 / 1030, "old": 0 - 111 / (111 + 400 + 40 + 2 + 400)},
        # Of firm old, inflow rose from 111 + 842 in (2014-06-30, 2017-06-30] to 0 + 18 since: it did not.
        # Of firm a, from 1,030 to 110: neither.
        "private_growth_share": {"a": NONE, "old": NONE},
        # Years of a: (2015-06-30, 2016-06-30] nothing, to 2017-06-30 1,000 / 1,030, nothing, to 2019-06-30 100 / 100,
        # to 2020-06-30 10 / 10. Years 1, 3, 4, mean 8 / 3: apart -5/3, 1/3, 4/3, squares adding up to 42 / 9.
        # Years of old: 1 / 3, 0 / 400, 0 / 4, 0 / 6, 0 / 8: apart -2, -1, 0, 1, 2, squares adding up to 10.
        "grant_share_slope_5y": {"a": (-5 / 3 * 1000 / 1030 + 1 / 3 + 4 / 3) / (42 / 9), "old": -2 * (1 / 3) / 10},
        "grants_after_first_round": {"a": 2, "old": 3},  # on the same day is not after
        "months_since_last_grant": {"a": 0},
        "grants_before_first_round": {"a": 0},  # on the same day is not before
        "months_grant_to_round": {"a": NONE},  # and not after
    },
)

LEAP_DAY = Case(
    "a year back from 29 February",
    "2020-02-29",
    {
        "grants": """
            firm_id grant_id awarded_on amount currency
            a       g1       2019-02-28 100    USD
            b       g2       2019-03-01 100    USD
        """,
        "rounds": "firm_id round_id announced_on kind amount currency\n a r1 2020-02-29 seed 100 USD",
    },
    {"grant_share_1y": {"a": 0, "b": 1}},  # the window is (2019-02-28, 2020-02-29]
)

VERSIONS = """
    firm_id  grant_id awarded_on amount currency known_on
    restated g1       2019-05-01 100000 USD      -
    restated g1       2019-05-01 250000 USD      2020-06-30
    late     g2       2018-05-01 100000 USD      2020-06-30
"""
BEFORE_CORRECTION = Case(
    "the day before a grant is restated and another one published",
    "2020-06-29",
    {"grants": VERSIONS},
    {"grant_usd": {"restated": 1e5, "late": 0}, "grants_count": {"restated": 1, "late": 0}},
)
AFTER_CORRECTION = Case(
    "the day a grant is restated and another one published",
    "2020-06-30",
    {"grants": VERSIONS},
    {
        "grant_usd": {"restated": 2.5e5, "late": 1e5},
        "grants_count": {"restated": 1, "late": 1},
        "grant_share": {"restated": NONE},  # without a table of rounds, private money is not observed
        "grant_share_slope_5y": {"restated": NONE},
        "private_growth_share": {"restated": NONE},
        "grants_before_first_round": {"restated": NONE},
        "grants_after_first_round": {"restated": NONE},
    },
)

GROWTH = Case(
    "who pays for the growth of three years over the three before",
    "2020-06-30",
    {
        "grants": """
            firm_id grant_id awarded_on amount currency
            both    g1       2016-01-01 100    USD
            both    g2       2018-01-01 150    USD
            weaned  g3       2016-01-01 100    USD
            fed     g4       2018-01-01 500    USD
            silent  g5       2018-01-01 -      -
            part    g7       2016-01-01 100    USD
            part    g8       2016-01-01 -      -
            year    g6       2019-07-01 100    USD
        """,
        "rounds": """
            firm_id round_id announced_on kind amount currency
            both    r1       2017-06-30   seed 200    USD
            both    r2       2017-07-01   seed 350    USD
            weaned  r3       2020-06-30   seed 400    USD
            fed     r4       2014-07-01   seed 300    USD
            fed     r5       2014-06-30   seed 900    USD
            silent  r6       2018-01-01   seed 300    USD
            silent  r8       2019-07-01   seed 300    USD
            part    r9       2016-01-01   seed 100    USD
            part    r10      2020-06-30   seed 100    USD
            year    r7       2019-07-01   seed 300    USD
        """,
    },
    {
        # both: grants 150 - 100, rounds 350 - 200. weaned: grants 0 - 100, rounds 400 - 0. fed: grants 500 - 0, rounds
        # 0 - 300, as 2014-06-30 lies before the six years.
        "private_growth_share": {
            "both": 150 / 200,
            "weaned": 400 / 300,
            "fed": -300 / 200,
            "silent": NONE,
            "year": 3 / 4,
        },
        # weaned: all public in (2015-06-30, 2016-06-30], none four years later; part: half, as far as known. silent:
        # only the last year is known in full. year: money in one year only.
        "grant_share_slope_5y": {"weaned": -1 / 4, "part": -0.5 / 4, "silent": NONE, "year": NONE},
    },
)

ACCOUNTS = """
    firm_id period_end subsidy_income revenue net_profit currency known_on
    a       2018-12-31 50000          100000  40000      USD      -
    a       2019-12-31 20000          200000  30000      USD      -
    a       2019-12-31 30000          200000  25000      USD      2020-06-01
    none    2018-12-31 50000          0       20000      USD      -
    gap     2018-12-31 -              100000  20000      USD      -
    loss    2017-12-31 -              100000  20000      USD      -
    loss    2018-12-31 10000          100000  -5000      USD      -
    even    2018-12-31 10000          100000  0          USD      -
"""
# 2019-12-31 + 120 days: 31 in January, 29, 31, and 29 of April.
ACCOUNTS_DUE = Case(
    "accounts on the day they are due",
    "2020-04-29",
    {"financials": ACCOUNTS},
    {
        "subsidy_over_revenue": {"a": 0.1, "none": NONE, "gap": NONE},
        "subsidy_income_trend": {"a": 0.1 - 0.5, "none": NONE, "gap": NONE, "loss": NONE},
        "subsidy_over_profit": {"a": 2 / 3, "none": 2.5, "gap": NONE, "loss": NONE, "even": NONE},
        "margin_without_subsidy": {"a": (30 - 20) / 200, "none": NONE, "gap": NONE, "loss": -0.15, "even": -0.1},
    },
)
ACCOUNTS_NOT_DUE = Case(
    "accounts a day before they are due",
    "2020-04-28",
    {"financials": ACCOUNTS},
    {
        "subsidy_over_revenue": {"a": 0.5},
        "subsidy_income_trend": {"a": NONE},
        "subsidy_over_profit": {"a": 1.25},
        "margin_without_subsidy": {"a": (40 - 50) / 100},
    },
)
ACCOUNTS_RESTATED = Case(
    "restated accounts",
    "2020-06-01",
    {"financials": ACCOUNTS},
    {
        "subsidy_over_revenue": {"a": 0.15},
        "subsidy_income_trend": {"a": 0.15 - 0.5},
        "subsidy_over_profit": {"a": 1.2},
        "margin_without_subsidy": {"a": (25 - 30) / 200},
    },
)

CASES = (
    SHARES,
    EDGES,
    LEAP_DAY,
    BEFORE_CORRECTION,
    AFTER_CORRECTION,
    GROWTH,
    ACCOUNTS_DUE,
    ACCOUNTS_NOT_DUE,
    ACCOUNTS_RESTATED,
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
