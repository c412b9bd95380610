"""Files and databases as wholes: empty, damaged, swollen, of the wrong kind, or changing while they are read."""

import os
import sqlite3
import zipfile
from contextlib import closing
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from sqlalchemy import event
from sqlalchemy.engine import Engine

from littlegiants.cli.app import run
from littlegiants.ingest.errors import StopError, TableError
from littlegiants.ingest.readers import csv_file, database, parquet_file
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.canonical import import_canonical
from tests.faults.files import ROUNDS, put, quarantine_of, read, run_in_memory

FILE, STOP = 5, 6
REFUSAL = """
try:
    read_tables(sys.argv[1])
except TableError as error:
    print(error)
"""


def test_f14_no_byte_no_row_one_row_and_many_rows(tmp_path):
    with pytest.raises(TableError, match=r"firms\.csv is empty; a table has at least its header line"):
        read(tmp_path, firms="")
    assert len(read(tmp_path, firms="firm_id\n")) == 0
    assert len(read(tmp_path, firms="firm_id\na\n")) == 1
    many = "\n".join(f"b,r{number},2010-01-01,seed,{number},USD" for number in range(200_000))
    tables = read(tmp_path, rounds=f"{ROUNDS}{many}\n")
    assert (tables.reconciliations[1].read, tables.reconciliations[1].used) == (200_000, 200_000)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_f15_truncated_parquet_is_refused_as_a_file(share, tmp_path, capsys):
    firms = pd.DataFrame({"firm_id": [f"firm {number}" for number in range(5_000)], "founded_on": "2001-01-01"})
    firms.to_parquet(tmp_path / "firms.parquet")
    whole = (tmp_path / "firms.parquet").read_bytes()
    (tmp_path / "firms.parquet").write_bytes(whole[: int(len(whole) * share)])
    assert run(["audit", str(tmp_path)]) == FILE
    assert "firms.parquet cannot be read: " in capsys.readouterr().err


def test_f17_a_text_of_gigabytes_in_a_few_bytes_is_refused_before_it_unfolds(tmp_path):
    text = pa.array(["x" * 1_000_000])
    bomb = pa.table({"firm_id": pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), text)})
    pq.write_table(bomb, tmp_path / "firms.parquet", compression="zstd", write_statistics=False)
    assert (tmp_path / "firms.parquet").stat().st_size < 2_000
    assert "holds 2,000,000,000 bytes of text; it is refused as a bomb" in run_in_memory(REFUSAL, 500, tmp_path)


def test_f18_rows_by_the_million_in_a_few_bytes_are_refused_before_they_unfold(tmp_path):
    bomb = pa.table({"firm_id": pa.nulls(40_000_000, pa.string())})
    pq.write_table(bomb, tmp_path / "firms.parquet", compression="zstd")
    assert (tmp_path / "firms.parquet").stat().st_size < 100_000
    assert "claims 40,000,000 rows" in run_in_memory(REFUSAL, 200, tmp_path)


def rounds_with(folder, **columns):
    put(folder)
    plain: dict[str, object] = {"firm_id": ["b"], "round_id": ["r"], "announced_on": ["2010-01-01"], "kind": ["seed"]}
    plain |= {"amount": [1.5], "currency": ["USD"]}
    table = pa.table(plain | columns)
    pq.write_table(table, folder / "rounds.parquet", use_deprecated_int96_timestamps=True)
    return folder


def test_f19_types_that_say_the_same_are_read_alike(tmp_path):
    expected = read_tables(rounds_with(tmp_path)).digest()
    day = np.datetime64("2010-01-01", "ns")
    for columns in (
        {"announced_on": pa.array([day])},  # stored as int96
        {"amount": pa.array([Decimal("1.50")])},
        {"kind": pa.array(["seed"]).dictionary_encode()},
    ):
        assert read_tables(rounds_with(tmp_path, **columns)).digest() == expected


