"""Market heat, by hand."""

from datetime import date

import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families import market_heat
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import NONE, Case, check

FIRMS = {
    "firms": """
        firm_id region sectors
        ai      Oslo   AI
        both    Oslo   ai;bio
        quiet   Bergen quiet
        alien   Mars   fusion;ai
        none    -      -
    """,
}
POPULATION = """
    statistic        key    month   count
    firms_by_sector  ai     2017-12 10
    firms_by_sector  ai     2019-06 10
    firms_by_sector  bio    2017-12 4
    firms_by_sector  quiet  2017-12 5
    firms_by_region  Oslo   2018-12 8
    firms_by_region  Bergen 2018-12 5
    rounds_by_sector ai     2017-12 100
    rounds_by_sector ai     2018-06 10
    rounds_by_sector ai     2018-12 2
    rounds_by_sector ai     2019-01 4
    rounds_by_sector ai     2019-12 1
    rounds_by_sector bio    2018-03 2
    rounds_by_sector bio    2019-12 3
    rounds_by_region Oslo   2018-12 7
    rounds_by_region Oslo   2019-12 6
    exits_by_sector  ai     2018-12 1
    exits_by_sector  ai     2019-11 1
    exits_by_sector  bio    2019-12 1
    exits_by_region  Oslo   2018-12 1
    exits_by_region  Oslo   2019-01 2
    grants_by_sector ai     2018-12 50
    grants_by_sector ai     2019-12 15
    grants_by_sector bio    2019-01 1
    grants_by_region Oslo   2019-01 4
    grants_by_region Bergen 2018-12 9
    firms_by_sector_region  ai|Oslo  2018-12 5
    firms_by_sector_region  bio|Oslo 2018-12 2
    rounds_by_sector_region ai|Oslo  2018-12 3
    rounds_by_sector_region ai|Oslo  2019-12 2
    rounds_by_sector_region bio|Oslo 2019-06 3
"""
YEAR_ENDED = {
    # ai: the 5 of January to December 2019 over 20 firms; those of December 2018 are a year old. bio: 3 over 4.
    "sector_rounds_1y": {"ai": 0.25, "both": (0.25 + 0.75) / 2, "quiet": 0, "alien": 0.25, "none": NONE},
    # A year before, ai had 12 over 10 firms and bio 2 over 4.
    "sector_rounds_trend": {"ai": 0.25 / 1.2, "both": 0.5 / ((1.2 + 0.5) / 2), "quiet": NONE, "none": NONE},
    "region_rounds_1y": {"ai": 6 / 8, "both": 6 / 8, "quiet": 0, "alien": NONE, "none": NONE},
    "region_rounds_trend": {"ai": (6 / 8) / (7 / 8), "quiet": NONE, "alien": NONE, "none": NONE},
    # Of ai in Oslo the 2 of 2019 over 5 firms, of bio 3 over 2; nobody is in quiet in Bergen, or on Mars.
    "sector_region_rounds_1y": {"ai": 2 / 5, "both": (2 / 5 + 3 / 2) / 2, "quiet": NONE, "alien": NONE, "none": NONE},
    "sector_exits_1y": {"ai": 1 / 20, "both": (1 / 20 + 1 / 4) / 2, "quiet": 0, "alien": 1 / 20, "none": NONE},
    # A year before, 1 over 10 firms of ai and none of bio.
    "sector_exits_trend": {"ai": (1 / 20) / (1 / 10), "both": 0.15 / (0.1 / 2), "quiet": NONE, "none": NONE},
    "region_exits_1y": {"ai": 2 / 8, "quiet": 0, "alien": NONE, "none": NONE},
    "sector_grants_1y": {"ai": 15 / 20, "both": (15 / 20 + 1 / 4) / 2, "quiet": 0, "none": NONE},
    "region_grants_1y": {"ai": 4 / 8, "quiet": 0, "alien": NONE, "none": NONE},
    # ai: 15 grants and 5 rounds, bio: 1 and 3; quiet has neither, which leaves ai alone for the alien's fusion too.
    "sector_grant_tilt_1y": {"ai": 15 / 20, "both": (15 / 20 + 1 / 4) / 2, "quiet": NONE, "alien": 15 / 20},
    # Ten of the twenty firms of ai came in June 2019, none to bio.
    "sector_entry_1y": {"ai": 10 / 20, "both": (10 / 20 + 0) / 2, "quiet": 0, "alien": 10 / 20, "none": NONE},
}
MONTH_ENDED = Case("on the last day of a year", "2019-12-31", FIRMS, YEAR_ENDED, POPULATION)
MONTH_NOT_ENDED = Case(
    "a day before, the months from December 2018 to November 2019",
    "2019-12-30",
    FIRMS,
    {
        "sector_rounds_1y": {"ai": (2 + 4) / 20, "both": (0.3 + 0) / 2},
        "sector_rounds_trend": {"ai": 0.3 / (110 / 10)},  # December 2017 to November 2018: 100 and 10
        "region_rounds_1y": {"ai": 7 / 8},
        "sector_exits_1y": {"ai": 2 / 20},
        "region_rounds_trend": {"ai": NONE},  # no month of 2017 has a firm in Oslo
        "sector_region_rounds_1y": {"ai": 3 / 5, "both": (3 / 5 + 3 / 2) / 2},
        "sector_exits_trend": {"ai": NONE},
        "region_exits_1y": {"ai": 3 / 8},
        "sector_grants_1y": {"ai": 50 / 20},
        "region_grants_1y": {"ai": 4 / 8, "quiet": 9 / 5},
        "sector_grant_tilt_1y": {"ai": 50 / (50 + 2 + 4), "both": (50 / 56 + 1) / 2},  # bio: a grant and no round
        "sector_entry_1y": {"ai": 10 / 20},
    },
    POPULATION,
)
LATER = Case("years after the population's end", "2025-06-30", FIRMS, YEAR_ENDED, POPULATION, through="2019-12-31")
LATER_WITHIN = Case(
    "years later, in a population that goes on: nothing happened",
    "2025-06-30",
    FIRMS,
    {
        "sector_rounds_1y": {"ai": 0},
        "sector_rounds_trend": {"ai": NONE},
        "region_rounds_1y": {"ai": 0},
        "sector_entry_1y": {"ai": 0},
        "sector_grant_tilt_1y": {"ai": NONE},
    },
    POPULATION,
)
NOT_OBSERVED = Case(
    "a population without rounds and outcomes",
    "2019-12-31",
    FIRMS,
    {name: {"ai": NONE, "none": NONE} for name in YEAR_ENDED if name != "sector_entry_1y"},
    "statistic key month count\n firms_by_sector ai 2017-12 10\n firms_by_region Oslo 2017-12 10",
)
NO_POPULATION = Case("no population", "2019-12-31", FIRMS, {name: {"ai": NONE, "both": NONE} for name in YEAR_ENDED})

