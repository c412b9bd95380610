"""A thread pool for long work beside the event loop: bounded concurrency, and a short queue that refuses when full."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from littlegiants.serving.http.protocol.problems import busy

T = TypeVar("T")
_SECONDS = 60.0


class ThreadPool:
    """Runs work in threads.

    Parameters
    ----------
    concurrency
        How many pieces of work run at a time; the rest of the processor belongs to the API.
    queue
        How many may wait.
    """

    def __init__(self, concurrency: int = 1, queue: int = 4) -> None:
        self._limiter = anyio.CapacityLimiter(concurrency)
        self._room, self._inside = concurrency + queue, 0

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns.

        Raises
        ------
        Problem
            503 if the queue is full.
        """
        # Counted here: requests that come at the same moment all find the queue of the limiter empty.
        if self._inside >= self._room:
            raise busy(_SECONDS, "too many portfolios are being scored right now; try again in a minute")
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1
