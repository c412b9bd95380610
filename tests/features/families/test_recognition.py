"""Recognition, by hand."""

import pytest

from tests.features.hand_tables import MONTH, NONE, YEAR, Case, check

TITLES = """
    firm_id scheme tier awarded_on expires_on
    a       city   1    2016-01-01 -
    a       nation 3    2017-06-30 -
    a       state  2    2018-06-30 -
    stated  state  2    2019-01-01 2020-06-30
    kept    state  2    2015-01-01 -
    kept    state  2    2018-01-01 -
    fresh   city   1    2020-06-30 -
    fresh   state  2    2020-06-30 -
    later   city   1    2020-07-01 -
"""
LAST_DAY = Case(
    "a title on its last day",
    "2020-06-30",
    {"recognitions": TITLES},
    {
        # 2017-06-30 and three years is 2020-06-30, the last day of the little giant of firm a.
        "recognition_tier": {"a": 3, "stated": 2, "kept": 2, "fresh": 2, "later": 0},
        "recognition_tier_ever": {"a": 3, "stated": 2, "kept": 2, "fresh": 2, "later": 0},
        # kept renewed in time: 2015-01-01 to 2020-01-01 is 1,826 days, to 2020-06-30 181 more.
        "months_at_tier": {"a": (365 + 365 + 366) / MONTH, "kept": (1826 + 181) / MONTH, "fresh": 0, "later": NONE},
        # From tier 1 to 3 since 2016-01-01: 1,461 days to 2020-01-01 and 181 more.
        "tier_climb_per_year": {"a": 2 / ((1461 + 181) / YEAR), "kept": 0, "stated": 0, "fresh": NONE, "later": NONE},
        "recognition_lapsed": {"a": 0, "stated": 0, "kept": 0, "fresh": 0, "later": 0},
        "recognitions_count": {"a": 3, "stated": 1, "kept": 2, "fresh": 2, "later": 0},
        "months_held": {"a": (1461 + 181) / MONTH, "kept": (1826 + 181) / MONTH, "fresh": 0, "later": 0},
        # The title of kept ends on 2021-01-01, 185 days on; that of fresh on 2023-06-30, three years of 365 days on.
        "months_to_expiry": {"a": 0, "stated": 0, "kept": 185 / MONTH, "fresh": 1095 / MONTH, "later": NONE},
        "months_since_lapse": {"a": NONE, "stated": NONE, "kept": NONE, "later": NONE},
        # 2016-01-01 to 2017-01-01 is 366 days, to 2017-06-30 180 more.
        "months_to_highest_tier": {"a": (366 + 180) / MONTH, "kept": 0, "fresh": 0, "later": NONE},
        "title_renewals": {"a": 0, "kept": 1, "fresh": 0, "later": 0},
        "recognition_schemes": {"a": 3, "kept": 1, "fresh": 2, "later": 0},
    },
)
LAPSED = Case(
    "the day after",
    "2020-07-01",
    {"recognitions": TITLES},
    {
        "recognition_tier": {"a": 2, "stated": 0, "later": 1},
        "recognition_tier_ever": {"a": 3, "stated": 2, "later": 1},
        # The state's title: 2018-06-30 to 2020-06-30 is 731 days, 29 February 2020 among them.
        "months_at_tier": {"a": 732 / MONTH, "stated": NONE, "later": 0},
        "recognition_lapsed": {"a": 1, "stated": 1, "kept": 0, "later": 0},
        "recognitions_count": {"a": 3, "stated": 1, "later": 1},
        "months_held": {"a": (1461 + 182) / MONTH, "stated": (365 + 181) / MONTH, "later": 0},
        "months_to_expiry": {"a": 364 / MONTH, "stated": NONE},  # of the state's title, the highest left
        "months_since_lapse": {"a": 1 / MONTH, "stated": 1 / MONTH, "kept": NONE},
    },
)
GAPS = Case(
    "titles with a gap, within one another, on one day, and renewed after a lapse",
    "2020-12-31",
    {
        "recognitions": """
            firm_id scheme tier awarded_on expires_on
            gap     state  2    2010-01-01 2010-12-31
            gap     city   1    2010-03-01 2010-06-30
            gap     city   1    2010-12-30 2011-01-10
            gap     state  2    2020-01-01 2020-03-31
            gap     state  2    2020-12-01 2021-01-31
            twice   city   2    2005-01-01 2005-01-31
            twice   state  2    2005-01-01 2005-03-01
            void    state  2    2005-01-01 2004-12-31
        """,
    },
    {
        # 2010-01-01 to 2011-01-10 is 374 days, then 90 in the leap year 2020 and 30 in its December.
        "months_held": {"gap": (374 + 90 + 30) / MONTH, "twice": 59 / MONTH, "void": 0},
        "months_to_expiry": {"gap": 31 / MONTH, "twice": NONE},
        # 2005-03-01 to 2020-03-01 is 5,479 days, to 2020-12-31 305 more.
        "months_since_lapse": {"gap": NONE, "twice": (5479 + 305) / MONTH},
        "title_renewals": {"gap": 3, "twice": 0},
        "recognition_schemes": {"gap": 2, "twice": 2},
    },
)
MONEY = Case(
    "titles before and after private and public money",
    "2020-06-30",
    {
        "recognitions": """
            firm_id scheme tier awarded_on
            early   city   1    2018-01-01
            early   state  2    2019-06-01
            same    city   1    2018-06-01
            after   city   1    2018-06-02
            poor    city   1    2018-01-01
        """,
        "rounds": """
            firm_id round_id announced_on kind
            early   r1       2018-06-01   seed
            same    r2       2018-06-01   seed
            after   r3       2018-06-01   seed
            plain   r4       2018-06-01   seed
            poor    r5       2018-06-01   debt
        """,
        "grants": """
            firm_id grant_id awarded_on
            early   g1       2018-01-01
            early   g2       2018-01-02
            early   g3       2020-06-30
            early   g4       2020-07-01
            after   g5       2017-01-01
            plain   g6       2019-01-01
        """,
    },
    {
        "recognised_before_first_round": {"early": 1, "same": 0, "after": 0, "plain": 0, "poor": NONE},
        "grants_since_title": {"early": 2, "same": 0, "after": 0, "plain": NONE, "poor": 0},
    },
)
LEAP_TITLE = """
    firm_id scheme tier awarded_on expires_on
    a       nation 3    2016-02-29 -
"""
LEAP_LAST_DAY = Case(
    "three years from 29 February end on 28 February",
    "2019-02-28",
    {"recognitions": LEAP_TITLE},
    {"recognition_tier": {"a": 3}, "recognition_lapsed": {"a": 0}, "months_at_tier": {"a": 1095 / MONTH}},
)
LEAP_LAPSED = Case(
    "three years from 29 February are over on 1 March",
    "2019-03-01",
    {"recognitions": LEAP_TITLE},
    {"recognition_tier": {"a": 0}, "recognition_lapsed": {"a": 1}, "months_at_tier": {"a": NONE}},
)
FIRST_DAY = Case(
    "several titles on the first day: the climb starts at the highest",
    "2020-01-01",
    {
        "recognitions": """
            firm_id scheme tier awarded_on
            a       city   1    2018-01-01
            a       state  2    2018-01-01
            a       nation 4    2019-01-01
        """,
    },
    {"tier_climb_per_year": {"a": 2 / (730 / YEAR)}},
)
VERSIONS = """
    firm_id  scheme tier awarded_on expires_on known_on
    revoked  nation 3    2019-01-01 -          -
    revoked  nation 3    2019-01-01 2020-03-31 2020-04-01
    late     nation 3    2019-01-01 -          2020-04-01
"""
BEFORE_REVISION = Case(
    "the day before a title is revoked and another becomes known",
    "2020-03-31",
    {"recognitions": VERSIONS},
    {
        "recognition_tier": {"revoked": 3, "late": 0},
        "recognition_lapsed": {"revoked": 0, "late": 0},
        "recognitions_count": {"revoked": 1, "late": 0},
    },
)
AFTER_REVISION = Case(
    "the day a title is known to be revoked and another becomes known",
    "2020-04-01",
    {"recognitions": VERSIONS},
    {
        "recognition_tier": {"revoked": 0, "late": 3},
        "recognition_lapsed": {"revoked": 1, "late": 0},
        "months_since_lapse": {"revoked": 1 / MONTH, "late": NONE},
        "months_held": {"revoked": (365 + 90) / MONTH, "late": (365 + 91) / MONTH},
        "recognised_before_first_round": {"revoked": NONE},
        "grants_since_title": {"revoked": NONE},
        "recognitions_count": {"revoked": 1, "late": 1},
        "months_at_tier": {"late": (365 + 91) / MONTH},  # held since 2019-01-01, whenever we learned of it
    },
)

CASES = (LAST_DAY, LAPSED, LEAP_LAST_DAY, LEAP_LAPSED, FIRST_DAY, GAPS, MONEY, BEFORE_REVISION, AFTER_REVISION)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
