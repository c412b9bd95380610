"""Tables split by firm: together they hold what the whole holds, in its order."""

import sqlite3
from contextlib import closing

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.files.frames import write_frame
from littlegiants.ingest.readers import partitions
from littlegiants.ingest.readers.partitions import read_partitions, split_by_firm
from littlegiants.ingest.readers.read import read_raw, read_tables
from littlegiants.ingest.tables.tables import Tables
from littlegiants.ingest.tables.vocabulary import plain_text

IDS = st.sampled_from(["a", "b", "b ", "c", "ü", "zz", "", "A"])
DAYS = st.sampled_from(["2010-01-01", "2011-02-30", "", "2012-05-05"])


def split(place, tmp_path, count):
    folder = tmp_path / "split"
    folder.mkdir()
    return split_by_firm(place, folder, count)


def load(found):
    return [Tables.from_raw(found.partition(number)) for number in range(len(found))]


@given(
    firms=st.lists(IDS, max_size=12),
    rounds=st.lists(st.tuples(IDS, DAYS), max_size=20),
    count=st.integers(1, 6),
    batch=st.sampled_from([1, 3, 100]),
    suffix=st.sampled_from(["csv", "parquet"]),
)
def test_each_row_is_in_the_partition_of_its_firm_and_loads_as_in_the_whole(
    firms, rounds, count, batch, suffix, tmp_path_factory
):
    place, folder = tmp_path_factory.mktemp("place"), tmp_path_factory.mktemp("split")
    write_frame(pd.DataFrame({"firm_id": firms, "country": "NO"}).astype("str"), place / f"firms.{suffix}")
    ids, days = [list(column) for column in zip(*rounds, strict=True)] if rounds else ([], [])
    frame = pd.DataFrame({"firm_id": ids, "round_id": list(map(str, range(len(ids)))), "announced_on": days})
    write_frame(frame.assign(kind="seed").astype("str"), place / f"rounds.{suffix}")
    whole = read_tables(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partitions, "_BATCH", batch)
        loaded = load(split_by_firm(place, folder, count))
    assert [firm for tables in loaded for firm in tables.firm_ids] == whole.firm_ids.tolist()
    assert (
        sum((tables.reconciliations[1] for tables in loaded[1:]), loaded[0].reconciliations[1])
        == (whole.reconciliations[1])
    )
    records = pd.concat([tables.quarantine.frame() for tables in loaded]).sort_values(["table", "row", "column"])
    expected = whole.quarantine.frame().sort_values(["table", "row", "column"])
    assert records.values.tolist() == expected.values.tolist()
    first = 0
    for tables in loaded:
        assert tables.digest() == whole.slice(first, first + len(tables)).digest()
        first += len(tables)


def test_it_is_read_again_once_it_is_whole(universe, tmp_path):
    found = split(universe, tmp_path, 3)
    again = read_partitions(found.folder)
    assert again is not None
    assert [tables.digest() for tables in load(again)] == [tables.digest() for tables in load(found)]
    (found.folder / "partitions.json").unlink()
    assert read_partitions(found.folder) is None


def test_records_that_cannot_be_read_are_in_no_partition(tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id,name\na,x\nb,y,z\nc,w\n")
    found = split(tmp_path, tmp_path, 2)
    assert [len(tables) for tables in load(found)] == [1, 1]
    assert found.rejected.frame()[["row", "code"]].values.tolist() == [[2, "ragged_row"]]
    again = read_partitions(found.folder)
    assert again is not None
    assert again.rejected.frame().equals(found.rejected.frame())


def test_partitions_have_about_as_many_firms_whatever_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(partitions, "_SAMPLE", 500)
    monkeypatch.setattr(partitions, "_BATCH", 1_000)
    for order in (1, -1):
        ids = [f"f{number:05}" for number in range(10_000)][::order]
        (tmp_path / "firms.csv").write_text("firm_id\n" + "\n".join(ids) + "\n")
        found = split(tmp_path, tmp_path / str(order) if (tmp_path / str(order)).mkdir() is None else tmp_path, 5)
        assert all(1_600 < len(tables) < 2_400 for tables in load(found))


def test_values_of_several_types_are_loaded_as_in_the_whole(tmp_path):
    place = tmp_path / "tables.db"
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("CREATE TABLE firms (firm_id TEXT)")
        connection.execute("CREATE TABLE rounds (firm_id TEXT, round_id TEXT, announced_on, kind, amount, currency)")
        connection.execute("INSERT INTO firms VALUES ('a'), ('b'), ('c')")
        rows = [("a", "1", "2010-01-01", 5), ("b", "2", "2010-01-01", "much"), ("c", "3", "2010-01-01", None)]
        connection.executemany("INSERT INTO rounds VALUES (?, ?, ?, 'seed', ?, 'USD')", rows)
    whole = read_tables(f"sqlite:///{place}")
    loaded = load(split(f"sqlite:///{place}", tmp_path, 3))
    assert [len(tables) for tables in loaded] == [1, 1, 1]
    assert pd.concat([t.quarantine.frame() for t in loaded]).values.tolist() == whole.quarantine.frame().values.tolist()


def test_exchange_rates_are_in_every_partition(universe, tmp_path):
    place = tmp_path / "place"
    place.mkdir()
    (place / "firms.csv").write_bytes((universe / "firms.csv").read_bytes())
    (place / "rates.csv").write_text("currency,published_on,usd\nXAA,2010-01-01,0.5\n")
    found = split(place, tmp_path, 3)
    rates = [plain_text(found.partition(number)["rates"].frame) for number in range(3)]
    assert all(frame.equals(plain_text(read_raw(place)["rates"].frame)) for frame in rates)


def test_numbers_are_no_ids(tmp_path):
    write_frame(pd.DataFrame({"firm_id": [1, 2]}), tmp_path / "firms.parquet")
    with pytest.raises(TableError, match=r"firms\.firm_id holds int64, expected text"):
        split(tmp_path, tmp_path, 2)
