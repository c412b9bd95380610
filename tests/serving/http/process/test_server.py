"""What a service checks before it starts, and how it looks after the model watcher; nothing is served here."""

import multiprocessing
import os
import resource
import signal
from types import SimpleNamespace

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.serving.http.process import server
from littlegiants.serving.http.process.server import Plan, serve
from tests.serving.http.conftest import free_port


@pytest.fixture
def files(monkeypatch):
    """A function that sets the limits of open files; the limits that the server then sets are returned."""
    changed: list[tuple[int, int]] = []

    def limit(soft: int, hard: int) -> list[tuple[int, int]]:
        monkeypatch.setattr(resource, "getrlimit", lambda _: (soft, hard))
        monkeypatch.setattr(resource, "setrlimit", lambda _, limits: changed.append(limits))
        return changed

    return limit


@pytest.mark.parametrize(
    ("soft", "hard", "connections", "changes"),
    [
        (2_000, 4_000, 1_024, []),
        (256, 512, 384, [(512, 512)]),
        (256, 4_000, 1_024, [(1_152, 4_000)]),
        (256, resource.RLIM_INFINITY, 1_024, [(1_152, resource.RLIM_INFINITY)]),
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY, 1_024, []),
    ],
)
def test_connections_leave_a_worker_files_of_its_own(files, soft, hard, connections, changes):
    changed = files(soft, hard)
    assert (server._check_files(), changed) == (connections, changes)


def test_too_few_files_are_refused_before_anything_starts(files):
    files(64, 64)
    with pytest.raises(ConfigError, match="only 64 files may be open at once; a service needs 256 at least"):
        serve(Plan("model", port=free_port()))


def test_keys_are_read_before_anything_starts(tmp_path):
    with pytest.raises(ConfigError, match="there is no file of keys"):
        serve(Plan("model", port=free_port(), keys=tmp_path / "none.json"))


class Process(SimpleNamespace):
    """A process of which nothing runs."""

    waited = 0.0

    def start(self) -> None:
        self.alive = True

    def is_alive(self) -> bool:
        return self.alive

    def terminate(self) -> None:
        self.alive = False

    def kill(self) -> None:
        self.alive = False

    def join(self, seconds: float | None = None) -> None:
        self.waited = seconds or self.waited


@pytest.fixture
def started(monkeypatch):
    """The processes that the server has started, each with a number."""
    found: list[Process] = []

    def process(**options: object) -> Process:
        found.append(Process(pid=900_000 + len(found), **options))
        return found[-1]

    monkeypatch.setattr(multiprocessing, "Process", process)
    return found


def test_a_model_watcher_that_has_ended_is_started_again(started):
    watcher = server._WatcherProcess(("run", "model"))
    watcher.supervise()
    assert [process.args for process in started] == [("run", "model")]
    started[0].alive = False
    watcher.supervise()
    assert [process.alive for process in started] == [False, True]


def test_a_living_model_watcher_gets_the_signal_to_look(started, monkeypatch):
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda *given: sent.append(given))
    watcher = server._WatcherProcess(())
    watcher.look()
    watcher.stop()
    watcher.look()
    assert sent == [(started[0].pid, signal.SIGHUP)]
    assert started[0].waited > 0
