"""The watchdog ends workers that run without a heartbeat; the server then starts others in their place."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

SILENT = 10.0  # seconds; a worker writes every second, and computes for a tenth of one at a time
_LOOK = 1.0
_log = logging.getLogger("littlegiants.watchdog")


def silent_workers(folder: Path, now: float) -> list[int]:
    """Return the processes whose last heartbeat in a folder of heartbeats is too old."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError, ValueError):
            if now - path.stat().st_mtime > SILENT:
                found.append(int(path.name))
    return found


def watch(folder: Path, children: Callable[[], set[int]], supervise: Callable[[], None], over: threading.Event) -> None:
    """End silent workers, once a second.

    Parameters
    ----------
    folder
        The folder of heartbeats.
    children
        Returns the process ids of the workers. No other process is ended: an old id may belong to a new process.
    supervise
        Called each time, to supervise the model watcher.
    over
        Ends the loop when set.
    """
    while not over.wait(_LOOK):
        supervise()
        for pid in silent_workers(folder, time.time()):
            if pid in children():
                _log.error("worker %s had no heartbeat for %g seconds and is ended", pid, SILENT)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            with suppress(OSError):
                (folder / str(pid)).unlink()
