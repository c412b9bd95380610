"""A process that ends with its parent, whatever it is busy with."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from littlegiants.serving.parentage import end_with_parent
from tests.serving.http.conftest import eventually

CHILD = """
import multiprocessing, time
from tests.serving.test_parentage import {target}

if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target={target})
    child.start()
    time.sleep(60)
"""


def asleep() -> None:
    end_with_parent("giants-test")
    print(os.getpid(), flush=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
    time.sleep(60)


def computing() -> None:
    """Hold the interpreter's lock in one call, so that no other thread of this process runs."""
    end_with_parent()
    print(os.getpid(), flush=True)
    sum(range(10**12))


@pytest.mark.parametrize("target", [asleep, computing])
def test_x05_a_child_ends_when_its_parent_is_killed(target, tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(CHILD.format(target=target.__name__), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        if target is asleep:
            assert child.name() == "giants-test"
        parent.kill()
        eventually(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, within=2)


def test_a_process_that_nobody_of_ours_started_goes_on():
    assert multiprocessing.parent_process() is None
    end_with_parent("renamed")
    assert psutil.Process().name() != "renamed"
