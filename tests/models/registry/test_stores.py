"""Addresses of stores, and the files of those that are SQLite databases."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from littlegiants.ingest.errors import RegistryError
from littlegiants.models.registry.stores import ARTEFACTS, beside, database_of, follow, store_uri

COLUMNS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "storage_location"),
)


def test_the_store_is_the_given_one_the_environments_or_a_file_here(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://host")
    assert store_uri("sqlite:///other.db") == "sqlite:///other.db"
    assert store_uri() == "http://host"
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert store_uri() == "sqlite:///mlflow.db"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("sqlite:///mlflow.db", "mlflow.db"),
        ("sqlite:////srv/a b/mlflow.db", "/srv/a b/mlflow.db"),
        ("sqlite+pysqlite:///x.db?mode=ro", "x.db"),
        ("postgresql://host/name", None),
        ("http://host", None),
        ("data", None),
    ],
)
def test_the_file_of_a_database(address, path):
    assert database_of(address) == (None if path is None else Path(path))


def moved(store_folder: Path, files: Path) -> Path:
    """A store whose tables name files at another place."""
    database = store_folder / "mlflow.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, column in COLUMNS:
            connection.execute(f"CREATE TABLE {table} ({column} TEXT)")
            connection.execute(f"INSERT INTO {table} VALUES (?)", (f"{files.as_uri()}/1/artifacts",))
        connection.execute("INSERT INTO experiments VALUES (?)", (files.as_uri(),))
        connection.execute("INSERT INTO experiments VALUES (?)", (f"{files.as_uri()}-of-another/1",))
    return database


def recorded(database: Path) -> set[str]:
    with closing(sqlite3.connect(database)) as connection:
        return {place for table, column in COLUMNS for (place,) in connection.execute(f"SELECT {column} FROM {table}")}


def test_files_that_were_moved_with_their_store_are_found_beside_it(tmp_path):
    (tmp_path / ARTEFACTS / "1").mkdir(parents=True)
    location = "file:///gone/mlartifacts/1"
    assert beside(location, tmp_path / "mlflow.db") == (tmp_path / ARTEFACTS / "1").as_uri()


def test_files_that_were_copied_with_their_store_are_read_beside_it(tmp_path):
    for name in ("old", "new"):
        (tmp_path / name / ARTEFACTS / "1").mkdir(parents=True)
    location = (tmp_path / "old" / ARTEFACTS / "1").as_uri()
    assert beside(location, tmp_path / "new" / "mlflow.db") == (tmp_path / "new" / ARTEFACTS / "1").as_uri()


def test_files_that_stayed_are_read_where_they_are(tmp_path):
    (tmp_path / "old" / ARTEFACTS / "1").mkdir(parents=True)
    location = (tmp_path / "old" / ARTEFACTS / "1").as_uri()
    assert beside(location, tmp_path / "mlflow.db") == location


def test_files_that_are_nowhere_are_named_with_both_places(tmp_path):
    with pytest.raises(RegistryError, match=r"neither at .*/mlartifacts/1 nor at /gone/mlartifacts/1.*along with"):
        beside("file:///gone/mlartifacts/1", tmp_path / "mlflow.db")


@pytest.mark.parametrize("location", ["s3://bucket/mlartifacts/1", "mlflow-artifacts:/1", "file:///srv/elsewhere/1"])
def test_other_locations_stay(location, tmp_path):
    assert beside(location, tmp_path / "mlflow.db") == location


def test_a_store_that_was_moved_writes_beside_itself_from_then_on(tmp_path):
    (tmp_path / ARTEFACTS).mkdir()
    database = moved(tmp_path, Path("/gone/mlartifacts"))
    follow(database)
    here = (tmp_path / ARTEFACTS).as_uri()
    assert recorded(database) == {here, f"{here}/1/artifacts", "file:///gone/mlartifacts-of-another/1"}


def test_a_store_whose_files_stayed_goes_on_there(tmp_path):
    (tmp_path / "old" / ARTEFACTS).mkdir(parents=True)
    database = moved(tmp_path, tmp_path / "old" / ARTEFACTS)
    before = recorded(database)
    follow(database)
    assert recorded(database) == before


def test_what_is_no_store_is_left_alone(tmp_path):
    (tmp_path / "mlflow.db").write_text("no database")
    follow(tmp_path / "mlflow.db")
    assert (tmp_path / "mlflow.db").read_text() == "no database"