CASES = (MONTH_ENDED, MONTH_NOT_ENDED, LATER, LATER_WITHIN, NOT_OBSERVED, NO_POPULATION)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)


def test_rates_of_a_fitted_population():
    tables = Tables.from_frames(
        {
            "firms": pd.DataFrame({"firm_id": ["a", "b"], "sectors": ["ai", "ai"], "founded_on": "2015-01-01"}),
            "rounds": pd.DataFrame(
                {
                    "firm_id": ["a", "a", "b", "b"],
                    "round_id": ["r1", "r2", "r3", "r4"],
                    "announced_on": ["2019-05-05", "2019-05-06", "2019-05-07", "2020-05-31"],
                    "kind": "seed",
                    "known_on": ["", "2019-08-01", "2020-06-01", ""],
                }
            ),
        }
    )
    fitted = Population.fit(tables, date(2021, 1, 31))
    # June 2019 to May 2020: r2, known late, and r4, over two firms; r1 is older and r3 was not known.
    assert market_heat.sector_rounds_1y(Snapshot(tables, date(2020, 5, 31), fitted)).tolist() == [1, 1]
    # As fitted a day earlier, May 2020 had not ended: May 2019 to April 2020, r1 and r2.
    fitted = Population.fit(tables, date(2020, 5, 30))
    assert market_heat.sector_rounds_1y(Snapshot(tables, date(2020, 5, 31), fitted)).tolist() == [1, 1]
    assert market_heat.sector_rounds_1y(Snapshot(tables, date(2019, 5, 31), fitted)).tolist() == [0.5, 0.5]
