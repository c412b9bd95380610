"""Scores in a table of a database: each firm, date and model once, however often a job runs, and all rows or none."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Boolean, Column, Connection, Double, MetaData, Table, Text, create_engine, inspect, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from littlegiants.ingest.errors import ConfigError, StopError
from littlegiants.models.scoring.score_columns import COLUMNS, ScoreColumn

KEY = ("firm_id", "as_of_date", "model_version")
_NAME = "littlegiants_scores"
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_ROWS = 1_000  # of one statement: a server takes 65,535 values at most, of some 17 columns


def _column(column: ScoreColumn) -> Column[object]:
    kind = Text() if column.is_text else Double() if column.is_number else Boolean()
    return Column(column.name, kind, primary_key=column.name in KEY, nullable=column.name not in KEY)


SCORES = Table(_NAME, MetaData(), *map(_column, COLUMNS))


def check_address(url: str) -> None:
    """Refuse a database that scores cannot be written to.

    Raises
    ------
    ConfigError
        If the URL is none, or of another kind of database. The message never repeats it: it may hold a password.
    """
    try:
        backend = make_url(url).get_backend_name()
    except SQLAlchemyError:
        raise ConfigError("the database URL for the scores cannot be used; check its form") from None
    if backend not in _INSERTS:
        raise ConfigError(f"scores are written to SQLite and PostgreSQL, not to {backend}; name one of these")


def write_score_table(url: str, frames: Iterable[pd.DataFrame]) -> int:
    """Write scores into the table ``littlegiants_scores``, which is made where there is none, in one transaction.

    Parameters
    ----------
    url
        Of SQLite or PostgreSQL. A row of the same firm, as-of date and model version is replaced.
    frames
        Scores, as `littlegiants.serving.scorer.score_frame` gives them.

    Returns
    -------
    int
        How many rows were written.

    Raises
    ------
    ConfigError
        As `check_address`, and if the table there has other columns.
    StopError
        If the database cannot be reached or breaks off. The table is then as it was.
    """
    check_address(url)
    with _transaction(url) as connection:
        _check_columns(connection)
        SCORES.create(connection, checkfirst=True)
        insert = _INSERTS[connection.dialect.name](SCORES)
        others = {name: insert.excluded[name] for name in SCORES.columns.keys() if name not in KEY}  # noqa: SIM118
        statement = insert.on_conflict_do_update(index_elements=KEY, set_=others)
        rows = 0
        for some in _batches(frames):
            connection.execute(statement, some)
            rows += len(some)
    return rows


def _batches(frames: Iterable[pd.DataFrame]) -> Iterator[list[Any]]:
    for frame in frames:
        for first in range(0, len(frame), _ROWS):
            some = frame.iloc[first : first + _ROWS].astype(object)
            yield some.replace({np.nan: None}).to_dict("records")


@contextmanager
def _transaction(url: str) -> Iterator[Connection]:
    try:
        engine = create_engine(url)
    except (SQLAlchemyError, ImportError) as error:
        raise ConfigError(f"the database URL for the scores cannot be used ({type(error).__name__})") from None
    try:
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # its driver begins after the table is made
            yield connection
    except SQLAlchemyError as error:
        raise StopError(
            f"the scores cannot be written to the database ({type(error).__name__}); it is as it was"
        ) from None
    finally:
        engine.dispose()


def _check_columns(connection: Connection) -> None:
    """Refuse a table of that name with other columns, as another version of the product may have made."""
    inspector = inspect(connection)
    if not inspector.has_table(_NAME):
        return
    found = {column["name"] for column in inspector.get_columns(_NAME)}
    if found != set(SCORES.columns.keys()):
        differing = sorted(found ^ set(SCORES.columns.keys()))
        raise ConfigError(
            f"the table {_NAME} of the database has other columns than a score, such as {differing[0]!r}; rename it"
        )
