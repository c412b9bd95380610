"""Ends workers that have no heartbeat although they run; the server then puts others in their place."""

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
    """End silent workers until it is over; only ``children``, since a number may be another process's by now.

    ``supervise`` is called each time, to look after whoever else there is.
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
