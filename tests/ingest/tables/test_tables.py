"""A set of tables as loaded, and parts of it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.days import NEVER, day_number
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import universe


@pytest.fixture(scope="module")
def frames():
    return universe(40)


@pytest.fixture(scope="module")
def tables(frames):
    return Tables.from_frames(frames)


def firms_of(frames, ids):
    return {name: frame[frame["firm_id"].isin(ids)] for name, frame in frames.items()}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"companies": pd.DataFrame()}, "unknown table 'companies'; the tables are firms, rounds, grants, patents, "),
        ({"rounds": pd.DataFrame()}, "there is no table 'firms'; it is the one table that is required"),
        ({"firms": pd.DataFrame()}, "firms: column 'firm_id' is missing; the table has no column"),
    ],
)
def test_what_is_no_set_of_tables(given, message):
    with pytest.raises(TableError, match=message):
        Tables.from_frames(given)


def test_firms_alone_are_enough():
    tables = Tables.from_frames({"firms": pd.DataFrame({"firm_id": ["b", "a"]})})
    assert tables.firm_ids.tolist() == ["a", "b"]
    assert tables.observed == ()
    assert len(tables) == 2


def test_an_empty_table_is_observed_and_an_absent_one_is_not():
    empty = pd.DataFrame(columns=["firm_id", "grant_id", "awarded_on"])
    assert Tables.from_frames({"firms": pd.DataFrame({"firm_id": ["a"]}), "grants": empty}).observed == ("grants",)


@pytest.mark.parametrize("turn", range(3))
def test_the_digest_knows_no_order_of_rows_columns_or_tables(turn, frames, tables):
    rng = np.random.default_rng(turn)
    shuffled = {
        name: frames[name].sample(frac=1, random_state=turn)[rng.permutation(frames[name].columns)]
        for name in rng.permutation(list(frames))
    }
    assert Tables.from_frames(shuffled).digest() == tables.digest()


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f["rounds"].iloc[1:].pipe(lambda rounds: {**f, "rounds": rounds}),
        lambda f: {name: frame for name, frame in f.items() if name != "grants"},
        lambda f: {**f, "firms": f["firms"].assign(country=f["firms"]["country"].replace("NO", "SE"))},
        lambda f: {**f, "firms": f["firms"].assign(sectors=f["firms"]["sectors"].str.replace("ai", "ia"))},
        lambda f: {**f, "firms": f["firms"].replace("f001", "f001b"), "rounds": f["rounds"].replace("f001", "f001b")},
        lambda f: {**f, "rounds": f["rounds"].replace({"known_on": {"2021-01-31": "2021-02-01"}})},
        lambda f: {**f, "rounds": f["rounds"].assign(investor_count="3")},
    ],
)
def test_the_digest_knows_every_change(change, frames, tables):
    assert Tables.from_frames(change(frames)).digest() != tables.digest()


def test_the_digest_leaves_out_what_is_not_used(frames, tables):
    firms = frames["firms"].assign(status="acquired")
    orphan = frames["rounds"].head(1).assign(firm_id="nobody")
    same = Tables.from_frames({**frames, "firms": firms, "rounds": pd.concat([frames["rounds"], orphan])})
    assert same.digest() == tables.digest()


def test_part_of_the_firms_is_what_loading_that_part_gives(frames, tables):
    for first, last in ((0, 40), (0, 1), (7, 23), (39, 40), (5, 5), (30, 99)):
        part = tables.slice(first, last)
        expected = Tables.from_frames(firms_of(frames, tables.firm_ids[first:last]))
        assert part.firm_ids.tolist() == expected.firm_ids.tolist()
        assert part.digest() == expected.digest()


def test_given_firms_are_what_loading_them_gives(frames, tables):
    ids = np.array(["f030", "nobody", "f002", "f003"], object)
    part = tables.take(ids)
    assert part.firm_ids.tolist() == ["f002", "f003", "f030"]
    assert part.digest() == Tables.from_frames(firms_of(frames, ids)).digest()
    assert len(tables.take(np.array([], object))) == 0


def test_known_by_a_day_is_what_would_have_been_loaded_then(frames, tables):
    day = date(2016, 7, 14)
    known = tables.known_by(day)
    assert (known.firms.known <= day_number(day)).all()
    for name, rows in known.events.items():
        whole = tables.events[name]
        assert (rows.known <= day_number(day)).all()
        assert (rows.superseded[rows.superseded != NEVER] <= day_number(day)).all()
        assert len(rows) == (whole.known <= day_number(day)).sum()
    then = {name: frame[frame["known_on"] <= str(day)] for name, frame in frames.items() if name != "firms"}
    reloaded = Tables.from_frames({**then, "firms": frames["firms"]}).known_by(day)
    assert reloaded.digest() == known.digest()


def test_a_slice_of_what_was_known_on_a_day(tables):
    early = tables.known_by(date(2009, 6, 1))
    assert len(early) == len(tables)  # codes of firms stay as they are
    whole = Snapshot(early, date(2009, 6, 1)).sectors
    parts = [Snapshot(early.slice(first, first + 8), date(2009, 6, 1)).sectors for first in range(0, 40, 8)]
    assert len(whole.lengths) == 40
    assert np.concatenate([part.lengths for part in parts]).tolist() == whole.lengths.tolist()


def test_the_data_end_with_the_last_event_that_tells_an_outcome():
    firms = pd.DataFrame({"firm_id": ["a"], "founded_on": ["2020-01-01"]})
    rounds = pd.DataFrame({"firm_id": ["a"], "round_id": ["1"], "announced_on": ["2012-03-04"], "kind": ["seed"]})
    accounts = pd.DataFrame({"firm_id": ["a"], "period_end": ["2030-12-31"]})
    tables = Tables.from_frames({"firms": firms, "rounds": rounds, "financials": accounts})
    assert tables.data_end() == date(2012, 3, 4)
    assert tables.known_by(date(2012, 3, 4)).data_end() == date(2012, 3, 4)
    with pytest.raises(TableError, match="there is no round, grant or outcome"):
        tables.known_by(date(2012, 3, 3)).data_end()


def test_names_are_the_last_known():
    firms = pd.DataFrame(
        {"firm_id": ["a", "a", "b", "c"], "name": ["Old", "New", "NA", ""], "founded_on": "2001-01-01"}
    )
    firms["known_on"] = ["", "2005-01-01", "", ""]
    assert Tables.from_frames({"firms": firms}).names() == {"a": "New", "b": "NA"}


def test_the_arithmetic_is_kept_for_every_table(frames, tables):
    assert [sums.table for sums in tables.reconciliations] == ["firms", *tables.observed]
    for sums in tables.reconciliations:
        assert sums.read == len(frames[sums.table])
        assert sums.quarantined == tables.quarantine.frame().query("table == @sums.table")["row"].nunique()
