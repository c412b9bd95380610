"""Firm profile, by hand."""

from datetime import date

import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.firm_profile import unseen_kind
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import NONE, YEAR, Case, check, frame, population

ROUNDS = """
    firm_id round_id announced_on kind amount currency
    leap    r1       2017-02-28   debt -      -
    leap    r2       2018-02-28   seed -      -
    leap    r6       2019-02-28   seed -      -
    leap    r3       2020-03-01   seed -      -
    early   r4       2015-12-31   seed -      -
    unborn  r5       2020-02-28   seed -      -
"""
AGES = Case(
    "ages on 29 February, before founding and without a founding date",
    "2020-02-29",
    {
        "firms": """
            firm_id founded_on
            leap    2016-02-29
            early   2016-01-01
            today   2020-02-29
            unborn  2020-03-01
            unknown -
        """,
        "rounds": ROUNDS,
    },
    {
        "age_years": {"leap": 4, "today": 0, "unborn": NONE, "unknown": NONE},
        # 2016-02-29 to 2018-02-28 is 730 days; debt is not a private round.
        "age_at_first_round": {"leap": 730 / YEAR, "early": -1 / YEAR, "today": NONE, "unborn": NONE, "unknown": NONE},
        "founded_known": {"leap": 1, "today": 1, "unborn": 0, "unknown": 0},
        "events_known": {"leap": 3, "early": 1, "today": 0, "unborn": 1},
        "tables_with_rows": {"leap": 1, "early": 1, "today": 0, "unborn": 1},
        "rounds_observed": {"leap": 1, "unknown": 1},
        "grants_observed": {"leap": 0, "unknown": 0},
    },
)
OBSERVED = Case(
    "every table observed; outcomes are not counted as knowledge",
    "2020-02-29",
    {
        "firms": "firm_id\n a\n b",
        "rounds": "firm_id round_id announced_on kind\n a r1 2020-02-29 seed\n a r2 2020-03-01 seed",
        "grants": "firm_id grant_id awarded_on\n a g1 2019-01-01",
        "patents": "firm_id patent_id filed_on\n a p1 2018-08-29\n a p2 2018-09-01",
        "recognitions": "firm_id scheme tier awarded_on\n a city 1 2019-01-01",
        "financials": "firm_id period_end\n a 2018-12-31\n a 2019-12-31",
        "investments": "firm_id investor announced_on\n a Acorn 2020-02-29\n a Birch 2020-03-01",
        "outcomes": "firm_id kind happened_on\n a ipo 2019-01-01",
    },
    {
        "events_known": {
            "a": 6,
            "b": 0,
        },  # one row of each: what lies after the day, or is known after it, is not there
        "tables_with_rows": {"a": 6, "b": 0},
        "rounds_observed": {"b": 1},
        "grants_observed": {"b": 1},
        "patents_observed": {"b": 1},
        "recognitions_observed": {"b": 1},
        "financials_observed": {"b": 1},
        "investments_observed": {"b": 1},
    },
)
FIRSTS = Case(
    "ages at the first grant and the first filing that are known",
    "2020-02-29",
    {
        "firms": """
            firm_id founded_on
            young   2016-01-01
            new     2018-01-01
            later   2016-01-01
            unknown -
        """,
        "grants": """
            firm_id grant_id awarded_on
            young   g1       2017-01-01
            young   g2       2018-01-01
            new     g3       2020-02-29
            later   g4       2020-03-01
            unknown g5       2017-01-01
        """,
        "patents": """
            firm_id patent_id filed_on
            young   p1        2015-12-31
            young   p2        2018-01-01
            new     p3        2018-08-29
            later   p4        2018-09-01
            unknown p5        2017-01-01
        """,
    },
    {
        # 2016 has 366 days; 2018-01-01 to 2020-02-29 is 2 * 365 + 31 + 28 = 789 days.
        "age_at_first_grant": {"young": 366 / YEAR, "new": 789 / YEAR, "later": NONE, "unknown": NONE},
        # Public after 18 months: a filing of 29 August 2018, 240 days into the year, is; one of 1 September is not.
        "age_at_first_filing": {"young": -1 / YEAR, "new": 240 / YEAR, "later": NONE, "unknown": NONE},
        "tables_with_rows": {"young": 2, "new": 2, "later": 0, "unknown": 2},
    },
)
PLACES = """
    firm_id country region sectors
    a       US      Oslo   BIO;ai
    b       NO      Texas  ai;web
    c       FR      -      rare
    d       -       Mars   rare;bio
    e       us      Oslo   fusion
    f       FR      -      -
"""
# The vocabularies: NO and US; Oslo; ai, bio and web. The others have fewer than 20 firms.
SEEN = """
    statistic    key   month   count
    seen_country US    1970-01 25
    seen_country NO    1970-01 20
    seen_country FR    1970-01 19
    seen_region  Oslo  1970-01 45
    seen_region  Texas 1970-01 2
    seen_sector  ai    1970-01 30
    seen_sector  bio   1970-01 30
    seen_sector  web   1970-01 40
    seen_sector  rare  1970-01 3
"""
CODES = Case(
    "positions in the population's vocabularies",
    "2020-02-29",
    {"firms": PLACES},
    {
        "country_code": {"a": 1, "b": 0, "c": NONE, "d": NONE, "e": NONE},
        "region_code": {"a": 0, "b": NONE, "c": NONE, "d": NONE, "e": 0},
        # a: ai and bio are equally frequent, the alphabet decides; b: web has most firms.
        "sector_code": {"a": 0, "b": 2, "c": NONE, "d": 1, "e": NONE, "f": NONE},
    },
    SEEN,
)
NO_POPULATION = Case(
    "without a population",
    "2020-02-29",
    {"firms": PLACES},
    {name: {"a": NONE, "f": NONE} for name in ("country_code", "region_code", "sector_code")},
)
MOVED = """
    firm_id country known_on
    a       NO      2018-01-01
    a       US      2020-02-29
"""
BEFORE_MOVE = Case("the day before a firm moves", "2020-02-28", {"firms": MOVED}, {"country_code": {"a": 0}}, SEEN)
AFTER_MOVE = Case("the day a firm moves", "2020-02-29", {"firms": MOVED}, {"country_code": {"a": 1}}, SEEN)

