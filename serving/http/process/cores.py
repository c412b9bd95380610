"""A core for each worker, if a service has as many workers as the machine has cores.

The threads of a worker hand every request on to one another. If another worker computes on the core that one of them
is to run on, the request waits for a time slice, some four milliseconds; on a core of their own they wait for nothing
but the worker's own computing.
"""

import os
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

_TAKEN: list[BaseFileLock] = []  # a lock without a reference would be released


def cores() -> list[int]:
    """Return the cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def take_core(run: Path, workers: int) -> int | None:
    """Keep this thread, and all that it starts, on a core that no other worker has taken.

    Parameters
    ----------
    run
        Folder of the running service. A core is taken by a lock on a file there, which ends with the process.
    workers
        How many workers share the cores.

    Returns
    -------
    int or None
        The core; None if there are more or fewer cores than workers, or the system cannot bind a thread to a core. Then
        the system moves threads between cores as usual.
    """
    if workers == 1 or not hasattr(os, "sched_setaffinity"):
        return None
    mine = cores()
    if len(mine) != workers:
        return None
    for core in mine:
        lock = FileLock(run / f"core-{core}", mode=0o600, thread_local=False)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            continue
        try:
            os.sched_setaffinity(0, {core})
        except OSError:
            lock.release()
        else:
            _TAKEN.append(lock)
            return core
    return None
