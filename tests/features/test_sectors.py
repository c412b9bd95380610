"""Sector breadth, by hand."""

import math

import pytest

from tests.features.hand_tables import NONE, Case, check

FIRMS = """
    firm_id region sectors
    both    Oslo   Bio;ai;AI
    ai      Oslo   ai
    far     Bergen bio
    new     Oslo   ai;fusion
    alien   Mars   ai
    nowhere -      ai
    fusion  Oslo   fusion
    none    Oslo   -
"""
POPULATION = """
    statistic              key       month   count
    firms_by_all           all       2019-03 8
    firms_by_all           all       2020-05 4
    firms_by_combination   ai        2019-03 5
    firms_by_combination   ai;bio    2019-03 1
    firms_by_sector        ai        2019-03 6
    firms_by_sector        bio       2019-03 2
    firms_by_region        Oslo      2019-03 4
    firms_by_region        Bergen    2019-03 4
    firms_by_sector_region ai|Oslo   2019-03 3
    firms_by_sector_region bio|Oslo  2019-03 2
    firms_by_sector_region ai|Bergen 2019-03 3
    firms_by_sector_region ai|Oslo   2020-05 3
    firms_by_region        Oslo      2020-05 4
    firms_by_sector        ai        2020-05 3
"""
MONTH_NOT_ENDED = Case(
    "the population of April, a day before May ends",
    "2020-05-30",
    {"firms": FIRMS},
    {
        "sector_count": {"both": 2, "ai": 1, "new": 2, "none": NONE},
        "sector_rarity": {
            "both": -math.log((1 + 1) / (8 + 1)),
            "ai": -math.log((5 + 1) / (8 + 1)),
            "new": math.log(9),  # no firm of the population joins these two
            "nowhere": -math.log(6 / 9),
            "none": NONE,
        },
        "cluster_quotient": {
            # ai: 3 of 4 in Oslo against 6 of 8 everywhere is 1; bio: 2 of 4 against 2 of 8 is 2.
            "both": (1 + 2) / 2,
            "ai": 1,
            "far": 0,
            "new": 1,  # nothing is known of fusion anywhere, which leaves ai
            "alien": NONE,
            "nowhere": NONE,
            "fusion": NONE,
            "none": NONE,
        },
    },
    POPULATION,
)
MONTH_ENDED = Case(
    "the population of May, on its last day",
    "2020-05-31",
    {"firms": FIRMS},
    {
        "sector_rarity": {"both": math.log(13 / 2), "ai": math.log(13 / 6)},
        # ai: 6 of 8 in Oslo against 9 of 12 is 1 still; bio: 2 of 8 against 2 of 12 is 1.5.
        "cluster_quotient": {"both": 1.25, "ai": 1},
    },
    POPULATION,
)
BEFORE_POPULATION = Case(
    "before the population's first month nothing is rare",
    "2019-03-30",
    {"firms": FIRMS},
    {"sector_count": {"both": 2}, "sector_rarity": {"both": NONE}, "cluster_quotient": {"both": NONE}},
    POPULATION,
)
NO_POPULATION = Case(
    "without a population nothing is rare",
    "2020-05-31",
    {"firms": FIRMS},
    {"sector_count": {"both": 2}, "sector_rarity": {"both": NONE}, "cluster_quotient": {"both": NONE}},
)
CORRECTED = """
    firm_id sectors known_on
    a       ai      2018-01-01
    a       ai;bio  2020-05-31
    b       ai      2020-06-01
"""
BEFORE_CORRECTION = Case(
    "sectors before they are corrected",
    "2020-05-30",
    {"firms": CORRECTED},
    {"sector_count": {"a": 1, "b": NONE}, "sector_rarity": {"a": math.log(9 / 6), "b": NONE}},
    POPULATION,
)
AFTER_CORRECTION = Case(
    "sectors from the day they are corrected",
    "2020-05-31",
    {"firms": CORRECTED},
    {"sector_count": {"a": 2, "b": NONE}, "sector_rarity": {"a": math.log(13 / 2)}},
    POPULATION,
)

CASES = (MONTH_NOT_ENDED, MONTH_ENDED, BEFORE_POPULATION, NO_POPULATION, BEFORE_CORRECTION, AFTER_CORRECTION)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
