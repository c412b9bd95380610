"""Tables from a database: all of them as they were at one moment."""

from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine, inspect, literal_column, make_url, select, table
from sqlalchemy.exc import SQLAlchemyError

from littlegiants.features.contract import TABLES
from littlegiants.features.errors import TableError
from littlegiants.features.loading import RawTable


def read_database(url: str) -> dict[str, RawTable]:
    """Read the tables and views of the contract that a database holds.

    Values are taken as the driver gives them, so that the contract's own rules judge every one of them.

    Raises
    ------
    TableError
        If the URL cannot be used, or the database does not answer. The message never repeats the URL, and with it a
        password.
    """
    try:
        place = make_url(url)
        engine = create_engine(place)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise TableError(f"the database URL cannot be used ({type(error).__name__}); check driver and form") from None
    sqlite = place.get_backend_name() == "sqlite"
    if sqlite and not (place.database or "").startswith("file:") and not Path(place.database or "").is_file():
        raise TableError(f"there is no database file {place.database!r}")  # SQLite would make an empty one
    try:
        with engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection, connection.begin():
            if sqlite:
                connection.exec_driver_sql("BEGIN")  # its driver begins at the first write only
            inspector = inspect(connection)
            present = {*inspector.get_table_names(), *inspector.get_view_names()}
            return {
                name: RawTable.from_frame(
                    pd.read_sql_query(
                        select(literal_column("*")).select_from(table(name)), connection, coerce_float=False
                    )
                )
                for name in TABLES
                if name in present
            }
    except (SQLAlchemyError, pd.errors.DatabaseError) as error:
        raise TableError(f"the database cannot be read ({type(error).__name__})") from None
    finally:
        engine.dispose()
