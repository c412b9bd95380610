"""A process of the service ends when the process that started it has ended, even by SIGKILL."""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.process import BaseProcess
from typing import Protocol

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


class _Parent(Protocol):
    """A process that can be waited for, such as ``multiprocessing.parent_process()``."""

    def join(self, timeout: float | None = None) -> None:
        """Return when it has ended."""


def end_with_parent(name: str = "") -> None:
    """Make this process, which multiprocessing started, end as soon as its parent has ended.

    Linux sends the signal itself, whatever this process is busy with. A thread waits for the parent as well: for other
    systems, and for a parent that has ended before.

    Parameters
    ----------
    name
        How tools such as ``ps`` and ``top`` name this process, in at most 15 characters; as before if empty.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if name:
            system.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)
    threading.Thread(target=_end_after, args=(parent,), name="parentage", daemon=True).start()


def _end_after(parent: BaseProcess | _Parent) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)
