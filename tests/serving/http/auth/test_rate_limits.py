"""Token buckets: a minute's worth at once, then one by one, whichever worker is asked."""

import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from littlegiants.serving.http.auth.rate_limits import SLOTS, Rates

WORKER = """
import sys, time
from pathlib import Path
from littlegiants.serving.http.auth.rate_limits import Rates
rates, until, granted = Rates(Path(sys.argv[1])), float(sys.argv[2]), 0
while time.monotonic() < until:
    granted += rates.wait(5, 60_000) == 0
print(granted)
"""
HOLDER = """
import fcntl, os, sys, time
handle = os.open(sys.argv[1], os.O_RDWR)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("shared", [False, True])
def test_a_minutes_worth_at_once_and_then_one_by_one(tmp_path, shared):
    rates = Rates(tmp_path / "rates" if shared else None)
    assert [rates.wait(0, 600) for _ in range(600)] == [0] * 600
    wait = rates.wait(0, 600)
    assert 0 < wait <= 0.1
    assert rates.wait(0, 600) <= wait  # being refused costs nothing
    time.sleep(wait)
    assert rates.wait(0, 600) == 0
    assert 0 < rates.wait(0, 600) <= 0.1


def test_one_request_a_minute():
    rates = Rates()
    assert rates.wait(3, 1) == 0
    assert 59 < rates.wait(3, 1) <= 60


def test_buckets_do_not_mix():
    rates = Rates()
    assert [rates.wait(slot, 1) for slot in (0, 1, SLOTS - 1)] == [0, 0, 0]
    assert [rates.wait(slot, 1) > 0 for slot in (0, 1, 2, SLOTS - 1)] == [True, True, False, True]


def test_a_rate_that_was_changed_holds_at_once():
    rates = Rates()
    assert rates.wait(0, 1) == 0
    assert rates.wait(0, 600_000) <= 0.001
    for _ in range(600):
        rates.wait(1, 600)
    assert 59 < rates.wait(1, 1) <= 60


def test_times_of_another_clock_lock_nobody_out(tmp_path):
    rates = Rates(tmp_path / "rates")
    rates._full_at[0] = time.monotonic() + 1e9
    assert 0 < rates.wait(0, 60) <= 1


def test_h30_workers_share_one_rate(tmp_path):
    # 60,000 at once and one more each millisecond: what the workers were granted together is what one would have been.
    began = time.monotonic()
    until = began + 3
    command = [sys.executable, "-c", WORKER, str(tmp_path / "rates"), str(until)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    granted = sum(int(worker.communicate(timeout=60)[0]) for worker in workers)
    assert 60_000 <= granted <= 60_000 * 1.001 + 1_000 * (until - began)


def test_a_worker_stopped_with_the_lock_does_not_stop_the_others(tmp_path):
    rates = Rates(tmp_path / "rates")
    holder: Any = subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path / "rates"], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        holder.send_signal(signal.SIGSTOP)
        taken = []
        for slot in range(3):  # the fastest counts: other work on the machine may hold up any of them
            began = time.monotonic()
            assert [rates.wait(slot, 10) > 0 for _ in range(12)] == [False] * 10 + [True] * 2
            taken.append(time.monotonic() - began)
        assert min(taken) < 1
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()


def test_the_shared_file_is_the_owners_only_and_no_link(tmp_path):
    Rates(tmp_path / "rates")
    assert (tmp_path / "rates").stat().st_mode & 0o777 == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "rates")
    with pytest.raises(OSError, match="link"):
        Rates(tmp_path / "link")
