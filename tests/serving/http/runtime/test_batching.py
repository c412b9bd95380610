"""The queue of a worker: who is computed with whom, who waits for whom, and what becomes of those who go or fail."""

import asyncio
import contextlib
import time
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.models.scoring.record_scorer import RecordScorer
from littlegiants.serving.http.protocol.limits import EXPLAINED, Limits
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.runtime.batching import BATCH, GATHER, HELD, LEAST, MOST, Batches
from tests.models.scoring.test_record_scorer import records
from tests.small_model import AS_OF

BAD = "bad"


class Echo:
    """A scorer that answers a record with itself, and remembers what it was asked at a time; `BAD` is its end."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.asked: list[list[Any]] = []
        self._seconds = seconds

    def score(self, some: list[Any], as_of: date, explain: bool, unusual: int, render: bool) -> list[Any]:
        assert unusual == 1  # the loader holds everybody up: once at a time
        assert render
        self.asked.append(list(some))
        time.sleep(self._seconds)
        if BAD in some:
            raise ArithmeticError(BAD)
        return [(record, as_of, explain) for record in some]


def echo(seconds: float = 0.0) -> Any:
    return Echo(seconds)


@contextlib.asynccontextmanager
async def working(**limits: Any):
    """A queue with somebody who computes what is in it."""
    batches = Batches(Limits(**limits))
    worker = asyncio.create_task(batches.run())
    try:
        yield batches
        assert batches.waiting == 0
        assert not worker.done()
    finally:
        worker.cancel()


def answers(some: list[Any], as_of: date = AS_OF, explain: bool = False) -> list[Any]:
    return [(record, as_of, explain) for record in some]


def test_what_comes_together_is_computed_together_and_everyone_gets_their_own():
    async def ask():
        scorer = echo()
        async with working() as batches:
            jobs = [[f"{job}-{n}" for n in range(3)] for job in range(10)]
            found = await asyncio.gather(*(batches.compute(scorer, job, AS_OF, False) for job in jobs))
        assert found == [answers(job) for job in jobs]
        assert scorer.asked == [[record for job in jobs for record in job]]
        assert await batches.compute(scorer, [], AS_OF, False) == []

    asyncio.run(ask())


def test_who_asks_again_and_again_is_soon_computed_with_all_who_do():
    async def client(batches: Batches, scorer: Any, number: int) -> None:
        await asyncio.sleep(0.004 * number)  # out of step with the others
        for _ in range(40):
            await batches.compute(scorer, [number], AS_OF, False)

    async def ask():
        scorer = echo(seconds=0.005)
        async with working() as batches:
            await asyncio.gather(*(client(batches, scorer, number) for number in range(6)))
        sizes = [len(batch) for batch in scorer.asked]
        assert sorted(sizes[10:30])[5:] == [6] * 15

    asyncio.run(ask())


def test_who_asks_alone_does_not_wait_for_others():
    async def ask():
        taken = []
        async with working() as batches:
            await asyncio.gather(*(batches.compute(echo(), [number], AS_OF, False) for number in range(50)))
            for _ in range(20):
                start = time.perf_counter()
                await batches.compute(echo(), ["alone"], AS_OF, False)
                taken.append(time.perf_counter() - start)
        assert min(taken) < GATHER

    asyncio.run(ask())


def test_together_and_alone_are_the_same_bits(firms, model):
    async def ask(jobs: list[list[Any]], at_once: bool) -> list[bytes]:
        scorer = RecordScorer.of(model)
        async with working() as batches:
            work = [batches.compute(scorer, job, AS_OF, False) for job in jobs]
            found = await asyncio.gather(*work) if at_once else [await job for job in work]
        return [msgspec.json.encode(some) for some in found]

    asked = records(firms[:200])
    jobs = [asked[:1], asked[1:150], asked[150:151], asked[151:153], asked[153:]]
    assert asyncio.run(ask(jobs, at_once=True)) == asyncio.run(ask(jobs, at_once=False))


def test_other_models_dates_and_reasons_are_computed_apart():
    async def ask():
        one, other = echo(), echo()
        async with working() as batches:
            kinds = [(one, AS_OF, False), (other, AS_OF, False), (one, date(2024, 1, 1), False), (one, AS_OF, True)] * 2
            work = (batches.compute(kind[0], [str(n)], *kind[1:]) for n, kind in enumerate(kinds))
            found = await asyncio.gather(*work)
        assert found == [answers([str(n)], *kind[1:]) for n, kind in enumerate(kinds)]
        assert one.asked == [["0", "4"], ["2", "6"], ["3", "7"]]
        assert other.asked == [["1", "5"]]

    asyncio.run(ask())


@pytest.mark.parametrize(("explain", "firms"), [(False, 500), (True, 100)])
def test_a_large_request_takes_turns_with_small_ones(explain, firms):
    async def ask():
        scorer = echo(seconds=HELD)
        order: list[str] = []

        async def one(name: str, size: int, reasons: bool) -> None:
            await batches.compute(scorer, [name] * size, AS_OF, reasons)
            order.append(name)

        async with working(queued_firms=100_000) as batches:
            large = asyncio.create_task(one("large", firms, explain))
            while not scorer.asked:
                await asyncio.sleep(0)
            await asyncio.gather(*(one(f"small {n}", 1, False) for n in range(5)))
            await large
        assert order[-1] == "large"
        # They waited for a batch or two, not for the whole.
        assert all(any(f"small {n}" in batch for batch in scorer.asked[:4]) for n in range(5))
        assert max(batch.count("large") for batch in scorer.asked) == (BATCH // EXPLAINED if explain else BATCH)

    asyncio.run(ask())


@pytest.mark.parametrize(("seconds", "last", "batches_of"), [(0.0, MOST, 40), (HELD * BATCH / LEAST, LEAST, 6)])
def test_a_batch_is_what_the_machine_computes_in_the_time_that_others_may_wait(seconds, last, batches_of):
    async def ask():
        scorer = echo(seconds)
        async with working(queued_firms=100_000) as batches:
            await batches.compute(scorer, ["a"] * BATCH * batches_of, AS_OF, False)
        sizes = [len(batch) for batch in scorer.asked]
        assert sizes[0] == BATCH
        assert last in sizes[:-1]  # the last is what was left over
        assert LEAST <= min(sizes[:-1]) <= max(sizes) <= MOST

    asyncio.run(ask())


def test_where_too_much_waits_already_the_next_is_refused_at_once():
    async def ask():
        batches, scorer = Batches(Limits(queued_firms=10)), echo()
        accepted = [asyncio.create_task(batches.compute(scorer, ["a"] * size, AS_OF, False)) for size in (5, 4)]
        await asyncio.sleep(0)
        for some, explain in ((["b", "c"], False), (["d"], True)):
            with pytest.raises(Problem, match="come again") as caught:
                await batches.compute(scorer, some, AS_OF, explain)
            assert (caught.value.status, caught.value.code) == (503, "overloaded")
            assert int(caught.value.headers["retry-after"]) >= 1
        # Nothing of it was computed, and nothing is left of it in the queue.
        assert (scorer.asked, batches.waiting) == ([], 9)
        last = asyncio.create_task(batches.compute(scorer, ["e"], AS_OF, False))
        await asyncio.sleep(0)
        assert batches.waiting == 10
        worker = asyncio.create_task(batches.run())
        assert await asyncio.gather(*accepted, last) == [answers(["a"] * 5), answers(["a"] * 4), answers(["e"])]
        worker.cancel()

    asyncio.run(ask())


def test_a_request_larger_than_the_queue_is_taken_when_nothing_waits():
    async def ask():
        async with working(queued_firms=10) as batches:
            assert await batches.compute(echo(), ["a"] * 500, AS_OF, True) == answers(["a"] * 500, explain=True)

    asyncio.run(ask())


def test_one_large_request_fills_half_of_the_queue_at_most():
    async def ask():
        batches, scorer = Batches(Limits(queued_firms=1_000)), echo()
        large = asyncio.create_task(batches.compute(scorer, ["a"] * 500, AS_OF, True))
        await asyncio.sleep(0)
        small = [asyncio.create_task(batches.compute(scorer, ["b"], AS_OF, False)) for _ in range(500)]
        await asyncio.sleep(0)
        assert batches.waiting == 500 * EXPLAINED + 500
        for some in (["c"], ["c"] * 500):
            with pytest.raises(Problem, match="too many"):
                await batches.compute(scorer, some, AS_OF, False)
        worker = asyncio.create_task(batches.run())
        assert await asyncio.gather(*small) == [answers(["b"])] * 500
        assert not large.done()
        assert await large == answers(["a"] * 500, explain=True)
        worker.cancel()

    asyncio.run(ask())


def test_what_waited_too_long_is_given_up():
    async def ask():
        scorer = echo(seconds=0.03)
        async with working(wait_seconds=0.05) as batches:
            large = batches.compute(scorer, ["a"] * 10 * BATCH, AS_OF, False)
            small = batches.compute(scorer, ["b"], AS_OF, False)
            found = await asyncio.gather(large, small, return_exceptions=True)
        assert isinstance(found[0], Problem)
        assert (found[0].status, found[0].code) == (503, "overloaded")
        assert "retry-after" in found[0].headers
        assert found[1] == answers(["b"])
        assert len(scorer.asked) < 5

    asyncio.run(ask())


def test_a_client_that_has_gone_leaves_nothing_in_the_queue():
    async def ask():
        scorer = echo()
        async with working() as batches:
            going = asyncio.create_task(batches.compute(scorer, ["gone"] * 1_000, AS_OF, False))
            staying = asyncio.create_task(batches.compute(scorer, ["stays"] * 100, AS_OF, False))
            while not scorer.asked:
                await asyncio.sleep(0)
            going.cancel()
            with pytest.raises(asyncio.CancelledError):
                await going
            assert batches.waiting <= 100
            assert await staying == answers(["stays"] * 100)
        assert sum(batch.count("gone") for batch in scorer.asked) <= 3 * BATCH

    asyncio.run(ask())


def test_a_request_that_breaks_the_scorer_fails_nobody_else():
    async def ask():
        scorer = echo()
        async with working() as batches:
            jobs = [["a"], [BAD], ["b"] * 100, ["c", BAD], ["d"]]
            work = (batches.compute(scorer, job, AS_OF, False) for job in jobs)
            found = await asyncio.gather(*work, return_exceptions=True)
            assert [isinstance(each, ArithmeticError) for each in found] == [False, True, False, True, False]
            assert [found[0], found[2], found[4]] == [answers(["a"]), answers(["b"] * 100), answers(["d"])]
            assert await batches.compute(scorer, ["later"], AS_OF, False) == answers(["later"])

    asyncio.run(ask())


@pytest.mark.parametrize("explain", [False, True])
def test_who_is_refused_is_told_how_long_what_waits_will_take(explain):
    async def ask() -> int:
        # 64 firms, or three with reasons, take 0.02 seconds, hence all that wait some 0.6.
        scorer, weight = echo(seconds=0.02), EXPLAINED if explain else 1
        async with working(wait_seconds=60) as batches:
            for _ in range(20):
                await batches.compute(scorer, ["a"] * (BATCH // weight), AS_OF, explain)
            some = [["b"] * (1_000 // weight)] * 2
            waiting = [asyncio.create_task(batches.compute(scorer, each, AS_OF, explain)) for each in some]
            await asyncio.sleep(0)
            with pytest.raises(Problem) as caught:
                await batches.compute(scorer, ["c"], AS_OF, explain)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return int(caught.value.headers["retry-after"])

    # The least of three: what else the machine does only adds.
    assert min(asyncio.run(ask()) for _ in range(3)) <= 2


JOB = st.tuples(
    st.integers(1, 150),  # firms
    st.booleans(),  # explained
    st.sampled_from([AS_OF, date(2024, 1, 1)]),
    st.sampled_from(["stays", "stays", "goes", BAD]),
    st.integers(0, 3),  # turns of the loop before it comes
    st.integers(0, 4),  # turns before it goes
)


@settings(max_examples=50)
@given(st.lists(JOB, max_size=8), st.sampled_from([50, 400, 100_000]))
def test_whatever_comes_and_goes_nothing_is_left_and_everyone_gets_their_own(jobs, queued):
    async def one(batches: Batches, scorer: Any, number: int, job: tuple) -> None:
        size, explain, as_of, what, comes, goes = job
        some = [f"{number}-{n}" for n in range(size)] + ([BAD] if what == BAD else [])
        for _ in range(comes):
            await asyncio.sleep(0)
        task = asyncio.create_task(batches.compute(scorer, some, as_of, explain))
        for _ in range(goes if what == "goes" else 0):
            await asyncio.sleep(0)
        if what == "goes":
            task.cancel()
        try:
            assert await task == answers(some, as_of, explain)
        except Problem:
            assert queued < 100_000
        except ArithmeticError:
            assert what == BAD
        except asyncio.CancelledError:
            assert what == "goes"

    async def ask():
        scorer = echo()
        async with working(queued_firms=queued) as batches:
            await asyncio.gather(*(one(batches, scorer, number, job) for number, job in enumerate(jobs)))

    asyncio.run(ask())
