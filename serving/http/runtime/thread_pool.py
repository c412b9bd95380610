"""Long work run beside the event loop: bounded concurrency, a short queue, and a refusal when the queue is full."""

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
        How much of it runs at a time; the rest of the processor belongs to the API.
    queue
        How much may wait.
    """

    def __init__(self, concurrency: int = 1, queue: int = 4) -> None:
        self._limiter = anyio.CapacityLimiter(concurrency)
        self._room, self._inside = concurrency + queue, 0

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns.

        Raises
        ------
        Problem
            503, if as much waits already as may.
        """
        # Counted here, since those who come at the same moment all find the limiter's own queue empty.
        if self._inside >= self._room:
            raise busy(_SECONDS, "too many portfolios are being scored right now; try again in a minute")
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._inside -= 1
