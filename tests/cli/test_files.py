"""Files that a command is to write are refused before the work, and a report's title holds no secret."""

from pathlib import Path

import pytest

from littlegiants.cli.files import FRAME, PAGE, check_files, title
from littlegiants.ingest.errors import ConfigError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_files_that_can_be_written(data, tmp_path):
    check_files((tmp_path / "s.csv", FRAME), (None, PAGE), (tmp_path / "r.HTML", PAGE))
    check_files((data / "scores.csv", FRAME))


@pytest.mark.parametrize(
    ("name", "kinds", "message"),
    [
        ("s.ods", FRAME, r"ends in '.ods'; name a file that ends in .csv or .parquet or .xlsx"),
        ("r.csv", PAGE, r"name a file that ends in .html or .htm"),
        ("none/s.csv", FRAME, "cannot be written: there is no folder"),
    ],
)
def test_files_that_cannot(tmp_path, name, kinds, message):
    with pytest.raises(ConfigError, match=message):
        check_files((tmp_path / name, kinds))


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
