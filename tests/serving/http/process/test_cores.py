"""A core for each worker, taken and left by processes as they come and go."""

import os
import signal
import subprocess
import sys

import pytest

from littlegiants.serving.http.process.cores import cores, take_core
from tests.serving.http.conftest import eventually, serving

TAKE = """
import sys
from pathlib import Path
from littlegiants.serving.http.process.cores import cores, take_core
print(take_core(Path(sys.argv[1]), int(sys.argv[2])), cores(), flush=True)
sys.stdin.read()
"""
pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system keeps no thread on a core")


@pytest.fixture
def two_cores():
    """Two cores for this process and those it starts, however many there are."""
    mine = os.sched_getaffinity(0)
    if len(mine) < 2:
        pytest.skip("the machine has one core")
    some = sorted(mine)[:2]
    os.sched_setaffinity(0, some)
    yield some
    os.sched_setaffinity(0, mine)


def taker(folder, workers: int) -> tuple[subprocess.Popen, str]:
    process = subprocess.Popen(
        [sys.executable, "-c", TAKE, str(folder), str(workers)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    return process, process.stdout.readline().decode().strip()


def test_each_takes_another_core_and_one_that_ends_leaves_its_own(two_cores, tmp_path):
    one, other = two_cores
    found = [taker(tmp_path, 2) for _ in range(3)]
    try:
        assert [said for _, said in found] == [f"{one} [{one}]", f"{other} [{other}]", f"None [{one}, {other}]"]
        found[0][0].kill()
        found[0][0].wait()
        found.append(taker(tmp_path, 2))
        assert found[-1][1] == f"{one} [{one}]"
    finally:
        for process, _ in found:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("workers", [1, 3])
def test_with_more_or_fewer_workers_than_cores_they_are_moved_about(two_cores, tmp_path, workers):
    assert take_core(tmp_path, workers) is None
    assert cores() == two_cores
    assert list(tmp_path.iterdir()) == []


def test_the_workers_of_a_service_keep_apart_also_when_one_is_replaced(two_cores, artefact, tmp_path):
    def taken() -> list[set[int]]:
        return sorted((os.sched_getaffinity(pid) for pid in running.pids()), key=sorted)

    with serving(tmp_path, "--model", artefact) as running:
        apart = [{core} for core in two_cores]
        eventually(lambda: len(running.pids()) == 2)
        assert taken() == apart
        os.kill(running.pids()[0], signal.SIGKILL)
        eventually(lambda: len(running.pids()) == 2 and taken() == apart)
        assert {f"the worker keeps to core {core}" for core in two_cores} <= {
            line.get("message") for line in running.lines()
        }
