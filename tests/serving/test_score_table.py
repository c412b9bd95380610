"""Scores in a table of a database: each firm, date and model once, all rows or none."""

import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine, text

from littlegiants.ingest.errors import ConfigError, StopError
from littlegiants.models.scoring.score_columns import COLUMNS, SCORE_COLUMNS
from littlegiants.serving.score_table import KEY, check_address, write_score_table
from littlegiants.serving.scorer import Scorer
from tests.postgres import postgres
from tests.small_model import AS_OF

SECRET = "hunter2"  # noqa: S105


@pytest.fixture(scope="session")
def scores(model, tables):
    found = Scorer(model).score(tables, AS_OF)
    assert found["abstained"].any()
    assert not found["abstained"].all()
    return found


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'scores.db'}"


def stored(url):
    engine = create_engine(url)
    with engine.connect() as connection:
        found = pd.read_sql_query(text("SELECT * FROM littlegiants_scores ORDER BY firm_id, model_version"), connection)
    engine.dispose()
    return found[list(SCORE_COLUMNS)]


def check_same(found, scores):
    expected = scores.sort_values("firm_id", ignore_index=True)
    for column in COLUMNS:
        ours, theirs = found[column.name], expected[column.name]
        if column.is_number:
            # The very same bits, a missing one as null.
            assert ours.to_numpy(np.float64).tobytes() == theirs.to_numpy(np.float64).tobytes(), column.name
        else:
            assert ours.astype(theirs.dtype).tolist() == theirs.tolist(), column.name


def test_every_score_is_in_the_table_however_often_it_is_written(url, scores):
    half = len(scores) // 2
    assert write_score_table(url, [scores.iloc[:half], scores.iloc[half:], scores.iloc[:0]]) == len(scores)
    check_same(stored(url), scores)
    write_score_table(url, [scores])
    check_same(stored(url), scores)


def test_a_firm_has_a_row_for_each_date_and_model(url, scores):
    write_score_table(url, [scores])
    for column, value in (("model_version", "later"), ("as_of_date", "2024-01-01")):
        write_score_table(url, [scores.assign(**{column: value})])
    found = stored(url)
    assert len(found) == 3 * len(scores)
    assert not found.duplicated(list(KEY)).any()
    corrected = scores.assign(p_market=0.25, reason_1="")
    write_score_table(url, [corrected])
    again = stored(url)
    check_same(again[(again["model_version"] != "later") & (again["as_of_date"] == AS_OF.isoformat())], corrected)


def test_what_fails_leaves_the_table_as_it_was(url, scores):
    write_score_table(url, [scores])

    def broken():
        yield scores.assign(p_market=0.5)
        raise RuntimeError("the job ends here")

    with pytest.raises(RuntimeError):
        write_score_table(url, broken())
    check_same(stored(url), scores)


def test_a_database_that_somebody_holds_ends_the_job(url, scores, tmp_path):
    write_score_table(url, [scores])
    with closing(sqlite3.connect(tmp_path / "scores.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StopError, match=r"cannot be written to the database \(OperationalError\)"):
            write_score_table(f"{url}?timeout=0.1", [scores])


def test_a_table_of_other_columns_is_not_written_to(url, tmp_path, scores):
    with closing(sqlite3.connect(tmp_path / "scores.db")) as other, other:
        other.execute("CREATE TABLE littlegiants_scores (firm_id TEXT, score REAL)")
    with pytest.raises(ConfigError, match="the table littlegiants_scores of the database has other columns than a sc"):
        write_score_table(url, [scores])


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("scores.db", "the database URL for the scores cannot be used"),
        (f"mysql://me:{SECRET}@host/name", "SQLite and PostgreSQL, not to mysql"),
        (f"postgresql+nosuchdriver://me:{SECRET}@host/name", "cannot be used"),
    ],
)
def test_other_databases_are_refused_without_their_password(address, message, scores):
    with pytest.raises(ConfigError, match=message) as refused:
        write_score_table(address, [scores])
    assert SECRET not in str(refused.value)


def test_addresses_are_checked_without_a_connection():
    check_address(f"postgresql+psycopg://me:{SECRET}@nowhere.invalid/name")


@pytest.mark.service
def test_postgresql_holds_the_same(scores):
    with postgres() as address:
        write_score_table(address, [scores])
        write_score_table(address, [scores])
        check_same(stored(address), scores)
