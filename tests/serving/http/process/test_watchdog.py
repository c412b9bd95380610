"""The watchdog: silent workers are ended, and nobody else is."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from littlegiants.serving.http.process.watchdog import SILENT, silent_workers, watch
from tests.serving.http.conftest import eventually


@pytest.fixture
def sleeper():
    """A process that does nothing, stopped or not."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def heartbeat(folder, name: object, ago: float) -> None:
    path = folder / str(name)
    path.touch()
    then = time.time() - ago
    os.utime(path, (then, then))


def watching(folder, children: set[int], over: threading.Event, supervise=lambda: None) -> threading.Thread:
    thread = threading.Thread(target=watch, args=(folder, lambda: children, supervise, over))
    thread.start()
    return thread


def test_silent_is_who_has_not_written_for_long(tmp_path):
    for name, ago in [(1, 0), (2, SILENT - 1), (3, SILENT + 1), (4, 1e6), (5, -1e6), ("note", 1e6)]:
        heartbeat(tmp_path, name, ago)
    assert sorted(silent_workers(tmp_path, time.time())) == [3, 4]
    assert silent_workers(tmp_path / "none", time.time()) == []


def test_p04_a_silent_worker_is_ended_even_if_it_sleeps(tmp_path, sleeper):
    sleeper.send_signal(signal.SIGSTOP)
    heartbeat(tmp_path, sleeper.pid, SILENT + 1)
    over = threading.Event()
    thread = watching(tmp_path, {sleeper.pid}, over)
    assert sleeper.wait(20) == -signal.SIGKILL
    eventually(lambda: not list(tmp_path.iterdir()))
    over.set()
    thread.join()


def test_another_process_that_has_the_number_by_now_is_left_alone(tmp_path, sleeper):
    heartbeat(tmp_path, sleeper.pid, SILENT + 1)
    over = threading.Event()
    thread = watching(tmp_path, {sleeper.pid + 1}, over)
    eventually(lambda: not list(tmp_path.iterdir()))
    over.set()
    thread.join()
    assert sleeper.poll() is None


def test_a_worker_that_has_ended_meanwhile_and_a_folder_that_is_gone_stop_nothing(tmp_path, sleeper):
    sleeper.kill()
    sleeper.wait()
    heartbeat(tmp_path, sleeper.pid, SILENT + 1)
    over = threading.Event()
    thread = watching(tmp_path, {sleeper.pid}, over)
    eventually(lambda: not list(tmp_path.iterdir()))
    tmp_path.rmdir()
    time.sleep(1.2)
    assert thread.is_alive()
    over.set()
    thread.join()
