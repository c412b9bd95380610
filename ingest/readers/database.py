"""Tables from a database, all as of one moment."""

import time
from pathlib import Path

import pandas as pd
from sqlalchemy import Engine, create_engine, inspect, literal_column, make_url, select, table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from littlegiants.ingest.errors import StopError, TableError
from littlegiants.ingest.tables.contract import RATES, TABLES
from littlegiants.ingest.tables.raw_table import RawTable

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
    try:
        address = make_url(url)
        engine = create_engine(address)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise TableError(f"the database URL cannot be used ({type(error).__name__}); check driver and form") from None
    sqlite = address.get_backend_name() == "sqlite"
    if sqlite and not (address.database or "").startswith("file:") and not Path(address.database or "").is_file():
        raise TableError(f"there is no database file {address.database!r}")  # SQLite would make an empty one
    try:
        return _read_patiently(engine, sqlite)
    except (SQLAlchemyError, pd.errors.DatabaseError) as error:
        raise TableError(f"the database cannot be read ({type(error).__name__})") from None
    finally:
        engine.dispose()


def _read_patiently(engine: Engine, sqlite: bool) -> dict[str, RawTable]:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _read(engine, sqlite)
        except DBAPIError as error:
            if not _broke_off(error):
                raise
        if attempt < _ATTEMPTS:
            time.sleep(_PAUSE * attempt)
    raise StopError(f"the database broke off while it was read, {_ATTEMPTS} times running; nothing of it was used")


def _broke_off(error: DBAPIError) -> bool:
    name = getattr(error.orig, "sqlite_errorname", "")
    return error.connection_invalidated or name.startswith(_PASSING)


def _read(engine: Engine, sqlite: bool) -> dict[str, RawTable]:
    with engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection, connection.begin():
        if sqlite:
            connection.exec_driver_sql("BEGIN")  # its driver begins at the first write only
        inspector = inspect(connection)
        present = {*inspector.get_table_names(), *inspector.get_view_names()}
        return {
            name: RawTable.from_frame(
                pd.read_sql_query(select(literal_column("*")).select_from(table(name)), connection, coerce_float=False)
            )
            for name in (*TABLES, RATES.name)
            if name in present
        }
