"""What is learned from a population: counts by month, as each month knew them."""

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.funding import private_rounds
from littlegiants.features.matrix import feature_matrix
from littlegiants.features.population.groups import SEPARATOR
from littlegiants.features.population.population import CATEGORIES, RARE, Population
from littlegiants.ingest.tables.contract import ROUND_KINDS
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import universe

THROUGH = date(2020, 6, 30)
STATISTICS = [f"{name}_by_{by}" for name in ("firms", "rounds", "grants", "exits") for by in ("sector", "region")] + [
    "firms_by_all",
    "firms_by_sector_region",
    "firms_by_sector_pair",
    "firms_by_combination",
    "rounds_by_sector_region",
    "exits_by_combination",
    "valued_by_sector",
    "valuation_log_by_sector",
]


@pytest.fixture(scope="module")
def tables():
    return Tables.from_frames(universe(40))


@pytest.fixture(scope="module")
def population(tables):
    return Population.fit(tables, THROUGH)


@pytest.fixture(scope="module")
def fitted(tables):
    return cache(lambda through: Population.fit(tables, through))


def fit(through="2020-12-31", **frames):
    return Population.fit(Tables.from_frames(frames), date.fromisoformat(through))


def firms(*rows):
    return pd.DataFrame(rows, columns=["firm_id", "founded_on", "sectors", "region", "known_on"])


def rounds(*rows):
    frame = pd.DataFrame(rows, columns=["firm_id", "round_id", "announced_on", "known_on"])
    return frame.assign(kind="seed")


def counted(population, statistic, keys, as_of, back=0):
    month = population.at(as_of)
    return month.count(statistic, back)[month.indices(statistic.rpartition("_by_")[2], keys)]


def count(population, statistic, key, *days, back=0):
    keys = np.array([key], object)
    return [counted(population, statistic, keys, date.fromisoformat(day), back)[0] for day in days]


ONE = firms(("a", "2010-05-05", "web;AI", "Oslo", ""), ("b", "2012-02-29", "web", "", ""))


@pytest.mark.parametrize(
    ("statistic", "key", "expected"),
    [
        ("firms_by_all", "all", [1, 1, 2]),
        ("firms_by_sector", "web", [1, 1, 2]),
        ("firms_by_sector", "ai", [1, 1, 1]),
        ("firms_by_sector", "AI", [0, 0, 0]),
        ("firms_by_region", "Oslo", [1, 1, 1]),
        ("firms_by_region", "", [0, 0, 0]),
        ("firms_by_sector_region", f"web{SEPARATOR}Oslo", [1, 1, 1]),
        ("firms_by_sector_pair", f"ai{SEPARATOR}web", [1, 1, 1]),
        ("firms_by_sector_pair", f"web{SEPARATOR}ai", [0, 0, 0]),
        ("firms_by_combination", "ai;web", [1, 1, 1]),
        ("firms_by_combination", "web", [0, 0, 1]),
    ],
)
def test_firms_count_in_all_their_groups_from_the_month_they_are_known(statistic, key, expected):
    population = fit(firms=ONE)
    assert count(population, statistic, key, "2010-05-31", "2012-02-28", "2012-02-29") == expected


def test_a_month_counts_when_it_has_ended():
    population = fit(firms=firms(("a", "2010-05-05", "web", "Oslo", ""), ("b", "2010-06-30", "web", "Oslo", "")))
    days = ["2010-05-30", "2010-05-31", "2010-06-29", "2010-06-30", "2010-12-01"]
    assert count(population, "firms_by_all", "all", *days) == pytest.approx([np.nan, 1, 1, 2, 2], nan_ok=True)
    assert count(population, "firms_by_all", "all", *days[1:], back=1) == [0, 0, 1, 2]


def test_events_of_a_firm_count_in_its_groups_of_that_day():
    moved = firms(("a", "2010-01-01", "web", "Oslo", ""), ("a", "2010-01-01", "ai", "Bergen", "2015-01-01"))
    events = rounds(("a", "1", "2012-01-01", ""), ("a", "2", "2016-01-01", ""))
    population = fit(firms=moved, rounds=events)
    days = ["2011-12-31", "2012-01-31", "2014-12-31", "2015-01-31", "2016-01-31"]
    # The firm moves; what happened before stays where it happened.
    assert count(population, "firms_by_region", "Oslo", *days) == [1, 1, 1, 0, 0]
    assert count(population, "firms_by_region", "Bergen", *days) == [0, 0, 0, 1, 1]
    assert count(population, "rounds_by_region", "Oslo", *days[1:]) == [1, 1, 1, 1]
    assert count(population, "rounds_by_region", "Bergen", *days[1:]) == [0, 0, 0, 1]
    assert count(population, "rounds_by_sector", "ai", *days[1:]) == [0, 0, 0, 1]


