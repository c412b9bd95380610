"""Sector breadth, by hand."""

import math

import pytest

from tests.features.hand_tables import NONE, Case, check

LEARNED = (
    "sector_rarity",
    "sector_pair_rarity",
    "success_distance",
    "cluster_quotient",
    "cluster_firms",
    "region_diversity",
)
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
    {"sector_count": {"both": 2}, **{name: {"both": NONE} for name in LEARNED}},
    POPULATION,
)
NO_POPULATION = Case(
    "without a population nothing is rare",
    "2020-05-31",
    {"firms": FIRMS},
    {"sector_count": {"both": 2}, **{name: {"both": NONE} for name in LEARNED}},
)
PAIRED = """
    firm_id region sectors
    rare    Oslo   ai;bio
    common  Oslo   ai;web
    never   Oslo   bio;web
    three   Oslo   ai;bio;web
    new     Oslo   ai;fusion
    mixed   Oslo   ai;fusion;web
    one     Oslo   ai
    none    Bergen -
    far     Mars   fusion
"""
PAIRS = """
    statistic               key       month   count
    firms_by_all            all       2019-03 100
    firms_by_sector         ai        2019-03 50
    firms_by_sector         bio       2019-03 20
    firms_by_sector         web       2019-03 30
    firms_by_sector_pair    ai|bio    2019-03 1
    firms_by_sector_pair    ai|bio    2020-05 2
    firms_by_sector_pair    ai|web    2019-03 21
    firms_by_sector_region  ai|Oslo   2019-03 6
    firms_by_sector_region  bio|Oslo  2019-03 2
    firms_by_sector_region  web|Oslo  2020-05 4
    firms_by_sector_region  ai|Bergen 2019-03 5
"""
RARE_PAIRS = Case(
    "pairs against chance, the month of May not ended",
    "2020-05-30",
    {"firms": PAIRED},
    {
        "sector_pair_rarity": {
            "rare": math.log((50 * 20 / 100 + 1) / (1 + 1)),
            "common": math.log((50 * 30 / 100 + 1) / (21 + 1)),  # below 0: oftener than by chance
            "never": math.log((20 * 30 / 100 + 1) / (0 + 1)),
            "three": math.log(7),  # bio and web are the rarest of its three pairs
            "new": NONE,  # nothing is known of fusion
            "mixed": math.log(16 / 22),  # which leaves ai and web
            "one": NONE,
            "none": NONE,
        },
        # In Oslo 6 of 8 in ai and 2 of 8 in bio.
        "region_diversity": {
            "rare": -(0.75 * math.log(0.75) + 0.25 * math.log(0.25)),
            "none": 0,
            "far": NONE,
        },
        "cluster_firms": {"rare": (6 + 2) / 2, "never": (2 + 0) / 2, "far": 0, "none": NONE},
    },
    PAIRS,
)
RARE_PAIRS_LATER = Case(
    "pairs and regions a day later, with what May knew",
    "2020-05-31",
    {"firms": PAIRED},
    {
        "sector_pair_rarity": {"rare": math.log((50 * 20 / 100 + 1) / (3 + 1))},
        "region_diversity": {"rare": -(0.5 * math.log(0.5) + 1 / 6 * math.log(1 / 6) + 1 / 3 * math.log(1 / 3))},
        "cluster_firms": {"never": (2 + 4) / 2},
    },
    PAIRS,
)
IN_EVERYTHING = ";".join(f"s{number:02d}" for number in range(24))
ASKED = f"""
    firm_id sectors
    done    bio;ai
    subset  ai
    more    ai;bio;web
    either  ai;web
    partly  web;bio
    later   web
    alien   fusion
    full    {IN_EVERYTHING}
    fuller  {IN_EVERYTHING};s24
    none    -
"""
EXITS = f"""
    statistic            key           month   count
    exits_by_combination ai;bio        2019-03 1
    exits_by_combination ai;chips;web  2019-03 2
    exits_by_combination ai;web        2019-03 1
    exits_by_combination ai;web        2019-05 -1
    exits_by_combination web           2020-05 1
    exits_by_combination {IN_EVERYTHING};s24 2020-05 1
"""
DISTANCES = Case(
    "the nearest combination with an exit, the month of May not ended",
    "2020-05-30",
    {"firms": ASKED},
    {
        "success_distance": {
            "done": 0,
            "subset": 1 - 1 / 2,  # ai of ai and bio
            "more": 1 - 2 / 3,  # ai and bio of three; ai and web are 2 of 4 with chips
            "either": 1 - 2 / 3,  # the exit in just these two was taken back
            "partly": 1 - 1 / 3,  # bio of three with ai;bio, where web is 1 of 4
            "later": 1 - 1 / 3,  # web of ai, chips and web
            "alien": 1,
            "full": 1,
            "fuller": NONE,  # more than 24 sectors
            "none": NONE,
        },
    },
    EXITS,
)
DISTANCES_LATER = Case(
    "an exit on the last day of May",
    "2020-05-31",
    {"firms": ASKED},
    {"success_distance": {"later": 0, "partly": 1 - 1 / 2, "fuller": 0, "full": 1}},
    EXITS,
)
NO_EXITS = Case(
    "before the first exit, nothing is near",
    "2019-03-30",
    {"firms": ASKED},
    {"success_distance": {"done": NONE, "alien": NONE}},
    EXITS,
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

CASES = (
    MONTH_NOT_ENDED,
    MONTH_ENDED,
    BEFORE_POPULATION,
    NO_POPULATION,
    RARE_PAIRS,
    RARE_PAIRS_LATER,
    DISTANCES,
    DISTANCES_LATER,
    NO_EXITS,
    BEFORE_CORRECTION,
    AFTER_CORRECTION,
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
