"""Rate limits by key: token buckets that all worker processes share.

A bucket is one number, the time at which it will be full again (the generic cell rate algorithm of ITU-T I.371). All of
them stand in one small file that every worker maps. Split among the workers instead, a rate would be wrong for every
client whose connections one worker happens to serve.
"""

# Not filelock, which opens a file for every lock and waits by sleeping: the bucket of a request is locked for a few
# microseconds, by the handle of the file that holds it.
import fcntl
import mmap
import os
import time
from contextlib import suppress
from pathlib import Path

SLOTS = 1_024
_MINUTE = 60.0
_TRIES = 50
_ROUNDING = 1e-6  # seconds: sums of sixtieths of a rate are not exact


class Rates:
    """The token buckets of all keys, each by its slot.

    Parameters
    ----------
    shared
        File of the buckets, created if it is missing. All workers of a service use the same file, in a folder that
        only the service can write to. Without a file the buckets belong to this process alone.

    Notes
    -----
    A worker calls it from one thread: the lock keeps processes apart, not threads.
    """

    def __init__(self, shared: Path | None = None) -> None:
        self._handle = -1
        if shared is None:
            self._map = mmap.mmap(-1, SLOTS * 8)
        else:
            self._handle = os.open(shared, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            os.ftruncate(self._handle, SLOTS * 8)
            self._map = mmap.mmap(self._handle, SLOTS * 8)
        self._full_at = memoryview(self._map).cast("d")

    def wait(self, slot: int, per_minute: int) -> float:
        """Take a token from a bucket that holds a minute's worth and fills at ``per_minute``.

        Returns
        -------
        float
            0 if a token was taken; else the seconds until there is one.
        """
        locked = self._handle >= 0 and self._lock()
        try:
            now = time.monotonic()
            # A file from before the last start of the machine has times of another clock; they must not lock a key out.
            full_at = min(max(self._full_at[slot], now), now + _MINUTE)
            wait = full_at + _MINUTE / per_minute - now - _MINUTE
            if wait > _ROUNDING:
                return wait
            self._full_at[slot] = full_at + _MINUTE / per_minute
            return 0.0
        finally:
            if locked:
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _lock(self) -> bool:
        # A worker that was stopped while it held the lock must not stop the others: one token too many does less harm.
        for _ in range(_TRIES):
            with suppress(BlockingIOError):
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            os.sched_yield()
        return False