def test_exits_and_rounds_count_for_the_combination_and_the_sector_in_its_place_of_that_day():
    moved = firms(("a", "2010-01-01", "web;ai", "Oslo", ""), ("a", "2010-01-01", "ai", "Bergen", "2015-01-01"))
    ends = pd.DataFrame({"firm_id": ["a", "a"], "happened_on": ["2014-12-31", "2016-01-01"], "kind": "acquisition"})
    events = rounds(("a", "1", "2014-12-31", ""), ("a", "2", "2016-01-01", ""))
    population = fit(firms=moved, rounds=events, outcomes=ends)
    days = ["2014-12-31", "2016-01-31"]
    assert count(population, "exits_by_combination", "ai;web", *days) == [1, 1]
    assert count(population, "exits_by_combination", "ai", *days) == [0, 1]
    assert count(population, "rounds_by_sector_region", f"web{SEPARATOR}Oslo", *days) == [1, 1]
    assert count(population, "rounds_by_sector_region", f"ai{SEPARATOR}Bergen", *days) == [0, 1]


def test_valuations_sum_as_whole_millionths_of_logs():
    events = rounds(
        ("a", "1", "2012-01-01", ""),
        ("a", "1", "2012-01-01", "2014-06-01"),
        ("b", "2", "2013-01-01", ""),
        ("b", "3", "2013-01-01", ""),
        ("b", "4", "2013-01-01", ""),
        ("b", "5", "2013-01-01", ""),
    ).assign(currency="USD")
    events["post_money"] = ["1000000", "2000000", "0.5", "", "0", "3000000"]
    events["kind"] = ["seed"] * 5 + ["debt"]
    population = fit(firms=ONE, rounds=events)
    days = ["2012-01-31", "2013-01-31", "2014-05-31", "2014-06-30"]
    # ln 1,000,000 is 13.815510557..., ln 0.5 is -0.693147180..., ln 2,000,000 is 14.508657738...
    logs = [13_815_511, 13_815_511 - 693_147, 13_815_511 - 693_147, 14_508_658 - 693_147]
    assert count(population, "valuation_log_by_sector", "web", *days) == logs
    assert count(population, "valued_by_sector", "web", *days) == [1, 2, 2, 2]
    assert count(population, "valuation_log_by_sector", "ai", *days) == [13_815_511] * 3 + [14_508_658]
    assert count(population, "valued_by_sector", "web", "2014-06-30", back=12) == [2]


@pytest.mark.parametrize("kind", ROUND_KINDS)
def test_valued_rounds_are_private_rounds(kind):
    frames = {"firms": ONE, "rounds": rounds(("b", "1", "2013-01-01", "")).assign(post_money="5", currency="USD")}
    frames["rounds"]["kind"] = kind
    tables = Tables.from_frames(frames)
    private = private_rounds(Snapshot(tables, date(2013, 12, 31))).count()[1]
    assert ("valued_by_sector" in Population.fit(tables, THROUGH).counts) == bool(private)


def test_what_is_made_of_a_month_is_made_once_and_of_what_then_counted(population):
    asked = []

    def make(month):
        asked.append(dict(zip(*month.known_keys("exits_by_sector"), strict=True)))
        return len(asked)

    days = [date(2014, 3, 31), date(2014, 4, 29), date(2014, 4, 30), THROUGH, date(2031, 1, 1)]
    assert [population.at(day).made(make) for day in days] == [1, 1, 2, 3, 3]
    keys = population.counts["exits_by_sector"].keys
    for day, found in zip((days[0], days[2], days[3]), asked, strict=True):
        counts = {key: count(population, "exits_by_sector", key, day.isoformat())[0] for key in keys}
        assert found == {key: number for key, number in counts.items() if number > 0}
    assert len(population.at(date(1960, 1, 1)).known_keys("exits_by_sector")[0]) == 0
    assert len(population.at(THROUGH).known_keys("unheard_of")[0]) == 0
    assert len(asked) == 3


def test_no_more_months_are_kept_than_a_dozen(population):
    first = population.at(date(2010, 1, 31))
    assert population.at(date(2010, 2, 27)) is first
    for year in range(1990, 2002):
        population.at(date(year, 1, 31))
    assert population.at(date(2010, 1, 31)) is not first


def test_threads_that_share_a_population_say_what_one_alone_says(tables, population):
    days = [date(2005 + year, 1 + year % 12, 28) for year in range(15)]  # more months than are kept
    alone = [feature_matrix(tables, day, population).values.tobytes() for day in days]
    shared, interval = Population.from_frame(population.to_frame(), THROUGH), sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(lambda day: feature_matrix(tables, day, shared).values.tobytes(), days))
    finally:
        sys.setswitchinterval(interval)
    assert together == alone


