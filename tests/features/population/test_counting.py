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


INVESTMENTS = pd.DataFrame(
    [
        ("a", "2016-04-30", "Acorn"),
        ("b", "2016-04-30", "ACORN"),
        ("b", "2016-04-30", "Birch"),
        ("a", "2018-02-01", "birch"),
        ("a", "2018-02-01", "Acorn"),
    ],
    columns=["firm_id", "announced_on", "investor"],
)
OUTCOMES = pd.DataFrame([("b", "2019-01-05", "ipo")], columns=["firm_id", "happened_on", "kind"])


@pytest.fixture(scope="module")
def by_investor():
    tables = {"firms": FIRMS, "rounds": ROUNDS, "investments": INVESTMENTS, "outcomes": OUTCOMES}
    frame = history(Tables.from_frames(tables))
    summed = frame[frame["statistic"].str.contains("investor")].groupby(["statistic", "key", "month"])["count"].sum()
    return {key: int(count) for key, count in summed.items() if count}


def of(found, statistic):
    return {key[1:]: count for key, count in found.items() if key[0] == statistic}


def test_a_firm_is_one_deal_of_its_investor_from_the_month_that_is_known(by_investor):
    first, later = month(2016, 4), month(2018, 2)
    assert of(by_investor, "deals_by_investor") == {("acorn", first): 2, ("birch", first): 1, ("birch", later): 1}


def test_deals_are_counted_where_the_firm_was_known_to_be(by_investor):
    # Firm a moved to Bergen, and to the web alone, in May 2016.
    assert of(by_investor, "deals_by_investor_region") == {
        ("acorn\x1fOslo", month(2016, 4)): 2,
        ("birch\x1fOslo", month(2016, 4)): 1,
        ("birch\x1fBergen", month(2018, 2)): 1,
    }
    assert of(by_investor, "deals_by_investor_sector")["acorn\x1fbio", month(2016, 4)] == 1


def test_exits_and_later_rounds_count_for_every_investor_before_them(by_investor):
    assert of(by_investor, "exits_by_investor") == {("acorn", month(2019, 1)): 1, ("birch", month(2019, 1)): 1}
    # The round of May 2016 is debt.
    assert of(by_investor, "followed_by_investor") == {}


def test_partners_are_those_of_the_last_five_years(by_investor):
    # Together in April 2016 and in February 2018, which is known for sixty months until February 2023.
    for investor in ("acorn", "birch"):
        changes = {key: count for key, count in of(by_investor, "partners_by_investor").items() if key[0] == investor}
        assert changes == {(investor, month(2016, 4)): 1, (investor, month(2023, 2)): -1}
