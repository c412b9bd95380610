"""More than a worker can take: it says so at once, keeps to its bounds, and is itself again when it is over."""

import contextlib
import json
import resource
import socket
import threading
import time
from collections.abc import Iterator

import psutil

from tests.serving.http.conftest import Answer, eventually, serving, status


@contextlib.contextmanager
def connected(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Open so many connections, without waiting for the server to take them, and say nothing."""
    with contextlib.ExitStack() as opened:
        found = []
        for _ in range(count):
            connection = opened.enter_context(socket.socket())
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                connection.connect(("127.0.0.1", port))
            found.append(connection)
        yield found


@contextlib.contextmanager
def files(wanted: int) -> Iterator[int]:
    """Raise the number of files that this process may open, and give how many there may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    try:
        yield most
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_h31_what_is_too_much_is_refused_at_once_and_health_answers_meanwhile(service, at_risk):
    # 16 times 500 firms, where 2,000 may wait.
    firms = [{**at_risk[place % len(at_risk)], "firm_id": f"f{place}"} for place in range(500)]
    body = json.dumps({"as_of_date": "2025-12-31", "firms": firms}).encode()
    large: list[Answer] = []
    small: list[Answer] = []
    seconds: list[float] = []
    asking = [threading.Thread(target=lambda: large.append(service.post(body))) for _ in range(16)]
    for thread in asking:
        thread.start()
    while any(thread.is_alive() for thread in asking):
        start = time.monotonic()
        assert status(service, "/health/live") == 200
        small.append(service.score(at_risk[:1]))
        seconds.append(time.monotonic() - start)
        time.sleep(0.05)
    taken = [answer for answer in large if answer.status == 200]
    refused = [answer for answer in large + small if answer.status != 200]
    assert len(taken) >= 4
    assert len({answer.body for answer in taken}) == 1
    assert len(large) > len(taken)
    assert {(answer.status, answer.json()["code"]) for answer in refused} == {(503, "overloaded")}
    assert all(1 <= int(answer.headers["retry-after"]) <= 60 for answer in refused)
    # Neither health nor a small request waits for what is computed; the bound is generous, for the machine is shared.
    assert max(seconds) < 5
    assert service.score(at_risk[:1]).status == 200


def test_h37_ten_thousand_connections_are_bounded_and_idle_ones_cut_off(service, at_risk):
    worker = psutil.Process(service.pids()[0])
    before = worker.memory_info().rss
    with connected(service.port, 1_024):
        # Whoever says nothing has ten seconds; then others have their turn.
        eventually(lambda: status(service, "/health/live") == 200, within=40)
    with files(10_200) as most, connected(service.port, most - 200):
        time.sleep(1)
        assert worker.num_fds() < 1_024 + 128
    eventually(lambda: status(service, "/health/ready") == 200)
    assert service.score(at_risk[:1]).status == 200
    assert service.pids() == [worker.pid]
    assert worker.memory_info().rss - before < 60e6


def test_p08_connections_leave_a_worker_the_files_that_it_needs(artefact, at_risk, tmp_path):
    with serving(tmp_path, "--model", artefact, "--workers", 1, files=300, TMPDIR=str(tmp_path)) as running:
        (beat,) = tmp_path.glob("giants-serve-*/workers/*")
        with connected(running.port, 400):
            since = time.time()
            eventually(lambda: beat.stat().st_mtime > since + 1)
        eventually(lambda: status(running, "/health/ready") == 200)
        assert running.score(at_risk[:1]).status == 200
        assert running.pids() == [int(beat.name)]
        assert not [line for line in running.lines() if line.get("level") == "error"]
