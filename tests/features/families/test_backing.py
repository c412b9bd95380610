"""Backing, by hand."""

import math

import pytest

from tests.features.hand_tables import MONTH, NONE, YEAR, Case, check

STAGES = Case(
    "the stage of each kind of round",
    "2020-06-30",
    {
        "rounds": """
            firm_id    round_id announced_on kind
            angel      r1       2019-01-01   angel
            crowd      r2       2019-01-01   crowdfunding
            seed       r3       2019-01-01   seed
            note       r4       2019-01-01   convertible_note
            venture    r5       2019-01-01   venture
            a          r6       2019-01-01   series_a
            b          r7       2019-01-01   series_b
            c          r8       2019-01-01   series_c_plus
            pe         r9       2019-01-01   private_equity
            listed     r10      2019-01-01   post_ipo_equity
            bond       r11      2019-01-01   post_ipo_debt
            back       r12      2018-01-01   series_b
            back       r13      2019-01-01   seed
            corporate  r14      2019-01-01   corporate
        """,
    },
    {
        "funding_stage": {
            "angel": 1,
            "crowd": 1,
            "seed": 2,
            "note": 2,
            "venture": 3,
            "a": 3,
            "b": 4,
            "c": 5,
            "pe": 6,
            "listed": 7,
            "bond": 7,
            "back": 4,
            "corporate": NONE,
        },
        # 2018-01-01 to 2020-06-30 is 911 days, 2019-01-01 to then 546.
        "months_at_stage": {"seed": 546 / MONTH, "bond": 546 / MONTH, "back": 911 / MONTH, "corporate": NONE},
        "stage_climb_per_year": {"seed": 0, "back": 0, "corporate": NONE},
    },
)

CLIMB = Case(
    "stages climbed since the first day, and the day the furthest was first reached",
    "2020-06-30",
    {
        "rounds": """
            firm_id round_id announced_on kind
            up      r1       2018-06-30   seed
            up      r2       2018-06-30   angel
            up      r3       2019-01-01   series_a
            up      r4       2019-12-31   series_b
            up      r5       2020-03-01   series_b
            up      r6       2020-07-01   series_c_plus
            loan    r7       2018-01-01   debt
            loan    r8       2019-06-30   seed
            loan    r9       2020-06-30   series_a
            today   r10      2020-06-30   seed
            debtor  r11      2019-01-01   debt
        """,
    },
    {
        "funding_stage": {"up": 4, "loan": 3, "today": 2, "debtor": NONE},
        # 31 December to 30 June of a leap year: 182 days.
        "months_at_stage": {"up": 182 / MONTH, "loan": 0, "today": 0, "debtor": NONE},
        # up: from the first day's seed to series B, two stages in 731 days; loan: from the seed, not from the debt.
        "stage_climb_per_year": {"up": 2 * YEAR / 731, "loan": YEAR / 366, "today": NONE, "debtor": NONE},
    },
)

BACKERS = Case(
    "investors and the state's part, the last round on the as-of day, and a loan",
    "2020-06-30",
    {
        "rounds": """
            firm_id round_id announced_on kind     amount  currency investor_count state_backed_share
            a       r1       2018-03-01   seed     1000000 USD      2              0.5
            a       r2       2019-06-30   series_a 3000000 USD      -              -
            a       r3       2020-06-30   series_b 6000000 USD      4              0.1
            a       r4       2020-06-01   debt     2500000 USD      8              0.8
            a       r5       2020-07-01   series_b 9000000 USD      9              0.9
            two     r6       2019-01-01   seed     400000  USD      -              -
            day     r7       2019-07-01   angel    100000  USD      1              -
            day     r8       2019-07-01   angel    100000  USD      3              -
            mixed   r9       2019-07-01   angel    100     USD      6              -
            mixed   r10      2019-07-02   seed     300     USD      2              0.2
            mixed   r11      2019-07-03   seed     -       USD      -              0.4
            free    r12      2019-07-03   seed     0       USD      -              1
            loan    r13      2019-07-01   debt     100000  USD      5              1
        """,
    },
    {
        "investors_last_round": {"a": 4, "two": NONE, "day": 3, "mixed": 2, "loan": NONE},
        "investors_mean": {"a": 3, "two": NONE, "day": 2, "mixed": 4, "loan": NONE},
        "investors_change": {"a": 2, "two": NONE, "day": 2, "mixed": -4, "loan": NONE},
        "state_backed_share": {"a": 0.3, "two": NONE, "mixed": 0.3, "free": 1, "loan": NONE},
        # a: half a million of 1 and 0.6 of 6; mixed: 60 of 300, for the two others lack one of the two figures.
        "state_backed_usd_share": {"a": 1.1 / 7, "two": NONE, "mixed": 0.2, "free": NONE, "loan": NONE},
    },
)