def summed(population, statistic, names, as_of, back):
    """The changes up to the last month ended, added up key by key; NaN before the first of them all."""
    ended = as_of + timedelta(days=1)
    last = 12 * (ended.year - 1970) + ended.month - 2
    changes = population.to_frame().query("statistic == @statistic")
    if not (changes["month"] <= last).any():
        return [np.nan] * len(names)
    by_key = changes.loc[changes["month"] <= last - back].groupby("key")["count"].sum()
    return [float(by_key.get(name, 0)) for name in names]


@pytest.mark.parametrize("statistic", [*STATISTICS, "patents_by_region"])
def test_a_month_counts_every_key_at_its_place(statistic, population):
    by = statistic.rpartition("_by_")[2]
    for as_of in (date(2009, 1, 1), date(2014, 4, 30), THROUGH):
        month = population.at(as_of)
        names = np.append(month.keys(by), "unheard of")
        indices = month.indices(by, names)
        assert indices.tolist() == [*range(len(names) - 1), -1]
        assert month.keys(by).tolist() == sorted(month.keys(by))
        for back in (0, 12, 36):
            expected = summed(population, statistic, names, as_of, back)
            assert month.count(statistic, back)[indices].tolist() == pytest.approx(expected, nan_ok=True)


def test_events_of_a_firm_that_is_known_later_count_from_then():
    late = firms(("a", "2010-01-01", "web", "Oslo", "2014-03-01"))
    population = fit(firms=late, rounds=rounds(("a", "1", "2012-01-01", "")))
    days = ["2012-01-31", "2014-02-28", "2014-03-31"]
    assert count(population, "rounds_by_sector", "web", *days) == pytest.approx([np.nan, np.nan, 1], nan_ok=True)


def test_a_corrected_event_is_taken_back_and_counted_anew():
    moved = firms(("a", "2010-01-01", "web", "Oslo", ""), ("a", "2010-01-01", "ai", "Oslo", "2013-01-01"))
    events = rounds(("a", "1", "2012-01-01", ""), ("a", "1", "2012-01-02", "2014-01-01"))
    population = fit(firms=moved, rounds=events)
    days = ["2012-01-31", "2013-12-31", "2014-01-31"]
    assert count(population, "rounds_by_region", "Oslo", *days) == [1, 1, 1]
    assert count(population, "rounds_by_sector", "web", *days) == [1, 1, 0]
    assert count(population, "rounds_by_sector", "ai", *days) == [0, 0, 1]
    frame = population.to_frame()
    assert frame[(frame["statistic"] == "rounds_by_region")]["count"].tolist() == [1]
    assert frame[(frame["statistic"] == "rounds_by_sector") & (frame["key"] == "web")]["count"].tolist() == [1, -1]


def test_exits_are_not_closures():
    ends = pd.DataFrame(
        {"firm_id": ["a", "a", "b"], "happened_on": "2015-01-01", "kind": ["ipo", "acquisition", "closure"]}
    )
    population = fit(firms=ONE, outcomes=ends)
    assert count(population, "exits_by_sector", "web", "2015-01-31") == [2]


def test_an_event_of_a_firm_without_groups_counts_nowhere():
    population = fit(firms=firms(("a", "2010-01-01", "", "", "")), rounds=rounds(("a", "1", "2012-01-01", "")))
    assert sorted(population.counts) == ["firms_by_all"]


@pytest.mark.parametrize("statistic", STATISTICS)
def test_what_an_early_month_knew_does_not_depend_on_how_late_it_was_fitted(statistic, fitted, population):
    keys = population.counts[statistic].keys.to_numpy()
    differing = 0
    for as_of in (date(2009, 1, 1), date(2012, 2, 29), date(2015, 5, 17), date(2018, 12, 31), THROUGH):
        for back in (0, 12):
            early = counted(fitted(as_of), statistic, keys, as_of, back)
            assert counted(population, statistic, keys, as_of, back).tolist() == pytest.approx(
                early.tolist(), nan_ok=True
            )
            assert counted(fitted(date(2030, 1, 1)), statistic, keys, as_of, back).tobytes() == early.tobytes()
            differing += bool((np.nan_to_num(early) != counted(population, statistic, keys, THROUGH)).any())
    assert differing > 1


def test_nothing_known_later_goes_in(tables):
    frame = Population.fit(tables, THROUGH).to_frame()
    pd.testing.assert_frame_equal(frame, Population.fit(tables.known_by(THROUGH), THROUGH).to_frame())
    assert frame["month"].max() <= (THROUGH.year - 1970) * 12 + THROUGH.month - 1


