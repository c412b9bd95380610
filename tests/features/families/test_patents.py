"""Patent velocity, by hand."""

import pytest

from tests.features.hand_tables import MONTH, NONE, YEAR, Case, check

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
GRANTS = """
    firm_id grant_id awarded_on amount  currency
    a       g1       2019-01-01 3000000 USD
    a       g2       2020-06-30 1000000 USD
    a       g3       2020-07-01 9000000 USD
    fresh   g4       2019-01-01 500000  USD
    secret  g5       2019-01-01 -       -
"""
PUBLIC = Case(
    "filings on the edges of windows, public on the as-of day",
    "2020-06-30",
    {"patents": FILINGS, "rounds": ROUNDS, "grants": GRANTS},
    {
        # p4 and p5 are public today (filed + 18 months; 30 June is also where 31 June is clipped to), p6 today as it
        # says; p7 tomorrow, p8 on 2020-07-31.
        "patents_count": {"a": 6, "fresh": 0, "poor": 0},
        "patents_per_year_1y": {"a": 1, "fresh": 0, "poor": 0},  # p4
        "patents_per_year_3y": {"a": 2 / 3, "fresh": 0},  # p3 and p4; p2 is on the edge, p5 is public but too fresh
        "patents_per_year_5y": {"a": 3 / 5, "fresh": 0},  # p2, p3 and p4; p1 is on the edge
        "patent_acceleration": {"a": 2 / 3 - 2 / 3, "fresh": 0},  # against p1 and p2
        # p6: 2019-03-01 to 2020-03-01 is 366 days, to 2020-06-30 121 more.
        "months_since_last_filing": {"a": 487 / MONTH, "fresh": NONE},
        # p1: 2013-12-30 to 2019-12-30 are 2191 days, to 2020-06-30 183 more.
        "months_since_first_filing": {"a": (2191 + 183) / MONTH, "fresh": NONE},
        "patents_granted_share": {"a": 2 / 6, "fresh": NONE},  # p1, and p2 today; p3 tomorrow
        # p1: 2013-12-30 to 2016-01-01 are 732 days; p2: 2015-12-30 to 2019-12-30 are 1461, to 2020-06-30 183 more.
        "grant_lag_months": {"a": (732 + 1461 + 183) / 2 / MONTH, "fresh": NONE},
        "months_since_patent_grant": {"a": 0, "fresh": NONE},
        "patents_stale_share": {"a": 1 / 3, "fresh": NONE},  # of p1 to p3, p3 is not granted yet
        "patents_same_day_share": {"a": 0, "fresh": NONE},  # p7, of the same day as p6, is not public
        # All but p6; the one filing of fresh is not public, whether before its round or not.
        "patents_before_first_round": {"a": 5, "fresh": 0, "poor": 0},
        "patents_per_million_of_grants": {"a": 6 / 4, "fresh": 0, "poor": NONE, "secret": NONE},
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
        "grant_lag_months": {"a": 732 / MONTH},
        "months_since_patent_grant": {"a": (1461 + 180) / MONTH},  # 2016-01-01 to 2020-01-01, and to 2020-06-29
        "patents_stale_share": {"a": 2 / 3},
        "patents_before_first_round": {"a": 3},
        "months_since_last_filing": {"a": (1461 + 181) / MONTH},  # p3: 2015-12-31 to 2019-12-31, and to 2020-06-29
        "patents_per_year_3y": {"a": 2 / 3},  # (2015-12-29, 2018-12-29] holds p2 and p3
    },
)
PENDING = Case(
    "four years ago to the day is not more than four years ago; several filings of a day; filed on the day of a round",
    "2020-06-30",
    {
        "patents": """
            firm_id patent_id filed_on   granted_on
            a       p1        2016-06-29 -
            a       p2        2016-06-29 2019-01-01
            a       p3        2016-06-29 2021-01-01
            a       p4        2016-06-30 -
            a       p5        2017-01-01 -
            a       p6        2017-01-01 -
            young   p7        2016-06-30 -
            never   p8        2015-01-01 -
        """,
        "rounds": """
            firm_id round_id announced_on kind
            a       r1       2016-06-30   debt
            a       r2       2017-01-01   seed
            young   r3       2016-06-30   seed
        """,
    },
    {
        "patents_stale_share": {"a": 2 / 3, "young": NONE, "never": 1},
        "patents_same_day_share": {"a": 3 / 5, "young": NONE},  # p2, p3 and p6 of those after p1
        "patents_before_first_round": {"a": 4, "young": 0, "never": 1},
        "patents_per_year_1y": {"a": 0},
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
        # Public from 2016-07-01, 18 months after filing: 1460 days.
        "citations_per_year": {"a": 12 / (2 * 1460 / YEAR), "later": 1 / (1460 / YEAR), "undated": NONE},
        "patents_count": {"a": 4, "later": 1, "undated": 1},
    },
)

CITED = Case(
    "citations for the time since publication, where that is stated",
    "2020-06-30",
    {
        "patents": """
            firm_id patent_id filed_on   published_on citations known_on
            a       p1        2015-01-01 2020-06-20   1         2020-06-30
            a       p2        2015-01-01 2020-07-20   5         2020-06-30
            ahead   p3        2015-01-01 2020-07-20   5         2020-06-30
            today   p4        2015-01-01 2020-06-30   5         2020-06-30
        """,
    },
    # p2 is known before its publication, and has had no time yet.
    {"citations_per_year": {"a": 6 / (10 / YEAR), "ahead": NONE, "today": NONE}},
)
UNOBSERVED = Case(
    "without rounds or grants, nothing is said of either",
    "2020-06-30",
    {"patents": FILINGS},
    {
        "patents_before_first_round": {"a": NONE},
        "patents_per_million_raised": {"a": NONE},
        "patents_per_million_of_grants": {"a": NONE},
    },
)

CASES = (
    PUBLIC,
    NOT_YET_PUBLIC,
    PENDING,
    LEAP_DAY,
    ACCELERATING,
    CITATIONS,
    CITED,
    UNOBSERVED,
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