class Points(pa.ExtensionType):  # type: ignore[misc]
    def __init__(self):
        super().__init__(pa.list_(pa.float64()), "points")

    def __arrow_ext_serialize__(self):
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type, serialized):
        return cls()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"kind": pa.array([["seed"]])}, "column 'kind' is a list; nested columns are not of the contract"),
        ({"kind": pa.array([{"a": "seed"}])}, "column 'kind' is a struct"),
        ({"round_id": pa.array([7])}, "rounds.round_id holds int64, expected text"),
        ({"announced_on": pa.array([14_610])}, "rounds.announced_on holds int64, expected ISO dates"),
        ({"round_id": pa.array([b"r"])}, "rounds.round_id holds bytes, expected text"),
        (
            {"kind": pa.ExtensionArray.from_storage(Points(), pa.array([[1.0]]))},
            "nested columns are not of the contract|expected text",
        ),
    ],
)
def test_f19_a_type_that_cannot_be_right_is_an_error_that_names_it(columns, message, tmp_path):
    with pytest.raises(TableError, match=message):
        read_tables(rounds_with(tmp_path, **columns))


def test_f21_archives_that_swell_or_climb_out_are_refused(tmp_path, capsys):
    for number, (name, data) in enumerate([("xl/media/bomb.bin", b"\0" * (100 << 20)), ("../../out.xml", b"<a/>")]):
        path = tmp_path / f"book{number}.xlsx"
        book = Workbook()
        book.active.title = "firms"
        book.active.append(["firm_id"])
        book.save(path)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, data)
        assert run(["import", "canonical", str(path), "--out", str(tmp_path / "out")]) == FILE
        assert "refused" in capsys.readouterr().err
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["link", "pipe", "device", "folder", "dangling"])
def test_f22_what_is_no_regular_file_is_refused(kind, tmp_path):
    folder, path = tmp_path / "data", tmp_path / "data" / "rounds.csv"
    folder.mkdir()
    put(folder)
    elsewhere = tmp_path / "rounds.csv"
    elsewhere.write_text(ROUNDS, encoding="utf-8")
    {
        "link": lambda: path.symlink_to(elsewhere),
        "pipe": lambda: os.mkfifo(path),
        "device": lambda: path.symlink_to("/dev/zero"),
        "folder": path.mkdir,
        "dangling": lambda: path.symlink_to(tmp_path / "nothing"),
    }[kind]()
    with pytest.raises(TableError, match="is not a regular file; links, pipes and devices are refused"):
        read_tables(folder)


def test_f22_a_way_up_and_down_again_reads_the_folder_and_no_other(tmp_path):
    (tmp_path / "data").mkdir()
    put(tmp_path / "data")
    assert read_tables(tmp_path / "data" / ".." / "data").firm_ids.tolist() == ["007", "b"]
    with pytest.raises(TableError, match=r"\.\. holds neither firms\.csv nor firms\.parquet"):
        read_tables(tmp_path / "data" / "..")


def grow(path):
    with path.open("ab") as file:
        file.write(b"c,Cy,2003-03-04\n")


