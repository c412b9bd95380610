"""Tables from a database, all as of one moment."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine, Select, create_engine, func, inspect, literal_column, make_url, select, table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from littlegiants.ingest.errors import StopError, TableError
from littlegiants.ingest.tables.contract import RATES, TABLES
from littlegiants.ingest.tables.raw_table import RawTable

_NAMES = (*TABLES, RATES.name)
# A server that restarts is back within seconds; waiting longer does not help.
_ATTEMPTS, _PAUSE = 3, 0.5
# What SQLite says when another program has the file, or the disk or this process lets it down.
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_INTERRUPT")


def read_database(url: str) -> dict[str, RawTable]:
    """Read the tables and views of the contract that a database holds.

    Values are taken as the driver gives them, so that the contract's own rules validate every one of them.

    Raises
    ------
    TableError
        If the URL cannot be used, or the database does not hold what it should. The message never repeats the URL,
        which may hold a password.
    StopError
        If the connection breaks off three times in a row; each time all tables are read again, as of one moment.
    """
    with _opened(url) as (engine, sqlite):
        return _read_patiently(engine, sqlite)


def database_chunks(url: str, rows: int, only: Collection[str] = _NAMES) -> Iterator[tuple[str, RawTable]]:
    """Read the tables of a database in chunks, by a cursor of the server's, so that they may be larger than memory.

    Parameters
    ----------
    url
        As of `read_database`.
    rows
        How many rows a chunk has at most.
    only
        Names of the tables that are read.

    Raises
    ------
    TableError
        As `read_database`.
    StopError
        If the connection breaks off.
    """
    with _opened(url) as (engine, sqlite):
        try:
            yield from _tables(engine, sqlite, rows, only)
        except DBAPIError as error:
            if not _broke_off(error):
                raise
            raise StopError("the database broke off while it was read; run it again") from None


def count_rows(url: str) -> int:
    """Return how many rows the tables of the contract have in a database.

    Raises
    ------
    TableError
        As `read_database`.
    """
    with _opened(url) as (engine, _), engine.connect() as connection:
        counts = (select(func.count()).select_from(table(name)) for name in _present(connection))
        return sum(connection.execute(count).scalar_one() for count in counts)


@contextmanager
def _opened(url: str) -> Iterator[tuple[Engine, bool]]:
    """Give the engine of a database, and whether it is SQLite."""
    try:
        address = make_url(url)
        engine = create_engine(address)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise TableError(f"the database URL cannot be used ({type(error).__name__}); check driver and form") from None
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite and not (address.database or "").startswith("file:") and not Path(address.database or "").is_file():
        raise TableError(f"there is no database file {address.database!r}")  # SQLite would make an empty one
    try:
        yield engine, sqlite
    except (SQLAlchemyError, pd.errors.DatabaseError) as error:
        raise TableError(f"the database cannot be read ({type(error).__name__})") from None
    finally:
        engine.dispose()


def _read_patiently(engine: Engine, sqlite: bool) -> dict[str, RawTable]:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return dict(_tables(engine, sqlite))
        except DBAPIError as error:
            if not _broke_off(error):
                raise
        if attempt < _ATTEMPTS:
            time.sleep(_PAUSE * attempt)
    raise StopError(f"the database broke off while it was read, {_ATTEMPTS} times running; nothing of it was used")


def _broke_off(error: DBAPIError) -> bool:
    name = getattr(error.orig, "sqlite_errorname", "")
    return error.connection_invalidated or name.startswith(_PASSING)


def _tables(
    engine: Engine, sqlite: bool, rows: int | None = None, only: Collection[str] = _NAMES
) -> Iterator[tuple[str, RawTable]]:
    """Give the tables, all as of one moment: each whole, or in chunks of so many rows."""
    options = {"isolation_level": "SERIALIZABLE", "stream_results": rows is not None}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        if sqlite:
            connection.exec_driver_sql("BEGIN")  # its driver begins at the first write only
        for name in _present(connection):
            if name in only:
                yield from ((name, chunk) for chunk in _chunks(connection, name, rows))


def _present(connection: Connection) -> list[str]:
    inspector = inspect(connection)
    present = {*inspector.get_table_names(), *inspector.get_view_names()}
    return [name for name in _NAMES if name in present]


def _chunks(connection: Connection, name: str, rows: int | None) -> Iterator[RawTable]:
    query: Select[tuple[str]] = select(literal_column("*")).select_from(table(name))
    if rows is None:
        yield RawTable.from_frame(pd.read_sql_query(query, connection, coerce_float=False))
        return
    first = 0
    for frame in pd.read_sql_query(query, connection, coerce_float=False, chunksize=rows):
        chunk = RawTable.from_frame(frame)
        yield replace(chunk, rows=chunk.rows + first)
        first += len(frame)
