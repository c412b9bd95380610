"""What is known on a day: nothing later, nothing corrected since, nothing outside the contract."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import universe

LEAKS = {
    "status": "acquired",
    "funding_total_usd": "123456789",
    "outcome_label": "market",
    "last_updated": "2031-01-01",
}


@pytest.fixture(scope="module")
def frames():
    return universe(40)


def seen(frames, day, table):
    return len(getattr(Snapshot(Tables.from_frames(frames), date.fromisoformat(day)), table))


FIRM = pd.DataFrame({"firm_id": ["a"], "founded_on": ["2001-01-01"]})


@pytest.mark.parametrize("table", EVENT_TABLES)
def test_an_event_known_on_the_day_itself_is_seen_and_one_of_the_next_day_is_not(table):
    spec = TABLES[table]
    row = {c.name: (*c.choices, "x")[0] for c in spec.columns if c.required} | {spec.event: "2012-02-29"}
    frames = {"firms": FIRM, table: pd.DataFrame([{"firm_id": "a", **row, "known_on": "2012-02-29"}])}
    assert [seen(frames, day, table) for day in ("2012-02-28", "2012-02-29", "2012-03-01")] == [0, 1, 1]
    frames[table]["known_on"] = "2012-03-01"
    assert [seen(frames, day, table) for day in ("2012-02-29", "2012-03-01")] == [0, 1]


def test_a_correction_replaces_from_its_own_day_only():
    grants = pd.DataFrame({"firm_id": "a", "grant_id": "1", "awarded_on": "2012-01-01", "amount": ["10", "20", "30"]})
    grants = grants.assign(currency="USD", known_on=["", "2013-01-01", "2014-01-01"])
    tables = Tables.from_frames({"firms": FIRM, "grants": grants})
    for day, usd in (
        ("2011-12-31", 0),
        ("2012-01-01", 10),
        ("2012-12-31", 10),
        ("2013-01-01", 20),
        ("2013-12-31", 20),
        ("2014-01-01", 30),
    ):
        snapshot = Snapshot(tables, date.fromisoformat(day))
        assert snapshot.grants.total("amount").tolist() == [usd]


def test_a_correction_may_move_the_event_itself():
    grants = pd.DataFrame(
        {"firm_id": "a", "grant_id": "1", "awarded_on": ["2012-01-01", "2015-01-01"], "known_on": ["", "2013-01-01"]}
    )
    tables = Tables.from_frames({"firms": FIRM, "grants": grants})
    days = [Snapshot(tables, date(year, 6, 1)).grants.day.tolist() for year in (2012, 2013, 2014, 2015)]
    # The new date is later than the day it is stated on, and nothing is known before it happens.
    assert days == [[15_340], [15_340], [15_340], [16_436]]


def test_facts_of_a_firm_as_they_were_known():
    firms = pd.DataFrame(
        [
            ("a", "Old", "FR", "2001-01-01", "web;AI", ""),
            ("a", "New", "", "2000-01-01", "bio", "2010-01-01"),
            ("b", "Late", "NO", "2005-05-05", "ai", "2012-01-01"),
            ("c", "Never", "NO", "", "ai", ""),
            ("d", "Early", "NO", "2015-01-01", "", "2005-01-01"),
        ],
        columns=["firm_id", "name", "country", "founded_on", "sectors", "known_on"],
    )
    tables = Tables.from_frames({"firms": firms})

    def facts(day):
        s = Snapshot(tables, date.fromisoformat(day))
        words = [
            ";".join(s.sectors.vocabulary[s.sectors.codes[s.sectors.bounds[i] : s.sectors.bounds[i + 1]]])
            for i in range(len(s))
        ]
        founded = ["" if np.isnan(day) else str(np.datetime64(int(day), "D")) for day in s.founded_day]
        return list(zip(s.known.tolist(), s.text("name"), s.text("country"), founded, words, strict=True))

    nothing = (False, "", "", "", "")
    old, new = (True, "Old", "FR", "2001-01-01", "ai;web"), (True, "New", "", "2000-01-01", "bio")
    late, early = (True, "Late", "NO", "2005-05-05", "ai"), (True, "Early", "NO", "", "")
    assert facts("2000-12-31") == [nothing] * 4
    assert facts("2001-01-01") == [old, nothing, nothing, nothing]
    assert facts("2009-12-31") == [old, nothing, nothing, early]
    assert facts("2010-01-01") == [new, nothing, nothing, early]
    assert facts("2014-12-31") == [new, late, nothing, early]
    assert facts("2015-01-01") == [new, late, nothing, (True, "Early", "NO", "2015-01-01", "")]


def test_rows_selected_for_several_signals_are_selected_once(frames):
    snapshot = Snapshot(Tables.from_frames(frames), date(2016, 1, 1))
    asked = []

    def above(s, amount):
        asked.append(amount)
        return s.rounds.where(s.rounds.number("amount") > amount)

    first = snapshot.shared(above, 1e6)
    assert snapshot.shared(above, 1e6) is first
    assert 0 < len(first) < len(snapshot.shared(above, 1e4))
    assert asked == [1e6, 1e4]


@pytest.mark.parametrize("table", TABLES)
def test_a_planted_column_is_reported_and_cannot_be_reached(table, frames):
    clean = Tables.from_frames(frames)
    tables = Tables.from_frames({**frames, table: frames[table].assign(**LEAKS)})
    (sums,) = (sums for sums in tables.reconciliations if sums.table == table)
    assert sums.ignored_columns == tuple(sorted(LEAKS))
    assert tables.digest() == clean.digest()
    population = Population.fit(tables, date(2016, 1, 1))
    with_leaks, without = (feature_matrix(each, date(2016, 1, 1), population) for each in (tables, clean))
    assert with_leaks.values.tobytes() == without.values.tobytes()
    snapshot = Snapshot(tables, date(2016, 1, 1), population)
    for name in LEAKS:
        assert not hasattr(snapshot, name)
        with pytest.raises(KeyError):
            snapshot.text(name)
        if table != "firms":
            events = getattr(snapshot, table)
            assert not hasattr(events, name)
            for ask in (
                events.column,
                events.number,
                events.lists,
                events.days,
                events.known,
                events.total,
                events.largest,
            ):
                with pytest.raises(KeyError, match=name):
                    ask(name)
            with pytest.raises(KeyError, match=name):
                events.is_in(name, "acquired")


def test_nothing_that_a_snapshot_holds_repeats_a_planted_value(frames):
    """Whatever is stored, under whichever name, a planted text is not among it."""
    planted = {name: frame.assign(outcome_label="LEAK-" + frame["firm_id"]) for name, frame in frames.items()}
    tables = Tables.from_frames(planted)
    snapshot = Snapshot(tables, date(2016, 1, 1))
    words = []
    for rows in (tables.firms, *tables.events.values()):
        assert rows is not None
        lists = [values.vocabulary for values in rows.columns.values() if isinstance(values, Ragged)]
        words += [*rows.vocabularies.values(), *lists]
    assert sum(map(len, words)) > 0
    assert not any("LEAK" in word for part in words for word in part)
    assert [name for name in vars(snapshot) if "outcome_label" in name] == []


@pytest.mark.parametrize("as_of", [date(1, 1, 1), date(1899, 12, 31), date(9999, 12, 31)])
def test_any_date_can_be_asked_about(as_of, frames):
    tables = Tables.from_frames(frames)
    matrix = feature_matrix(tables, as_of, Population.fit(tables, date(2016, 1, 1)))
    assert matrix.values.shape == (40, len(matrix.names))
    assert Snapshot(tables, as_of).known.sum() == (0 if as_of.year < 2000 else (tables.firms.known < 2**31 - 1).sum())
