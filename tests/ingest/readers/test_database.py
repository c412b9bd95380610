"""Tables from a database."""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from typing import cast

import pandas as pd
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from littlegiants.ingest.errors import StopError, TableError
from littlegiants.ingest.readers.database import database_chunks, read_database
from littlegiants.ingest.readers.read import read_tables

SECRET = "hunter2"  # noqa: S105


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "tables.db"
    run(
        path,
        "CREATE TABLE firms (firm_id TEXT, name TEXT, founded_on DATE)",
        "INSERT INTO firms VALUES ('007', 'NA', '2001-01-01'), ('008', NULL, NULL)",
        "CREATE TABLE rounds (firm_id TEXT, round_id TEXT, announced_on DATE, kind TEXT, amount REAL, currency TEXT)",
        "INSERT INTO rounds VALUES ('007', '1', '2012-03-04', 'seed', 1.5, 'USD')",
    )
    return path


def run(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def url(path):
    return f"sqlite:///{path}"


def test_the_tables_of_the_contract_are_read_and_others_left(database):
    run(
        database,
        "CREATE TABLE firm (x TEXT)",
        "CREATE VIEW grants AS SELECT firm_id, 'g' AS grant_id, '2010-01-01' AS awarded_on FROM firms",
    )
    raw = read_database(url(database))
    assert sorted(raw) == ["firms", "grants", "rounds"]
    tables = read_tables(url(database))
    assert tables.firm_ids.tolist() == ["007", "008"]
    assert tables.observed == ("rounds", "grants")
    assert tables.quarantine.frame().empty


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ("'007', '2', '2012-02-30', 'seed', 1.5, 'USD'", [["announced_on", "impossible_date", "2012-02-30"]]),
        ("NULL, '2', '2012-02-03', 'seed', 1.5, 'USD'", [["firm_id", "missing_key", ""]]),
        ("'007', '2', '2012-02-03', 'seed', 'much', 'USD'", [["amount", "not_a_number", "much"]]),
        ("'007', '2', NULL, 'seed', NULL, NULL", [["announced_on", "missing_date", ""]]),
        ("'007', '2', '', 'seed', NULL, NULL", [["announced_on", "missing_date", ""]]),
    ],
)
def test_a_bad_row_is_set_apart_and_not_repaired_by_the_driver(values, faults, database):
    run(database, f"INSERT INTO rounds VALUES ({values})")
    assert read_tables(url(database)).quarantine.frame()[["column", "code", "value"]].values.tolist() == faults


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (
            "INSERT INTO rounds VALUES ('007', '2', 41000, 'seed', NULL, NULL)",
            "rounds.announced_on holds int, expected text",
        ),
        ("ALTER TABLE rounds DROP COLUMN kind", "rounds: column 'kind' is missing"),
        ("DROP TABLE firms", "there is no table 'firms'"),
    ],
)
def test_a_table_that_is_wrong_as_a_whole(statement, message, database):
    run(database, statement)
    with pytest.raises(TableError, match=message):
        read_tables(url(database))


def test_ids_that_the_database_holds_as_numbers_are_refused(tmp_path):
    run(tmp_path / "x.db", "CREATE TABLE firms (firm_id INTEGER)", "INSERT INTO firms VALUES (7)")
    with pytest.raises(TableError, match="firm_id holds int64, expected text; store ids as text, zeros included"):
        read_tables(url(tmp_path / "x.db"))


def test_text_that_is_no_utf8_is_refused(database):
    run(database, "INSERT INTO firms VALUES (CAST(x'fffe' AS TEXT), NULL, NULL)")
    with pytest.raises(TableError, match=r"^the database cannot be read \(OperationalError\)$"):
        read_tables(url(database))


def test_a_missing_file_is_an_error_and_is_not_made(tmp_path):
    with pytest.raises(TableError, match=r"there is no database file '.*missing\.db'"):
        read_tables(url(tmp_path / "missing.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_holds_nothing(place):
    with pytest.raises(TableError, match="there is no database file"):
        read_tables(place)


def test_a_read_only_url_of_sqlite_works(database):
    assert len(read_tables(f"sqlite:///file:{database}?mode=ro&uri=true")) == 2


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "x.db").write_bytes(b"firm_id,name\n" * 100)
    with pytest.raises(TableError, match=r"^the database cannot be read \(DatabaseError\)$"):
        read_tables(url(tmp_path / "x.db"))


@pytest.mark.parametrize(
    "place",
    [
        f"postgresql+nosuchdriver://me:{SECRET}@localhost/x",
        f"nosuchdatabase://me:{SECRET}@localhost/x",
        f"sqlite+aiosqlite://me:{SECRET}@localhost/x",
        f"postgresql://me:{SECRET}@localhost:{SECRET}/x",
        f"https://me:{SECRET}@example.org/x",
        f"://{SECRET}",
        f"sqlite://me:{SECRET}@localhost/x.db",
    ],
)
def test_no_message_repeats_a_password(place):
    with pytest.raises(TableError) as caught:
        read_tables(place)
    error: BaseException | None = caught.value
    while error is not None:
        assert SECRET not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_all_tables_are_of_one_moment(database):
    """A writer that comes between two tables has to wait."""
    interfered = []

    def write(_connection, _cursor, statement, *_):
        if "FROM rounds" not in statement:
            return
        with (
            closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("DELETE FROM rounds")
        interfered.append(True)

    event.listen(Engine, "before_cursor_execute", write)
    try:
        raw = read_database(url(database))
    finally:
        event.remove(Engine, "before_cursor_execute", write)
    assert len(raw["rounds"].frame) == 1
    assert interfered == [True]


def test_chunks_are_together_the_whole(database):
    run(database, *(f"INSERT INTO rounds VALUES ('007', 'x{n}', '2012-03-04', 'seed', {n}, 'USD')" for n in range(9)))
    whole = read_database(url(database))
    chunks: dict[str, list] = {}
    for name, chunk in database_chunks(url(database), 4):
        chunks.setdefault(name, []).append(chunk)
    assert {name: len(found) for name, found in chunks.items()} == {"firms": 1, "rounds": 3}
    for name, found in chunks.items():
        together = pd.concat([chunk.frame for chunk in found], ignore_index=True)
        pd.testing.assert_frame_equal(together, whole[name].frame)
        assert [number for chunk in found for number in chunk.rows] == whole[name].rows.tolist()


def test_a_database_that_breaks_off_between_two_chunks_stops_the_work(database):
    chunks = cast(Generator, database_chunks(url(database), 1))
    next(chunks)
    with pytest.raises(StopError, match="broke off while it was read; run it again"):
        chunks.throw(OperationalError("SELECT", {}, Exception("gone"), connection_invalidated=True))
