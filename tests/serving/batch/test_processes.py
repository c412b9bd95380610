"""Work done by several processes."""

import os
import signal
from pathlib import Path

import pytest

from littlegiants.ingest.errors import StopError, TableError
from littlegiants.serving.batch.processes import in_processes
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def importable(monkeypatch) -> None:
    """Let other processes import the work, which is in this module."""
    monkeypatch.syspath_prepend(str(ROOT))


def write(path: Path) -> None:
    import pyarrow as pa

    path.write_text(f"{os.getpid()} {os.environ['OMP_NUM_THREADS']} {pa.cpu_count()}")


def fail(path: Path) -> None:
    raise TableError(f"{path.name} is wrong")


def die(path: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_each_task_is_done_once_by_processes_of_one_thread(tmp_path):
    files = [tmp_path / str(number) for number in range(5)]
    assert len(list(in_processes(write, [(file,) for file in files], 2))) == 5
    said = [file.read_text().split() for file in files]
    assert str(os.getpid()) not in {process for process, _, _ in said}
    assert {(threads, cores) for _, threads, cores in said} == {("1", "1")}


def test_one_process_is_this_one(tmp_path):
    assert len(list(in_processes(write, [(tmp_path / "one",)], 2))) == 1
    assert (tmp_path / "one").read_text().split()[0] == str(os.getpid())
    assert list(in_processes(write, [], 2)) == []


@pytest.mark.parametrize(
    ("work", "error", "message"), [(fail, TableError, "is wrong"), (die, StopError, "a process of the job was ended")]
)
def test_what_goes_wrong_is_raised_here(work, error, message, tmp_path):
    with pytest.raises(error, match=message):
        list(in_processes(work, [(tmp_path / str(number),) for number in range(3)], 2))
