"""The folder of a running service, and what is left of services that were killed."""

import shutil
import tempfile
from pathlib import Path

import pytest

from littlegiants.serving.http.process.run_folder import PREFIX, remove_abandoned, run_folder


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    """The folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def abandoned() -> Path:
    """A folder as a service leaves it that is killed."""
    with run_folder() as run:
        (run / "models").mkdir()
        (run / "models" / "model.txt").write_text("tree", encoding="utf-8")
        copy: Path = run.with_name(f"{PREFIX}killed")
        shutil.copytree(run, copy)
    return copy


def test_it_is_private_and_gone_at_the_end(folder):
    with run_folder() as run:
        assert run.parent == folder
        assert run.name.startswith(PREFIX)
        assert run.stat().st_mode & 0o777 == 0o700
    assert list(folder.iterdir()) == []


def test_it_is_gone_after_a_failure(folder):
    with pytest.raises(RuntimeError, match="no model"), run_folder():
        raise RuntimeError("no model")
    assert list(folder.iterdir()) == []


def test_x05_the_next_service_removes_the_folder_of_a_killed_one(folder):
    left = abandoned()
    with run_folder() as run:
        assert list(folder.iterdir()) == [run]
    assert not left.exists()


def test_the_folder_of_a_running_service_stays(folder):
    with run_folder() as first, run_folder() as second:
        assert remove_abandoned() == []
        assert {first, second} == set(folder.iterdir())


def test_what_is_no_folder_of_a_service_stays(folder):
    target = abandoned()
    elsewhere = folder / "elsewhere"
    target.rename(elsewhere)
    (folder / f"{PREFIX}link").symlink_to(elsewhere)
    (folder / f"{PREFIX}file").write_text("", encoding="utf-8")
    (folder / f"{PREFIX}without").mkdir()  # no service of this version made it
    assert remove_abandoned() == []
    assert (elsewhere / "models" / "model.txt").exists()
    assert (folder / f"{PREFIX}without").is_dir()
