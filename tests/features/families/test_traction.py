"""Traction, by hand."""

import pytest

from tests.features.hand_tables import MONTH, NONE, YEAR, Case, check

ACCOUNTS = """
    firm_id period_end revenue export_revenue rnd_expense employees currency
    a       2016-12-31 100000  -              -           10        USD
    a       2018-12-31 150000  -              -           20        USD
    a       2019-12-31 180000  45000          36000       30        USD
    born    2018-12-31 0       -              -           0         USD
    born    2019-12-31 50000   0              -           4         USD
    gone    2018-12-31 50000   -              -           4         USD
    gone    2019-12-31 0       0              10000       0         USD
    gap     2018-12-31 80000   8000           -           5         USD
    gap     2019-12-31 -       -              50000       -         USD
    one     2019-12-31 100     -              -           -         USD
"""
ROUNDS = """
    firm_id round_id announced_on kind     amount currency post_money
    a       r0       2016-01-01   angel    -      USD      900000
    a       r1       2017-01-01   seed     360000 USD      1800000
    a       r2       2018-01-01   series_a 540000 USD      -
    gone    r3       2018-01-01   seed     540000 USD      1000000
    one     r4       2018-01-01   seed     -      -        -
    one     r5       2018-01-01   debt     500    USD      1000
"""
# Accounts of 2019-12-31 are known from 2020-04-29 (120 days later), those of 2018 from 2019-04-30.
GROWTH = Case(
    "figures and growth on the day the accounts are due",
    "2020-04-29",
    {"financials": ACCOUNTS, "rounds": ROUNDS},
    {
        "revenue_usd": {"a": 180e3, "born": 50e3, "gone": 0, "gap": 80e3, "one": 100},
        "revenue_growth_1y": {"a": 1.2 ** (YEAR / 365) - 1, "born": NONE, "gone": -1, "gap": NONE, "one": NONE},
        # 2016-12-31 to 2019-12-31 is 1,095 days.
        "revenue_growth_3y": {"a": 1.8 ** (YEAR / 1095) - 1, "gone": NONE, "one": NONE},
        "export_share": {"a": 0.25, "born": 0, "gone": NONE, "gap": 0.1, "one": NONE},
        "rnd_intensity": {"a": 0.2, "born": NONE, "gone": NONE, "gap": NONE},
        "capital_intensity": {"a": 900 / 180, "born": 0, "gone": NONE, "one": NONE},
        "valuation_over_revenue": {"a": 10, "gone": NONE, "one": NONE},
        "employees": {"a": 30, "gone": 0, "gap": 5, "one": NONE},
        "employees_growth": {"a": 1.5 ** (YEAR / 365) - 1, "born": NONE, "gone": -1},
        "months_since_accounts": {"a": 120 / MONTH, "gap": 120 / MONTH},
    },
)
NOT_DUE = Case(
    "a day before the accounts are due, those of the year before hold",
    "2020-04-28",
    {"financials": ACCOUNTS, "rounds": ROUNDS},
    {
        "revenue_usd": {"a": 150e3, "one": NONE},
        "revenue_growth_1y": {"a": 1.5 ** (YEAR / 730) - 1},  # from 2016: two years
        "revenue_growth_3y": {"a": NONE},  # 2016 is 24 months before 2018
        "employees": {"a": 20, "one": NONE},
        "employees_growth": {"a": 2 ** (YEAR / 730) - 1},
        "months_since_accounts": {"a": (365 + 119) / MONTH, "one": NONE},
    },
)
SPANS = Case(
    "accounts too close together, and the edges of three years",
    "2021-06-30",
    {
        "financials": """
            firm_id period_end revenue currency
            short   2020-07-01 100     USD
            short   2020-12-31 150     USD
            half    2020-06-30 100     USD
            half    2020-12-31 150     USD
            four    2016-12-31 100     USD
            four    2020-12-31 1600    USD
            five    2016-12-30 100     USD
            five    2020-12-31 1600    USD
            near    2016-12-31 100     USD
            near    2018-06-30 200     USD
            near    2018-07-01 300     USD
            near    2020-12-31 800     USD
        """,
    },
    {
        # Six months are 182.625 days: 1 July to 31 December is 183, which will do; 30 June is 184.
        "revenue_growth_1y": {"short": 1.5 ** (YEAR / 183) - 1, "half": 1.5 ** (YEAR / 184) - 1},
        # 48 months are 1,461 days: from 2016-12-31. 30 months are 913.125 days: 2018-07-01 is 914 days before.
        "revenue_growth_3y": {"four": 1, "five": NONE, "near": (800 / 300) ** (YEAR / 914) - 1},
    },
)
TOO_CLOSE = Case(
    "a changed financial year",
    "2021-06-30",
    {
        "financials": """
            firm_id period_end revenue employees export_revenue rnd_expense operating_cash_flow currency
            a       2020-07-02 100     10        10             10          -10                 USD
            a       2020-12-31 150     15        15             15          -10                 USD
        """,
    },
    {
        "revenue_growth_1y": {"a": NONE},
        "employees_growth": {"a": NONE},
        "export_growth": {"a": NONE},
        "rnd_growth": {"a": NONE},
        "burn_multiple": {"a": NONE},
        "revenue_usd": {"a": 150},
    },
)
CASH = """
    firm_id period_end revenue employees export_revenue rnd_expense net_profit operating_cash_flow cash   currency
    burner  2018-12-31 100000  -         10000          20000       -          -50000              900000 USD
    burner  2019-12-31 200000  8         15000          30000       -50000     -120000             600000 USD
    earner  2018-12-31 100     1         0              0           -          -                   -      USD
    earner  2019-12-31 150     0         5              5           15         30                  10     USD
    even    2019-12-31 -       1         -              -           5          0                   10     USD
    shrank  2018-12-31 100     -         -              -           -          -                   -      USD
    shrank  2019-12-31 90      -         -              -           -          -5                  0      USD
    silent  2019-12-31 0       1         -              -           -5         -5                  -      USD
    older   2018-12-31 -       -         8              -           -          -12                 24     USD
    older   2019-12-31 10      -         -              -           -          -                   99     USD
"""
BURN = Case(
    "profit, cash and what growth costs, on the day the accounts are due",
    "2020-04-29",
    {"financials": CASH},
    {
        "profit_margin": {"burner": -0.25, "earner": 0.1, "even": NONE, "silent": NONE, "older": NONE},
        "revenue_per_employee": {"burner": 25e3, "earner": NONE, "silent": 0, "older": NONE},
        "export_growth": {"burner": 1.5 ** (YEAR / 365) - 1, "earner": NONE, "older": NONE},
        "rnd_growth": {"burner": 1.5 ** (YEAR / 365) - 1, "earner": NONE, "older": NONE},
        "burns_cash": {"burner": 1, "earner": 0, "even": 0, "silent": 1, "older": 1},
        # 600,000 at 10,000 a month is 60 months, less the 120 days since; older: 24 months at 1, less 485 days.
        "runway_months": {
            "burner": 60 - 120 / MONTH,
            "earner": NONE,
            "even": NONE,
            "shrank": -120 / MONTH,
            "silent": NONE,
            "older": 24 - 485 / MONTH,
        },
        # 120,000 burnt for 100,000 more of revenue in 365 days.
        "burn_multiple": {
            "burner": 1.2 * 365 / YEAR,
            "earner": NONE,
            "shrank": NONE,
            "silent": NONE,
            "older": NONE,
        },
    },
)
BURN_NOT_DUE = Case(
    "a day before the accounts are due",
    "2020-04-28",
    {"financials": CASH},
    {
        "profit_margin": {"burner": NONE},
        "export_growth": {"burner": NONE},
        "rnd_growth": {"burner": NONE},
        "burns_cash": {"burner": 1, "earner": NONE, "silent": NONE},
        # 900,000 at 50,000 a year is 216 months, less 365 and 119 days.
        "runway_months": {"burner": 216 - 484 / MONTH, "shrank": NONE},
        "burn_multiple": {"burner": NONE},
    },
)
VERSIONS = """
    firm_id  period_end revenue employees currency known_on
    restated 2019-12-31 100000  10        USD      -
    restated 2019-12-31 50000   8         USD      2020-09-01
    late     2019-12-31 100     1         EUR      2020-09-01
    early    2019-12-31 100     1         USD      2020-01-15
    early    2020-12-31 900     9         USD      2020-01-15
"""
BEFORE_CORRECTION = Case(
    "the day before accounts are restated",
    "2020-08-31",
    {"financials": VERSIONS},
    {
        "revenue_usd": {"restated": 100e3, "late": NONE, "early": 100},  # a period that has not ended is not known
        "employees": {"restated": 10, "late": NONE, "early": 1},
    },
)
AFTER_CORRECTION = Case(
    "the day accounts are restated",
    "2020-09-01",
    {"financials": VERSIONS},
    {
        "revenue_usd": {"restated": 50e3, "late": 118.17},  # the euro's average of 2018: 1.1817
        "employees": {"restated": 8, "late": 1},
        "revenue_growth_1y": {"restated": NONE},  # two versions of one year are not two years
    },
)

CASES = (GROWTH, NOT_DUE, SPANS, TOO_CLOSE, BURN, BURN_NOT_DUE, BEFORE_CORRECTION, AFTER_CORRECTION)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