@pytest.mark.parametrize("statistic", STATISTICS)
def test_after_the_last_fitted_month_it_stands_still(statistic, fitted, population):
    keys = population.counts[statistic].keys.to_numpy()
    last = counted(population, statistic, keys, THROUGH)
    for later in (THROUGH + timedelta(days=1), date(2031, 5, 5), date(9999, 12, 31)):
        assert counted(population, statistic, keys, later).tobytes() == last.tobytes()
    early = fitted(date(2020, 6, 29))
    assert (counted(early, statistic, keys, THROUGH) == counted(population, statistic, keys, date(2020, 5, 31))).all()


def test_it_survives_its_frame_and_parquet(population, tmp_path):
    frame = population.to_frame()
    assert frame.dtypes.astype(str).to_dict() == {"statistic": "str", "key": "str", "month": "int32", "count": "int64"}
    frame.to_parquet(tmp_path / "context.parquet", index=False)
    shuffled = pd.read_parquet(tmp_path / "context.parquet").sample(frac=1, random_state=3)
    again = Population.from_frame(shuffled, THROUGH)
    pd.testing.assert_frame_equal(again.to_frame(), frame)
    assert {name: list(values.items()) for name, values in again.seen.items()} == {
        name: list(values.items()) for name, values in population.seen.items()
    }
    assert sorted(again.counts) == sorted(population.counts)
    for statistic, counts in population.counts.items():
        keys = np.append(counts.keys.to_numpy(), "never seen")
        for as_of in (date(1960, 1, 1), date(2010, 1, 31), date(2016, 6, 6), THROUGH):
            old, new = (counted(each, statistic, keys, as_of) for each in (population, again))
            assert old.tobytes() == new.tobytes()


def test_months_back_are_earlier_months(population):
    keys = population.counts["rounds_by_region"].keys.to_numpy()
    rows = [counted(population, "rounds_by_region", keys, THROUGH, back) for back in (0, 12, 24, 400)]
    assert rows[0].sum() > rows[1].sum() > rows[2].sum() > rows[3].sum() == 0
    assert rows[1].tolist() == counted(population, "rounds_by_region", keys, date(2019, 6, 30)).tolist()


def test_an_unseen_key_counts_nothing_and_an_unobserved_statistic_is_missing(population):
    keys = np.array(["nowhere", "Oslo", ""], object)
    known = counted(population, "rounds_by_region", keys, THROUGH)
    assert known[0] == known[2] == 0
    assert known[1] > 0
    assert np.isnan(counted(population, "patents_by_region", keys, THROUGH)).all()
    assert np.isnan(counted(Population.empty(), "firms_by_all", keys, THROUGH)).all()
    assert counted(population, "rounds_by_region", keys[:0], THROUGH).tolist() == []


def test_an_absent_table_makes_no_statistic():
    assert [name for name in fit(firms=ONE).counts if not name.startswith("firms")] == []


def test_no_firm_at_all():
    population = fit(firms=ONE.head(0))
    assert population.counts == {}
    assert population.to_frame().empty
    assert Population.from_frame(population.to_frame(), THROUGH).seen == {name: {} for name in CATEGORIES}


def test_events_before_1970_are_counted_in_their_month():
    old = firms(("a", "1955-03-01", "web", "Oslo", ""))
    population = fit(firms=old, rounds=rounds(("a", "1", "1962-07-01", "")))
    days = ["1955-03-31", "1962-06-30", "1962-07-31", "1970-01-31"]
    assert count(population, "firms_by_sector", "web", *days) == [1, 1, 1, 1]
    assert count(population, "rounds_by_sector", "web", *days) == pytest.approx([np.nan, np.nan, 1, 1], nan_ok=True)
    assert count(population, "rounds_by_sector", "web", "1962-07-31", "1963-07-31", back=12) == [0, 1]
    assert count(population, "firms_by_sector", "web", "1955-03-31", back=1_000_000) == [0]


def test_a_category_is_told_apart_from_twenty_firms_on():
    regions = ["Oslo"] * RARE + ["Bergen"] * (RARE - 1) + [""] * 50
    many = pd.DataFrame(
        {"firm_id": [f"f{n}" for n in range(len(regions))], "founded_on": "2010-01-01", "region": regions}
    )
    many["country"] = "NA"
    many["sectors"] = "web;AI"
    population = fit(firms=many)
    assert population.seen["region"] == {"Bergen": RARE - 1, "Oslo": RARE}
    assert population.vocabulary("region") == ("Oslo",)
    assert population.vocabulary("country") == ("NA",)
    assert population.vocabulary("sector") == ("ai", "web")


def test_seen_is_what_was_last_known_of_each_firm():
    moved = firms(("a", "2010-01-01", "web", "Oslo", ""), ("a", "2010-01-01", "ai", "Bergen", "2015-01-01"))
    undated = firms(("b", "", "chips", "Texas", ""))
    frame = pd.concat([moved, undated])
    assert fit("2014-12-31", firms=frame).seen["region"] == {"Oslo": 1}
    assert fit("2015-01-01", firms=frame).seen["region"] == {"Bergen": 1}
