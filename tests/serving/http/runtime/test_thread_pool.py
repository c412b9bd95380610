"""The pool: a little at a time, a few waiting, the others sent away at once, and the loop never held up."""

import threading
import time

import anyio
import pytest

from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.runtime.thread_pool import ThreadPool


def test_work_beyond_seats_and_queue_is_sent_away_at_once():
    async def crowd() -> list[str]:
        pool, release, found = ThreadPool(concurrency=1, queue=2), threading.Event(), []

        async def come() -> None:
            try:
                found.append(await pool.run(lambda: "done" if release.wait(10) else "late"))
            except Problem as problem:
                found.append(f"{problem.status} {problem.message}")

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(come)
            await anyio.sleep(0.1)
            sent_away = list(found)
            release.set()
        return [*sent_away, "|", *found]

    told = anyio.run(crowd)
    busy = "503 too many portfolios are being scored right now; try again in a minute"
    assert told == [busy, busy, "|", busy, busy, "done", "done", "done"]


def test_one_at_a_time():
    async def crowd() -> int:
        pool, running, most = ThreadPool(concurrency=1, queue=9), [0], [0]

        def work() -> None:
            running[0] += 1
            most[0] = max(most[0], running[0])
            time.sleep(0.02)
            running[0] -= 1

        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(pool.run, work)
        return most[0]

    assert anyio.run(crowd) == 1


def test_loop_goes_on_meanwhile():
    async def beside() -> int:
        beats = 0
        async with anyio.create_task_group() as group:
            group.start_soon(ThreadPool().run, lambda: time.sleep(0.3))
            for _ in range(10):
                await anyio.sleep(0.01)
                beats += 1
        return beats

    started = time.monotonic()
    assert anyio.run(beside) == 10
    assert time.monotonic() - started >= 0.3


def test_error_of_the_work_is_the_error_of_the_desk():
    async def fail() -> None:
        await ThreadPool().run(lambda: int("none"))

    with pytest.raises(ValueError, match="none"):
        anyio.run(fail)
