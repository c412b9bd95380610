"""Requests that come at the same time are computed together: a batch of firms costs little more than one of them.

A firm's score does not depend on who is scored with it, so batches change no bit. A request of many firms takes its
turn batch by batch, so that small ones need not wait for the whole of it, and health is answered in between.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from typing import Any

from littlegiants.models.scoring.record_scorer import RecordScorer
from littlegiants.serving.http.protocol.limits import EXPLAINED, Limits
from littlegiants.serving.http.protocol.problems import busy

BATCH = 96  # firms computed at a time, to begin with; then as many as the machine computes in `HELD`
LEAST, MOST = 32, 512
HELD = 0.025  # seconds for which nothing else is answered
GATHER = 0.003  # seconds


@dataclass(eq=False, slots=True)
class _Job:
    scorer: RecordScorer
    records: list[Any]
    as_of: date
    explain: bool
    done: asyncio.Future[list[Any]]
    deadline: float
    render: bool
    alone: bool = False  # since something that it was computed with has failed
    answers: list[Any] = field(default_factory=list)

    @property
    def kind(self) -> tuple[int, date, bool, bool, int]:
        """What jobs must have in common to be computed together."""
        return id(self.scorer), self.as_of, self.explain, self.render, id(self) if self.alone else 0

    @property
    def weight(self) -> int:
        """What one of its firms costs."""
        return EXPLAINED if self.explain else 1

    @property
    def cost(self) -> int:
        """Firms still to compute, weighted."""
        return (len(self.records) - len(self.answers)) * self.weight


class Batches:
    """The queue of one worker; used from its event loop only.

    ``waiting`` is the number of firms in the queue, those being explained counting `EXPLAINED` times. One request fills
    half of the queue at most, so a large request does not cause small ones to be refused: they take turns with it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._jobs: deque[_Job] = deque()
        self._arrived, self._enough = asyncio.Event(), asyncio.Event()
        self.waiting, self._filled, self._half = 0, 0, limits.queued_firms // 2
        self._per_firm = 0.001  # seconds, as measured lately, of a firm that is not explained
        self._batch_size = BATCH
        self._coalesced = 1  # requests computed at once, lately
        self._end = float("inf")

    async def compute(
        self, scorer: RecordScorer, records: list[Any], as_of: date, explain: bool, render: bool = True
    ) -> list[Any]:
        """Return the answers to one request, all by the scorer given.

        Parameters
        ----------
        scorer, records, as_of, explain, render
            As of `littlegiants.models.scoring.record_scorer.RecordScorer.score`.

        Raises
        ------
        Problem
            503 at once where too much waits already, or after the longest wait.
        """
        if not records:
            return []
        loop = asyncio.get_running_loop()
        deadline = min(time.monotonic() + self._limits.wait_seconds, self._end)
        job = _Job(scorer, records, as_of, explain, loop.create_future(), deadline, render)
        if self.waiting and self._filled + min(job.cost, self._half) > self._limits.queued_firms:
            raise busy(self.waiting * self._per_firm, "too many firms are waiting already; come again")
        self._push(job)
        self._arrived.set()
        if len(self._jobs) >= self._coalesced:
            self._enough.set()
        try:
            return await job.done
        except asyncio.CancelledError:
            # The client has gone; the rest of its firms is not computed.
            if job in self._jobs:
                self._jobs.remove(job)
                self._count(job, -1)
            raise

    def stop(self, seconds: float) -> None:
        """Give the requests that wait so many seconds more, since the service stops."""
        self._end = time.monotonic() + seconds
        for job in self._jobs:
            job.deadline = min(job.deadline, self._end)

    async def run(self) -> None:
        """Compute what arrives, until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._jobs:
                await self._gather()
                self._step()
                await asyncio.sleep(0)

    async def _gather(self) -> None:
        """Wait a little for as many requests as came together lately: an answered client may send the next at once.

        One firm alone costs nearly as much as eight, so these milliseconds are well spent. A lone client that sends one
        request after the other does not wait.
        """
        await asyncio.sleep(0)
        if len(self._jobs) < self._coalesced and self.waiting < self._batch_size:
            self._enough.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(GATHER):
                    await self._enough.wait()

    def _step(self) -> None:
        start = time.monotonic()
        jobs = self._take(start)
        if not jobs:
            return
        self._coalesced = max(len(jobs), self._coalesced - 1)
        records = [record for _, some in jobs for record in some]
        first = jobs[0][0]
        try:
            answers = first.scorer.score(records, first.as_of, first.explain, unusual=1, render=first.render)
        except Exception as error:  # noqa: BLE001 - the request at fault fails with it; the worker goes on
            self._failed([job for job, _ in jobs], error)
            return
        self._measured(len(records) * first.weight, time.monotonic() - start)
        place = 0
        for job, some in jobs:
            # Up to the first that is put off: each takes as long as all others together, and health waits meanwhile.
            job.answers += takewhile(lambda answer: answer is not None, answers[place : place + len(some)])
            place += len(some)
            if len(job.answers) < len(job.records):
                self._push(job)
            elif not job.done.done():
                job.done.set_result(job.answers)

    def _measured(self, firms: int, seconds: float) -> None:
        """Learn from the time that some firms took."""
        self._per_firm += 0.1 * (seconds / firms - self._per_firm)
        if 4 * firms > 3 * self._batch_size:
            fitting = firms * min(max(HELD / max(seconds, HELD / MOST), 0.5), 1.25)
            self._batch_size = int(min(max(fitting, LEAST), MOST))

    def _failed(self, jobs: list[_Job], error: Exception) -> None:
        if len(jobs) == 1:
            if not jobs[0].done.done():
                jobs[0].done.set_exception(error)
            return
        # It is not known whose fault it was: each is computed again, by itself.
        for job in jobs:
            job.alone = True
            self._push(job)

    def _take(self, now: float) -> list[tuple[_Job, list[Any]]]:
        """Take jobs of one kind from the queue, with the records of each that are computed now."""
        taken: list[tuple[_Job, list[Any]]] = []
        room, others = self._batch_size, []
        while self._jobs and room > 0:
            job = self._jobs.popleft()
            if taken and job.kind != taken[0][0].kind:
                others.append(job)
                continue
            self._count(job, -1)
            if now > job.deadline and not job.done.done():
                wait = self.waiting * self._per_firm
                job.done.set_exception(busy(wait, "the request waited too long; come again"))
            if job.done.done():
                continue
            some = job.records[len(job.answers) : len(job.answers) + max(1, room // job.weight)]
            room -= len(some) * job.weight
            taken.append((job, some))
        self._jobs.extendleft(reversed(others))
        return taken

    def _push(self, job: _Job) -> None:
        self._jobs.append(job)
        self._count(job, 1)

    def _count(self, job: _Job, times: int) -> None:
        self.waiting += times * job.cost
        self._filled += times * min(job.cost, self._half)
