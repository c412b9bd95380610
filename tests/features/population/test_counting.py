"""Changes of counts by key and month, from small tables."""

import math

import pandas as pd
import pytest

from littlegiants.features.population.counting import LOG_UNIT, categories, history
from littlegiants.ingest.tables.tables import Tables

FIRMS = pd.DataFrame(
    [
        ("a", "2015-01-10", "NO", "Oslo", "bio;web", ""),
        ("a", "2015-01-10", "NO", "Bergen", "web", "2016-05-01"),
        ("b", "2015-03-01", "NO", "Oslo", "web", ""),
    ],
    columns=["firm_id", "founded_on", "country", "region", "sectors", "known_on"],
)
ROUNDS = pd.DataFrame(
    [
        ("a", "1", "2016-04-30", "seed", 3e6),
        ("a", "2", "2016-05-02", "debt", 9e6),
        ("b", "3", "2014-12-31", "seed", None),
    ],
    columns=["firm_id", "round_id", "announced_on", "kind", "post_money"],
).assign(currency="USD")


def month(year: int, number: int) -> int:
    return (year - 1970) * 12 + number - 1


@pytest.fixture(scope="module")
def counted():
    frame = history(Tables.from_frames({"firms": FIRMS, "rounds": ROUNDS}))
    summed = frame.groupby(["statistic", "key", "month"])["count"].sum()
    return {key: int(count) for key, count in summed.items() if count}


def test_a_firm_counts_from_the_month_it_is_known_until_a_correction_moves_it(counted):
    regions = {key[1:]: count for key, count in counted.items() if key[0] == "firms_by_region"}
    # Firm b is known from its round of December 2014.
    assert regions == {
        ("Oslo", month(2014, 12)): 1,
        ("Oslo", month(2015, 1)): 1,
        ("Oslo", month(2016, 5)): -1,
        ("Bergen", month(2016, 5)): 1,
    }


def test_an_event_counts_where_its_firm_was_when_it_became_known(counted):
    rounds = {key[1:]: count for key, count in counted.items() if key[0] == "rounds_by_region"}
    assert rounds == {("Oslo", month(2014, 12)): 1, ("Oslo", month(2016, 4)): 1, ("Bergen", month(2016, 5)): 1}


def test_valuations_are_those_of_private_rounds_in_dollars(counted):
    logs = {key[1:]: count for key, count in counted.items() if key[0] == "valuation_log_by_sector"}
    expected = round(LOG_UNIT * math.log(3e6))
    assert logs == {("bio", month(2016, 4)): expected, ("web", month(2016, 4)): expected}


def test_categories_are_counted_as_last_known():
    frame = categories(Tables.from_frames({"firms": FIRMS}))
    found = {(row.statistic, row.key): row.count for row in frame.rename(columns={"count": "firms"}).itertuples()}
    assert set(found) == {
        ("seen_sector", "web"),
        ("seen_country", "NO"),
        ("seen_region", "Oslo"),
        ("seen_region", "Bergen"),
    }
    assert frame.set_index("key")["count"].to_dict() == {"web": 2, "NO": 2, "Oslo": 1, "Bergen": 1}


def test_tables_that_are_not_observed_count_nothing():
    frame = history(Tables.from_frames({"firms": FIRMS}))
    assert set(frame["statistic"].str.partition("_by_")[0]) == {"firms"}
