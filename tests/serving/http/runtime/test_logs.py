"""The log: a line of JSON each, written by a thread that nobody waits for, and never two lines of one."""

import json
import logging
import os
import subprocess
import sys
import time

import pytest

from littlegiants.serving.http.runtime import logs
from littlegiants.serving.http.runtime.logs import Log
from tests.serving.http.conftest import eventually


@pytest.fixture
def written(monkeypatch, tmp_path):
    """What has been written in place of stderr, as lines."""
    path = tmp_path / "log"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    monkeypatch.setattr(logs, "_STDERR", handle)
    yield lambda: [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
    os.close(handle)


@pytest.fixture
def log(written):
    log = Log()
    yield log
    log.close()


def test_what_is_said_is_a_line_with_time_and_process(log, written):
    log.line(route="/v1/score", status=200, key="fund")
    eventually(written)
    (line,) = written()
    assert line.pop("time").endswith("+00:00")
    assert line == {"pid": os.getpid(), "route": "/v1/score", "status": 200, "key": "fund"}


def test_h35_no_line_end_or_escape_makes_another_line(log, written):
    name = 'x\r\n{"forged": true}\u2028\x1b[31m\0'
    log.line(said=name)
    eventually(written)
    assert [line["said"] for line in written()] == [name]


def test_the_logging_module_writes_here_too_with_the_trace_in_the_same_line(log, written):
    logger = logging.getLogger("littlegiants.test")
    logger.addHandler(log)
    sent = "two\nlines"
    try:
        try:
            raise ArithmeticError(sent)
        except ArithmeticError:
            logger.exception("it failed: %s", "why")
    finally:
        logger.removeHandler(log)
    eventually(written)
    (line,) = written()
    assert (line["level"], line["logger"], line["message"]) == ("error", "littlegiants.test", "it failed: why")
    assert line["trace"].endswith("ArithmeticError")
    # What an exception says may hold what a client has sent.
    assert "two" not in line["trace"]


def test_what_waits_is_written_when_it_closes(written):
    log = Log()
    for number in range(50):
        log.line(number=number)
    log.close()
    assert [line["number"] for line in written()] == list(range(50))


def test_what_is_too_much_is_dropped_and_counted(monkeypatch, log, written):
    monkeypatch.setattr(logs, "_WAITING", 10)
    for number in range(25):
        log.line(number=number)
    eventually(lambda: any("dropped" in line.get("message", "") for line in written()))
    kept = [line["number"] for line in written() if "number" in line]
    dropped = sum(int(line["message"].split()[0]) for line in written() if "message" in line)
    assert kept == sorted(kept)
    assert len(kept) + dropped == 25
    assert dropped > 0


def test_p16_a_log_on_a_full_disk_or_closed_stops_nothing(monkeypatch):
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(logs, "_STDERR", full)
    log = Log()
    log.line(said=1)
    time.sleep(0.3)
    os.close(full)
    log.line(said=2)
    time.sleep(0.3)
    assert log._thread.is_alive()
    log.close()


def test_p16_a_reader_who_has_fallen_asleep_holds_nobody_up():
    # The pipe takes some 64 kB, and nobody reads from it.
    script = (
        "import time; from littlegiants.serving.http.runtime.logs import Log; log = Log(); start = time.monotonic();"
        "[log.line(text='x' * 1000) for _ in range(20_000)]; print(time.monotonic() - start, flush=True)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert float(process.stdout.readline()) < 10
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()