VALUED = """
    firm_id round_id announced_on kind     amount currency post_money
    a       r1       2017-01-01   seed     100    USD      1000
    a       r2       2018-01-01   seed     500    USD      -
    a       r3       2020-06-30   series_a 300    USD      1250
    a       r4       2020-07-01   series_a 300    USD      9999
    flat    r5       2017-01-01   seed     100    USD      1000
    flat    r6       2018-01-01   seed     300    USD      1300
    hidden  r7       2017-01-01   seed     200    USD      1000
    hidden  r8       2018-01-01   seed     -      USD      900
    one     r9       2017-01-01   seed     100    USD      500
    one     r10      2018-01-01   debt     100    USD      400
    silent  r11      2017-01-01   seed     -      USD      700
    worth   r12      2017-01-01   seed     1      USD      0
    worth   r13      2018-01-01   seed     1      USD      10
    unknown r14      2018-01-01   seed     1      USD      -
"""
VALUATIONS = Case(
    "valuations: a fall in price behind a rise of the headline, and unknown amounts",
    "2020-06-30",
    {"rounds": VALUED},
    {
        "valuation_step_up": {"a": 1.25, "flat": 1.3, "hidden": 0.9, "one": NONE, "worth": NONE, "unknown": NONE},
        # a: 1,250 less the 300 put in is below 1,000; flat: 1,300 less 300 is just not.
        "down_round": {"a": 1, "flat": 0, "hidden": NONE, "one": NONE, "worth": 0, "unknown": NONE},
        "valuation_over_raised": {"a": 1250 / 900, "hidden": 4.5, "one": 5, "silent": NONE, "unknown": NONE},
    },
)
BEFORE_ROUND = Case(
    "the day before the latest valued round",
    "2020-06-29",
    {"rounds": VALUED},
    {"valuation_step_up": {"a": NONE}, "down_round": {"a": NONE}, "valuation_over_raised": {"a": 1000 / 600}},
)
PEERS = Case(
    "valuation over the geometric mean of the sectors, known by the last ended month",
    "2020-06-15",
    {
        "firms": """
            firm_id sectors
            a       ai;bio
            b       ai;web
            c       web
            d       fusion
            e       -
            f       ai
        """,
        "rounds": """
            firm_id round_id announced_on kind amount currency post_money
            a       r1       2018-01-01   seed -      USD      2000000
            b       r2       2018-01-01   seed -      USD      2000000
            c       r3       2018-01-01   seed -      USD      2000000
            d       r4       2018-01-01   seed -      USD      2000000
            e       r5       2018-01-01   seed -      USD      2000000
            f       r6       2018-01-01   seed -      USD      -
        """,
    },
    {
        # Means of logs: ai 69/5 = 13.8, bio 142/10 = 14.2, of both 14; web has four valuations until June is over.
        "valuation_over_peers": {
            "a": 2e6 / math.exp(14),
            "b": 2e6 / math.exp(13.8),
            "c": NONE,
            "d": NONE,
            "e": NONE,
            "f": NONE,
        },
    },
    """
    statistic               key month   count
    valued_by_sector        ai  2020-01 2
    valued_by_sector        ai  2020-05 3
    valued_by_sector        bio 2019-01 10
    valued_by_sector        web 2019-01 4
    valued_by_sector        web 2020-06 1
    valuation_log_by_sector ai  2020-01 27000000
    valuation_log_by_sector ai  2020-05 42000000
    valuation_log_by_sector bio 2019-01 142000000
    valuation_log_by_sector web 2019-01 56000000
    valuation_log_by_sector web 2020-06 14000000
    """,
)

CASES = (STAGES, CLIMB, BACKERS, VALUATIONS, BEFORE_ROUND, PEERS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
