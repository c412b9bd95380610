"""A new store is made once, by one process, and whole or not at all."""

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from littlegiants.ingest.errors import ConfigError, RegistryError, StopError
from littlegiants.models.registry import first_use as module
from littlegiants.models.registry.first_use import first_use

OPENER = """
import sys
from littlegiants.training.tracking import prepare
prepare(sys.argv[1])
print("ready")
"""


def test_x07_two_first_uses_of_one_store_both_succeed(tmp_path):
    given = [sys.executable, "-W", "ignore", "-c", OPENER, f"sqlite:///{tmp_path}/new.db"]
    both = [subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [one.communicate(timeout=300) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert [out for out, _ in said] == ["ready\n", "ready\n"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".new.db.lock", "new.db"]
    with first_use(f"sqlite:///{tmp_path}/new.db", "a test") as client:
        assert [model.name for model in client.search_registered_models()] == ["littlegiants"]


def test_a_store_that_others_keep_for_long_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    with (
        FileLock(tmp_path / ".new.db.lock"),
        pytest.raises(RegistryError, match="is being made by other processes; try again"),
        first_use(f"sqlite:///{tmp_path}/new.db", "a test"),
    ):
        pass
    assert not (tmp_path / "new.db").exists()


def test_a_store_without_a_folder_is_refused_and_none_is_made(tmp_path):
    with (
        pytest.raises(ConfigError, match=r"none/new\.db cannot be written: No such file"),
        first_use(f"sqlite:///{tmp_path}/none/new.db", "a test"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_made_leaves_nothing(tmp_path, monkeypatch):
    def full(_path: Path, _mode: int) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "create", full)
    with (
        pytest.raises(StopError, match=r"new\.db cannot be made: No space left on device$"),
        first_use(f"sqlite:///{tmp_path}/new.db", "a test"),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".new.db.lock"]
