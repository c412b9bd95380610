"""The service as it runs: processes of its own on the loopback interface, request_firms by plain clients."""

import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.models.scoring.test_record_scorer import firms_as_json
from tests.serving.http import declared
from tests.small_model import AS_OF

GIANTS = Path(sys.executable).with_name("giants")
UP_WITHIN = 120.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Running:
    """A service that runs, and its log."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    workers: list[int] = field(default_factory=list)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request on a connection of its own, whose answer must be one that the OpenAPI document declares."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            found = connection.getresponse()
            answer = Answer(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
            declared.check(method, path, answer.status, answer.headers, answer.body)
            return answer
        finally:
            connection.close()

    def score(self, firms: list, as_of: str = str(AS_OF), path: str = "/v1/score", **more: object) -> Answer:
        """A request to score."""
        return self.post(json.dumps({"as_of_date": as_of, "firms": firms, **more}).encode(), path)

    def post(self, body: bytes, path: str = "/v1/score", **headers: str) -> Answer:
        """A body as JSON."""
        return self.ask("POST", path, body, **{"Content-Type": "application/json", **headers})

    def raw(self, *parts: bytes, wait: float = 20.0) -> bytes:
        """Send bytes as they are and return what comes back until the head of an answer is whole, or the end."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as connection:
            found = b""
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    connection.sendall(part)
            with contextlib.suppress(ConnectionError):
                while b"\r\n\r\n" not in found and (part := connection.recv(65_536)):
                    found += part
            return found

    def lines(self) -> list[dict]:
        """The log so far."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]

    def pids(self) -> list[int]:
        """The worker processes, by their lines in the log."""
        import psutil

        children = psutil.Process(self.process.pid).children()
        answering = {line["pid"] for line in self.lines() if "message" in line and "is in use" in line["message"]}
        return [child.pid for child in children if child.pid in answering]


def eventually(true: Callable[[], object], within: float = 20.0) -> None:
    """Wait until something holds; fail if it does not in time."""
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


@contextlib.contextmanager
def serving(
    folder: Path, *options: object, ready: bool = True, files: int = 0, **environment: str
) -> Iterator[Running]:
    """Run ``giants serve`` for a block, where so many files may be open at once if a number is given."""
    port, log = free_port(), folder / f"serve-{free_port()}.log"
    command = [str(GIANTS), "serve", "--port", str(port), *map(str, options)]
    with log.open("wb") as stderr:
        few = partial(resource.setrlimit, resource.RLIMIT_NOFILE, (files, files)) if files else None
        options_of = {"env": {**os.environ, **environment}, "cwd": folder, "preexec_fn": few}
        process = subprocess.Popen(command, stderr=stderr, **options_of)  # type: ignore[call-overload]
    running = Running(process, port, log)
    try:
        if ready:
            eventually(lambda: process.poll() is not None or status(running, "/health/ready") == 200, UP_WITHIN)
            assert process.poll() is None, log.read_text(encoding="utf-8")
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def status(running: Running, path: str) -> int:
    """The status of a GET, 0 where nobody answers."""
    try:
        return running.ask("GET", path).status
    except (OSError, http.client.HTTPException):
        return 0


@pytest.fixture(scope="session")
def firms(universe) -> list[dict]:
    """Firms of the small universe as JSON has them."""
    return firms_as_json(universe)


@pytest.fixture(scope="session")
def at_risk(firms) -> list[dict]:
    """Those of them that have a score on `AS_OF`, by all their tables."""
    return [firm for firm in firms if not firm["outcomes"] and firm["grants"] and firm["rounds"]]


@pytest.fixture(scope="session")
def service(artefact, tmp_path_factory) -> Iterator[Running]:
    """One worker with the small model, shared by all tests that leave it as it is."""
    with serving(tmp_path_factory.mktemp("service"), "--model", artefact, "--workers", 1) as running:
        yield running
