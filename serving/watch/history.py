"""The record of all runs of the watch, in one SQLite file: each run stands in it whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

from littlegiants.ingest.errors import ConfigError, StopError
from littlegiants.serving.watch.run import Watched

# What marks the file as ours, so that nothing is ever added to another application's database.
_APPLICATION, _FORMAT = 0x6C677761, 1
_WAIT = 30.0  # seconds for another run to finish its record
_RUNS = """
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, model TEXT NOT NULL, reference_as_of TEXT NOT NULL,
    reference_firms INTEGER NOT NULL, as_of TEXT NOT NULL, firms INTEGER NOT NULL, alarms INTEGER NOT NULL
) STRICT
"""
_CHECKS = """
CREATE TABLE checks (
    run INTEGER NOT NULL REFERENCES runs, kind TEXT NOT NULL, name TEXT NOT NULL, before REAL NOT NULL,
    now REAL NOT NULL, moved REAL NOT NULL, let_pass REAL NOT NULL, p_value REAL NOT NULL, adjusted REAL NOT NULL,
    alarm INTEGER NOT NULL, PRIMARY KEY (run, kind, name)
) STRICT
"""
_MADE = (_RUNS, _CHECKS, f"PRAGMA application_id = {_APPLICATION}", f"PRAGMA user_version = {_FORMAT}")


def record(watched: Watched, file: Path) -> int:
    """Add a run to the record and return its number there.

    Parameters
    ----------
    watched
        The run.
    file
        The record, which is made where there is none.

    Raises
    ------
    ConfigError
        If the file is something else.
    StopError
        If it cannot be written; the record is then as it was.
    """
    with _opened(file) as connection:
        run = connection.execute(
            "INSERT INTO runs (recorded_at, model, reference_as_of, reference_firms, as_of, firms, alarms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                datetime.now(UTC).isoformat(timespec="seconds"),
                watched.model_version,
                watched.reference_as_of.isoformat(),
                watched.reference_firms,
                watched.as_of.isoformat(),
                watched.firms,
                len(watched.alarms),
            ),
        ).lastrowid
        connection.executemany(
            "INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(run, *astuple(check), check.alarm) for check in watched.checks],
        )
    assert run is not None  # noqa: S101 - narrows the type; a row was inserted
    return run


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection in a transaction, which is kept if nothing goes wrong."""
    try:
        # Without isolation the module begins no transaction by itself: the one below also covers the making of tables.
        with closing(sqlite3.connect(file, timeout=_WAIT, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            _check_format(connection, file)
            yield connection
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise StopError(f"{file} cannot be written: {error}; the run is not recorded") from None
    except sqlite3.DatabaseError:
        raise ConfigError(f"{file} is not a record of `giants watch`; name another file") from None


def _check_format(connection: sqlite3.Connection, file: Path) -> None:
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if (application, version) == (_APPLICATION, _FORMAT):
        return
    if application or version or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise ConfigError(f"{file} is not a record of `giants watch`; name another file")
    for statement in _MADE:
        connection.execute(statement)
