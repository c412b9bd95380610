"""Files that a command is to write are refused before the work, and a report's title holds no secret."""

from pathlib import Path

import pytest

from littlegiants.cli.files import FRAME, PAGE, check_distinct, check_files, title
from littlegiants.ingest.errors import ConfigError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_files_that_can_be_written(data, tmp_path):
    check_files([(tmp_path / "s.csv", FRAME), (None, PAGE), (tmp_path / "r.HTML", PAGE)], [data, None], "scored")
    check_files([(data / "scores.csv", FRAME)], [data, "sqlite:///x.db"], "scored")


@pytest.mark.parametrize(
    ("name", "kinds", "message"),
    [
        ("s.xlsx", FRAME, r"ends in '.xlsx'; name a file that ends in .csv or .parquet"),
        ("r.csv", PAGE, r"name a file that ends in .html or .htm"),
        ("none/s.csv", FRAME, "cannot be written: there is no folder"),
        ("data/firms.csv", FRAME, "is a table that is to be scored; name another file"),
        ("data/../data/rounds.parquet", FRAME, "is a table that is to be scored; name another file"),
    ],
)
def test_files_that_cannot(data, tmp_path, name, kinds, message):
    with pytest.raises(ConfigError, match=message):
        check_files([(tmp_path / name, kinds)], [data], "scored")


def test_one_file_for_two_things(tmp_path):
    check_distinct(tmp_path / "a", None, tmp_path / "b", None)
    with pytest.raises(ConfigError, match="a is named twice; name a file for each of the two"):
        check_distinct(tmp_path / "a", tmp_path / "b", tmp_path / "b" / ".." / "a")


@pytest.mark.parametrize(
    ("tables", "shown"),
    [
        ("some/folder/", "folder"),
        ("postgresql+psycopg://me:secret@host/firms", "firms"),
        ("sqlite:///some/where/firms.db", "firms.db"),
    ],
)
def test_title_is_a_name_and_no_address(tables, shown):
    assert title(tables) == shown
