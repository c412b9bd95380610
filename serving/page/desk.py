"""Work that takes long, done beside the event loop: a little at a time, a few waiting, the others sent away at once."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from littlegiants.features.errors import LittleGiantsError

T = TypeVar("T")


class BusyError(LittleGiantsError):
    """Too many portfolios wait already."""

    status = 503


class Desk:
    """Runs work in a thread of its own.

    Parameters
    ----------
    seats
        How much of it runs at a time: the rest of the processor belongs to the API.
    queue
        How much may wait.
    """

    def __init__(self, seats: int = 1, queue: int = 4) -> None:
        self._limiter = anyio.CapacityLimiter(seats)
        self._queue = queue

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns.

        Raises
        ------
        BusyError
            If as much waits already as may.
        """
        if self._limiter.statistics().tasks_waiting >= self._queue:
            raise BusyError("too many portfolios are being scored right now; try again in a minute")
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)