CASES = (AGES, OBSERVED, FIRSTS, CODES, NO_POPULATION, BEFORE_MOVE, AFTER_MOVE)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)


def unseen(learned: Population) -> dict[str, str]:
    firms = frame(PLACES).assign(known_on="2000-01-01")
    snapshot = Snapshot(Tables.from_frames({"firms": firms}), date(2020, 2, 29), learned)
    return dict(zip(snapshot.firm_ids, unseen_kind(snapshot), strict=True))


def test_unseen_kind_is_a_country_or_sectors_no_firm_had():
    # c has a rare country, but a seen one; `us` is another country than `US`; nothing is said of what is not stated.
    assert unseen(population(SEEN)) == {"a": "", "b": "", "c": "", "d": "", "e": "country", "f": ""}


def test_unseen_sectors_all_of_them():
    seen = (
        "statistic key month count\n seen_country US 1970-01 9\n seen_country NO 1970-01 9\n seen_sector ai 1970-01 1"
    )
    assert unseen(population(seen)) == {
        "a": "",
        "b": "",
        "c": "country",
        "d": "sector",
        "e": "country",
        "f": "country",
    }


def test_nothing_is_unseen_where_the_population_saw_nothing():
    assert set(unseen(Population.empty()).values()) == {""}
    # A population without countries says nothing of countries.
    sectors_only = "statistic key month count\n seen_sector ai 1970-01 30"
    assert unseen(population(sectors_only)) == {"a": "", "b": "", "c": "sector", "d": "sector", "e": "sector", "f": ""}


def test_unseen_kind_of_no_firms():
    none = Tables.from_frames({"firms": pd.DataFrame({"firm_id": []}, dtype="str")})
    assert unseen_kind(Snapshot(none, date(2020, 2, 29), population(SEEN))).tolist() == []
