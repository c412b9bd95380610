"""The folder of a job: one run's at a time, kept after a stop, and gone at the end."""

import shutil
import subprocess
import sys

import pytest

from littlegiants.ingest.errors import BusyError, ConfigError, LossError, StopError, TableError
from littlegiants.serving.batch.job_folder import job_folder

HELD = """
import sys
from pathlib import Path
from littlegiants.serving.batch.job_folder import job_folder
with job_folder(Path(sys.argv[1])) as folder:
    (folder / "work").mkdir()
    print("ready", flush=True)
    sys.stdin.read()
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def stopped(out, error=KeyboardInterrupt):
    with job_folder(out) as folder:
        (folder / "work").write_text("half")
        raise error


def test_it_is_private_and_gone_at_the_end(tmp_path):
    with job_folder(tmp_path / "s.csv") as folder:
        assert names(tmp_path) == [folder.name] == [".s.csv.job"]
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "work").mkdir()
    assert names(tmp_path) == []


def test_after_a_stop_only_what_was_begun_stays_for_a_run_that_resumes(tmp_path):
    out = tmp_path / "s.csv"
    with pytest.raises(ZeroDivisionError), job_folder(out):
        raise ZeroDivisionError
    assert names(tmp_path) == []
    with pytest.raises(KeyboardInterrupt):
        stopped(out)
    with job_folder(out, resume=True) as folder:
        assert names(folder) == ["work"]
        (folder / "more").mkdir()
    assert names(tmp_path) == []
    with pytest.raises(KeyboardInterrupt):
        stopped(out)
    with job_folder(out) as folder:
        assert names(folder) == []


@pytest.mark.parametrize(("error", "kept"), [(StopError, True), (TableError, False), (LossError, False)])
def test_what_another_run_would_meet_again_leaves_nothing(error, kept, tmp_path):
    with pytest.raises(error):
        stopped(tmp_path / "s.csv", error)
    assert names(tmp_path) == [".s.csv.job"] * kept


def test_what_is_half_removed_has_lost_its_name(tmp_path, monkeypatch):
    out = tmp_path / "s.csv"

    def killed(path):
        (path / "first").unlink()
        raise KeyboardInterrupt

    def worked():
        with job_folder(out) as folder:
            (folder / "rows").mkdir()
            for name in ("first", "record"):
                (folder / "rows" / name).touch()

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            worked()
    with job_folder(out, resume=True) as folder:
        assert names(folder) == ["rows.gone"]
        (folder / "rows").mkdir()
    assert names(tmp_path) == []


def test_of_two_runs_one_gets_it_and_it_is_free_when_its_owner_is_killed(tmp_path):
    out = tmp_path / "s.csv"
    command = [sys.executable, "-c", HELD, str(out)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"ready\n"
        with pytest.raises(BusyError, match=r"another run writes .*s\.csv; wait for its end"), job_folder(out):
            pass
        with job_folder(tmp_path / "other.csv"):
            pass
        assert names(tmp_path) == [".s.csv.job"]
        other.kill()
    with job_folder(out, resume=True) as folder:
        assert names(folder) == ["work"]


def test_a_place_where_it_cannot_be(tmp_path):
    with pytest.raises(ConfigError, match="cannot be written: No such file or directory"), job_folder(tmp_path / "a/b"):
        pass
    (tmp_path / ".s.csv.job").symlink_to(tmp_path)
    with pytest.raises(ConfigError, match="cannot be written"), job_folder(tmp_path / "s.csv"):
        pass
