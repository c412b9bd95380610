"""Funding cadence, by hand."""

import math

import pytest

from tests.features.hand_tables import MONTH, NONE, YEAR, Case, check

CADENCE = Case(
    "cadence: three private rounds, the last on the as-of day, and a loan",
    "2020-06-30",
    {
        "rounds": """
            firm_id round_id announced_on kind     amount  currency
            a       r1       2018-03-01   seed     1000000 USD
            a       r2       2019-06-30   series_a 3000000 USD
            a       r3       2020-06-30   series_b 6000000 USD
            a       r4       2020-06-01   debt     2500000 USD
            a       r5       2020-07-01   series_b 9000000 USD
            two     r6       2019-01-01   seed     400000  USD
            two     r7       2019-07-01   seed     100000  USD
            day     r8       2019-07-01   angel    100000  USD
            day     r9       2019-07-01   angel    100000  USD
            loan    r10      2019-07-01   debt     100000  USD
        """,
    },
    {
        "rounds_count": {"a": 3, "two": 2, "day": 2, "loan": 0},
        "rounds_count_2y": {"a": 2, "two": 2, "loan": 0},  # 2018-03-01 lies before (2018-06-30, 2020-06-30]
        "raised_usd": {"a": 10e6, "two": 5e5, "loan": 0},
        "raised_usd_3y": {"a": 10e6, "loan": 0},
        "last_round_usd": {"a": 6e6, "two": 1e5, "loan": NONE},
        "largest_round_usd": {"a": 6e6, "two": 4e5, "loan": NONE},
        # 2018-03-01 to 2019-03-01 365, to 2019-06-30 121 more, to 2020-06-30 366 more (29 February 2020 is among them).
        "months_since_first_round": {"a": (365 + 121 + 366) / MONTH, "loan": NONE},
        "months_since_last_round": {"a": 0, "two": 365 / MONTH, "loan": NONE},
        # Gaps of a: 486 and 366 days. Gap of two: 181 days (31 + 28 + 31 + 30 + 31 + 30).
        "round_gap_mean": {"a": 426 / MONTH, "two": 181 / MONTH, "day": 0, "loan": NONE},
        # Deviations of 60 days on either side, n - 1 = 1: the square root of 7,200.
        "round_gap_spread": {"a": math.sqrt(7200) / MONTH, "two": NONE, "loan": NONE},
        "round_overdue": {"a": 0, "two": 365 / 181, "day": NONE, "loan": NONE},
        "round_step_up": {"a": 2, "two": 0.25, "loan": NONE},
        "round_amounts_missing": {"a": 0, "loan": NONE},
        "debt_share": {"a": 2.5 / 12.5, "two": 0, "loan": 1},
        # 852 days for a; 2019-01-01 to 2020-06-30 is 546; 365 days of `day` are less than a year, and count as one.
        "raised_per_year": {"a": 10e6 * YEAR / 852, "two": 5e5 * YEAR / 546, "day": 2e5, "loan": NONE},
        "raised_trend": {"a": (9 - 1) / 10, "two": 1, "loan": NONE},
        # a: 1, 3 and 6 m deviate from 10/3 by 7/3, 1/3 and 8/3; 114/9 over n - 1 = 2. two: 1.5 and 1.5 from 2.5.
        "round_usd_spread": {"a": math.sqrt(57 / 9) / (10 / 3), "two": math.sqrt(4.5) / 2.5, "day": 0, "loan": NONE},
        "last_amount_missing": {"a": 0, "two": 0, "loan": NONE},
    },
)

LEAP_DAY = Case(
    "windows of 29 February reach back to 28 February, that day left out",
    "2020-02-29",
    {
        "rounds": """
            firm_id round_id announced_on kind  amount currency
            a       r1       2017-02-28   angel 100    USD
            a       r2       2017-03-01   angel 10     USD
            a       r3       2018-02-28   angel 1      USD
            a       r4       2018-03-01   angel 0.25   USD
            a       r5       2020-02-29   angel 0.5    USD
            dry     r6       2016-02-29   angel 7      USD
            dry     r7       2016-03-01   angel 3      USD
            old     r8       2016-02-29   angel 7      USD
        """,
    },
    {
        "rounds_count": {"a": 5},
        "rounds_count_2y": {"a": 2},
        "raised_usd": {"a": 111.75},
        "raised_usd_3y": {"a": 11.75},
        # 0.75 against the 111 of (2016-02-29, 2018-02-28]: that window's first day is left out, its last is in.
        "raised_trend": {"a": -110.25 / 111.75, "dry": -1, "old": NONE},
    },
)

AMOUNTS = Case(
    "unknown amounts are not zero",
    "2020-06-30",
    {
        "rounds": """
            firm_id round_id announced_on kind           amount currency
            half    r1       2019-01-01   seed           200000 USD
            half    r2       2020-01-01   seed           -      -
            silent  r3       2020-01-01   venture        -      -
            loan    r4       2020-01-01   debt           -      -
            loan    r5       2020-01-01   private_equity 100000 USD
            euro    r6       2016-05-01   seed           100    EUR
            shares  r7       2020-01-01   secondary      100000 USD
            shares  r8       2020-01-02   undisclosed    100000 USD
            split   r9       2017-01-01   seed           -      -
            split   r10      2020-01-01   seed           500    USD
            free    r11      2019-12-01   crowdfunding   0      USD
            free    r12      2020-01-01   crowdfunding   0      USD
        """,
    },
    {
        "raised_usd": {
            "half": 2e5,
            "silent": NONE,
            "loan": 1e5,
            "euro": 110.96,
            "shares": 1e5,
        },  # average of 2015: 1.1096
        "raised_usd_3y": {"half": 2e5, "silent": NONE, "euro": 0},
        "last_round_usd": {"half": NONE, "silent": NONE},
        "round_step_up": {"half": NONE},
        "largest_round_usd": {"half": 2e5, "silent": NONE},
        "round_amounts_missing": {"half": 0.5, "silent": 1, "loan": 0},
        "debt_share": {"half": 0, "silent": NONE, "loan": NONE},
        "rounds_count": {"shares": 1},
        "raised_per_year": {"half": 2e5 * YEAR / 546, "silent": NONE, "free": 0},
        "raised_trend": {"half": 1, "silent": NONE, "split": NONE, "free": NONE},
        "round_usd_spread": {"half": NONE, "silent": NONE, "free": NONE},
        "last_amount_missing": {"half": 1, "silent": 1, "split": 0, "free": 0},
    },
)

VERSIONS = """
    firm_id  round_id announced_on kind     amount currency known_on
    restated r1       2019-01-10   seed     500000 USD      -
    restated r1       2019-01-10   series_a 900000 USD      2020-03-01
    late     r2       2019-05-01   seed     300000 USD      2020-03-01
"""
BEFORE_CORRECTION = Case(
    "the day before a correction and a late report",
    "2020-02-29",
    {"rounds": VERSIONS},
    {
        "raised_usd": {"restated": 5e5, "late": 0},
        "rounds_count": {"restated": 1, "late": 0},
    },
)
AFTER_CORRECTION = Case(
    "the day of a correction and a late report",
    "2020-03-01",
    {"rounds": VERSIONS},
    {
        "raised_usd": {"restated": 9e5, "late": 3e5},
        "rounds_count": {"restated": 1, "late": 1},
        "months_since_last_round": {"late": 305 / MONTH},  # 2019-05-01 to 2020-03-01: 366 less the 61 days to 1 May
    },
)

CASES = (CADENCE, LEAP_DAY, AMOUNTS, BEFORE_CORRECTION, AFTER_CORRECTION)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
