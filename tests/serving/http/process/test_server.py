"""What a service checks before it starts, and how it looks after the model watcher; nothing is served here."""

import multiprocessing
import os
import resource
import signal
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.serving.http.process import server
from littlegiants.serving.http.process.server import Plan, check_address, serve
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


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_free_address_of_this_machine(host):
    port = free_port()
    check_address(Plan("model", host=host, port=port))
    with socket.create_server(("127.0.0.1", port)):
        pass  # the check has let go of it


def test_an_address_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"^127\.0\.0\.1:{port} cannot be listened on: Address already in use$"):
            check_address(Plan("model", port=port))


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a" * 300])
def test_what_is_no_address(host):
    with pytest.raises(ConfigError, match=f"^{host} is no address of this machine$"):
        check_address(Plan("model", host=host))


def test_others_may_reach_it_only_with_keys():
    plan = Plan("model", host="0.0.0.0", port=free_port())  # noqa: S104 - the test is about it
    with pytest.raises(ConfigError, match="can be reached from elsewhere; give --keys"):
        check_address(plan)
    check_address(replace(plan, keys=Path("keys.json")))


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

    def start(self) -> None:
        self.alive = True

    def is_alive(self) -> bool:
        return self.alive

    def terminate(self) -> None:
        self.alive = False

    def join(self, seconds: float) -> None:
        self.waited = seconds


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