def replace(path):
    other = path.with_name("new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def remove(path):
    path.unlink()


CHANGES = [grow, replace, remove]


@pytest.mark.parametrize("happens", CHANGES)
def test_f23_a_csv_file_that_changes_while_it_is_read_stops_the_work(happens, tmp_path, monkeypatch, capsys):
    real = csv_file._is_utf8

    def meanwhile(path):
        found = real(path)
        happens(path)
        return found

    monkeypatch.setattr(csv_file, "_is_utf8", meanwhile)
    assert run(["audit", str(put(tmp_path))]) == STOP
    assert "firms.csv changed while it was read; read it again once it is whole" in capsys.readouterr().err


@pytest.mark.parametrize("happens", CHANGES)
def test_f23_a_parquet_file_that_changes_while_it_is_read_stops_the_work(happens, tmp_path, monkeypatch):
    real = parquet_file._check_size

    def meanwhile(path, metadata):
        real(path, metadata)
        happens(path)

    pq.write_table(pa.table({"firm_id": ["a"]}), tmp_path / "firms.parquet")
    monkeypatch.setattr(parquet_file, "_check_size", meanwhile)
    with pytest.raises(StopError, match=r"firms\.parquet changed while it was read"):
        read_tables(tmp_path)


def test_f23_an_import_of_a_file_that_changes_stops(tmp_path, monkeypatch):
    pq.write_table(pa.table({"firm_id": ["a"]}), tmp_path / "firms.parquet")
    monkeypatch.setattr(parquet_file, "_check_size", lambda path, _: grow(path))
    with pytest.raises(StopError, match=r"firms\.parquet changed while it was read"):
        import_canonical(tmp_path)


@pytest.fixture
def base(tmp_path):
    """A database of two firms and two rounds."""
    with closing(sqlite3.connect(tmp_path / "base.db")) as connection, connection:
        connection.execute("CREATE TABLE firms (firm_id TEXT, founded_on TEXT)")
        connection.executemany("INSERT INTO firms VALUES (?, ?)", [("a", "2001-01-01"), ("b", "2002-01-01")])
        connection.execute("CREATE TABLE rounds (firm_id TEXT, round_id TEXT, announced_on TEXT, kind TEXT)")
        rows = [("a", "r1", "2010-01-01", "seed"), ("b", "r2", "2011-01-01", "seed")]
        connection.executemany("INSERT INTO rounds VALUES (?, ?, ?, ?)", rows)
    return tmp_path / "base.db"


def change(base, statement):
    with closing(sqlite3.connect(base, timeout=0)) as connection, connection:
        connection.execute(statement)


def test_f29_a_database_whose_schema_has_changed_is_refused(base):
    change(base, "ALTER TABLE rounds RENAME COLUMN kind TO stage")
    with pytest.raises(TableError, match="rounds: column 'kind' is missing; the table has firm_id, round_id"):
        read_tables(f"sqlite:///{base}")


def test_f29_a_null_in_a_key_sets_the_row_apart(base):
    change(base, "UPDATE rounds SET round_id = NULL WHERE firm_id = 'a'")
    assert quarantine_of(read_tables(f"sqlite:///{base}")) == [("rounds", 1, "round_id", "missing_key")]


def test_f29_a_row_added_while_tables_are_read_is_not_seen(base):
    change(base, "PRAGMA journal_mode = WAL")  # readers do not block writers
    added: list[bool] = []

    def add(_connection, _cursor, statement, *_):
        if "FROM rounds" in statement and not added:
            change(base, "INSERT INTO rounds VALUES ('b', 'r3', '2012-01-01', 'seed')")
            added.append(True)

    event.listen(Engine, "before_cursor_execute", add)
    try:
        tables = read_tables(f"sqlite:///{base}")
    finally:
        event.remove(Engine, "before_cursor_execute", add)
    assert len(added) == 1
    assert tables.reconciliations[1].used == 2
    assert read_tables(f"sqlite:///{base}").reconciliations[1].used == 3


@pytest.mark.parametrize("failing", [1, 2, 3, 99])
def test_f30_a_database_that_breaks_off_is_asked_again_a_few_times_and_nothing_is_doubled(failing, base, monkeypatch):
    monkeypatch.setattr(database, "_PAUSE", 0.01)
    tried = []

    def break_off(connection, _cursor, statement, *_):
        # The driver itself ends the query in its middle, as it does when a connection is lost.
        if "FROM rounds" in statement:
            tried.append(True)
            driver = connection.connection.driver_connection
            driver.set_progress_handler((lambda: 1) if len(tried) <= failing else None, 1)

    event.listen(Engine, "before_cursor_execute", break_off)
    try:
        if failing < 3:
            tables = read_tables(f"sqlite:///{base}")
            assert [sums.used for sums in tables.reconciliations] == [2, 2]
            assert len(tried) == failing + 1
        else:
            with pytest.raises(StopError, match="broke off while it was read, 3 times running; nothing of it was used"):
                read_tables(f"sqlite:///{base}")
            assert len(tried) == 3
    finally:
        event.remove(Engine, "before_cursor_execute", break_off)


def test_f30_a_database_that_another_program_holds_stops_the_work(base, monkeypatch, capsys):
    monkeypatch.setattr(database, "_PAUSE", 0.01)
    with closing(sqlite3.connect(base, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert run(["audit", f"sqlite:///{base}?timeout=0.05"]) == STOP
    assert "broke off while it was read" in capsys.readouterr().err
