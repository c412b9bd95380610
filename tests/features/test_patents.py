"""Patent velocity, by hand."""

import math

import pytest

from tests.features.hand_tables import MONTH, NONE, Case, check

# As of 2020-06-30 a window ends on 2018-12-30, 18 months before: three years are (2015-12-30, 2018-12-30], five years
# (2013-12-30, 2018-12-30], and the three years before (2012-12-30, 2015-12-30].
FILINGS = """
    firm_id patent_id filed_on   published_on granted_on
    a       p1        2013-12-30 -            2016-01-01
    a       p2        2015-12-30 -            2020-06-30
    a       p3        2015-12-31 -            2020-07-01
    a       p4        2018-12-30 -            -
    a       p5        2018-12-31 -            -
    a       p6        2019-03-01 2020-06-30   -
    a       p7        2019-03-01 2020-07-01   -
    a       p8        2019-01-31 -            -
    fresh   p9        2019-05-01 -            -
"""
ROUNDS = """
    firm_id round_id announced_on kind amount  currency
    a       r1       2019-01-01   seed 2000000 USD
    fresh   r2       2019-01-01   seed 2000000 USD
    poor    r3       2019-01-01   seed -       -
"""
PUBLIC = Case(
    "filings on the edges of windows, public on the as-of day",
    "2020-06-30",
    {"patents": FILINGS, "rounds": ROUNDS},
    {
        # p4 and p5 are public today (filed + 18 months; 30 June is also where 31 June is clipped to), p6 today as it
        # says; p7 tomorrow, p8 on 2020-07-31.
        "patents_count": {"a": 6, "fresh": 0, "poor": 0},
        "patents_per_year_3y": {"a": 2 / 3, "fresh": 0},  # p3 and p4; p2 is on the edge, p5 is public but too fresh
        "patents_per_year_5y": {"a": 3 / 5, "fresh": 0},  # p2, p3 and p4; p1 is on the edge
        "patent_acceleration": {"a": 2 / 3 - 2 / 3, "fresh": 0},  # against p1 and p2
        # p6: 2019-03-01 to 2020-03-01 is 366 days, to 2020-06-30 121 more.
        "months_since_last_filing": {"a": 487 / MONTH, "fresh": NONE},
        "patents_granted_share": {"a": 2 / 6, "fresh": NONE},  # p1, and p2 today; p3 tomorrow
        "patents_per_million_raised": {"a": 3, "fresh": 0, "poor": NONE},
    },
)
NOT_YET_PUBLIC = Case(
    "a day earlier three filings and a grant are not public",
    "2020-06-29",
    {"patents": FILINGS, "rounds": ROUNDS},
    {
        "patents_count": {"a": 3},
        "patents_granted_share": {"a": 1 / 3},
        "months_since_last_filing": {"a": (1461 + 181) / MONTH},  # p3: 2015-12-31 to 2019-12-31, and to 2020-06-29
        "patents_per_year_3y": {"a": 2 / 3},  # (2015-12-29, 2018-12-29] holds p2 and p3
    },
)
LEAP_DAY = Case(
    "18 months before 29 February is 29 August, before 31 August the last of February",
    "2020-02-29",
    {
        "patents": """
            firm_id patent_id filed_on
            a       p1        2018-08-29
            a       p2        2018-08-30
            a       p3        2018-08-31
            a       p4        2015-08-29
            a       p5        2018-09-01
        """,
    },
    # p2 and p3 would be public on 30 and 31 February, which is the 29th. The window is (2015-08-29, 2018-08-29].
    {"patents_count": {"a": 4}, "patents_per_year_3y": {"a": 1 / 3}, "patents_per_year_5y": {"a": 2 / 5}},
)
ACCELERATING = Case(
    "three filings after one, and one on the edge of the three years before",
    "2020-06-30",
    {
        "patents": """
            firm_id patent_id filed_on
            a       p0        2012-12-30
            a       p1        2012-12-31
            a       p2        2016-01-01
            a       p3        2017-01-01
            a       p4        2018-01-01
        """,
    },
    {"patent_acceleration": {"a": 3 / 3 - 1 / 3}},
)
CLASSES = Case(
    "spread over subclasses",
    "2020-06-30",
    {
        "patents": """
            firm_id patent_id filed_on   classes
            even    p1        2015-01-01 H04L9/32;H04L12/00
            even    p2        2015-01-02 G06F1/16
            skewed  p3        2015-01-01 H04L9/32;G06F1/16;A61K31/00
            skewed  p4        2016-01-01 H04L9/40
            single  p5        2015-01-01 h04l9/32
            single  p6        2015-01-01 H04L
            bare    p7        2015-01-01 -
            hidden  p8        2015-01-01 H04L9/32
            hidden  p9        2020-01-01 G06F1/16
        """,
    },
    {
        "patent_class_entropy": {
            "even": math.log(2),  # H04L once (two symbols of one patent) and G06F once
            "skewed": -(0.5 * math.log(0.5) + 2 * 0.25 * math.log(0.25)),  # H04L twice, G06F and A61K once
            "single": 0,
            "bare": NONE,
            "hidden": 0,
        },
    },
)
CITATIONS = Case(
    "citations count only where the day of counting is stated",
    "2020-06-30",
    {
        "patents": """
            firm_id patent_id filed_on   citations known_on
            a       p1        2015-01-01 4         2018-01-01
            a       p1        2015-01-01 10        2020-06-30
            a       p2        2015-01-01 2         2019-01-01
            a       p3        2015-01-01 99        -
            a       p4        2015-01-01 -         2019-01-01
            later   p5        2015-01-01 1         2018-01-01
            later   p5        2015-01-01 50        2020-07-01
            undated p6        2015-01-01 99        -
        """,
    },
    {
        "patent_citations_mean": {"a": (10 + 2) / 2, "later": 1, "undated": NONE},
        "patents_count": {"a": 4, "later": 1, "undated": 1},
    },
)

CASES = (PUBLIC, NOT_YET_PUBLIC, LEAP_DAY, ACCELERATING, CLASSES, CITATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
