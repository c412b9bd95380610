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
        "grants_before_first_round": {"restated": NONE},
    },
)

ACCOUNTS = """
    firm_id period_end subsidy_income revenue currency known_on
    a       2018-12-31 50000          100000  USD      -
    a       2019-12-31 20000          200000  USD      -
    a       2019-12-31 30000          200000  USD      2020-06-01
    none    2018-12-31 50000          0       USD      -
    gap     2018-12-31 -              100000  USD      -
"""
# 2019-12-31 + 120 days: 31 in January, 29, 31, and 29 of April.
ACCOUNTS_DUE = Case(
    "accounts on the day they are due",
    "2020-04-29",
    {"financials": ACCOUNTS},
    {"subsidy_over_revenue": {"a": 0.1, "none": NONE, "gap": NONE}},
)
ACCOUNTS_NOT_DUE = Case(
    "accounts a day before they are due",
    "2020-04-28",
    {"financials": ACCOUNTS},
    {"subsidy_over_revenue": {"a": 0.5}},
)
ACCOUNTS_RESTATED = Case(
    "restated accounts",
    "2020-06-01",
    {"financials": ACCOUNTS},
    {"subsidy_over_revenue": {"a": 0.15}},
)

CASES = (
    SHARES,
    EDGES,
    LEAP_DAY,
    BEFORE_CORRECTION,
    AFTER_CORRECTION,
    ACCOUNTS_DUE,
    ACCOUNTS_NOT_DUE,
    ACCOUNTS_RESTATED,
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
