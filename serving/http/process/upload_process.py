"""A process that reads and scores uploads, one after the other, within bounds of time and memory.

What a client sends as a file may cost any time and memory, in libraries that cannot be interrupted. So the system
itself ends the process when the time of an upload is over, and refuses memory beyond the bound; the service then starts
another process.
"""

import ctypes
import gc
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from littlegiants.models.scoring.lean_import import import_lightgbm_alone
from littlegiants.serving.http.runtime.logs import Log
from littlegiants.serving.http.runtime.upload_tasks import READY, UploadAnswer, UploadTask, framed, read_framed
from littlegiants.serving.parentage import end_with_parent

NAME = "giants-uploads"
_GROWN = 150 << 20  # bytes that a process may keep after an upload; with more it ends, and another is started
_PAGE = resource.getpagesize()
_log = logging.getLogger("littlegiants.uploads")


def run_uploads(listener: socket.socket, run: str) -> None:
    """Answer uploads until the service ends, as the target of a process.

    Parameters
    ----------
    listener
        Where workers connect, each connection for one upload. A process takes one when it is free.
    run
        Folder of the running service.
    """
    end_with_parent(NAME)
    # Arrow's own allocators reserve a gigabyte beforehand, which would count as used.
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    import_lightgbm_alone()
    # Imported here: the service starts this process and needs none of what it computes with.
    from littlegiants.serving.http.process.upload_work import ModelCache, answer_task

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # meant for the service, which ends this process last
    logging.raiseExceptions = False
    logging.basicConfig(handlers=[Log()], level=logging.INFO, force=True)
    models = ModelCache()
    work = partial(answer_task, models=models)
    models.preload(Path(run))
    gc.collect()
    gc.freeze()
    first = resident()
    while True:
        connection, _ = listener.accept()
        with connection:
            whole = _serve(connection, work)
        _release()
        if not whole or resident() > first + _GROWN:
            return


def _serve(connection: socket.socket, work: Callable[[UploadTask], UploadAnswer]) -> bool:
    """Answer one upload; return whether the process is as good as before."""
    whole = True
    try:
        connection.settimeout(5)
        connection.sendall(READY)
        task = read_framed(connection, UploadTask)
        connection.settimeout(None)
        before = _reset_peak()
        with_bounds(task.seconds, task.memory)
        try:
            answer = work(task)
        except MemoryError:
            answer, whole = _too_heavy(task), False
        except Exception:  # noqa: BLE001 - the log has it; the client learns nothing else
            answer, whole = UploadAnswer(status=500, code="failed", message="something of ours failed"), False
            if not _has_peaked(before, task):
                _log.exception("an upload failed")
        finally:
            without_bounds()
        # Libraries take a lack of memory for a fault of the file, or for none that they know.
        if answer.status != 200 and _has_peaked(before, task):
            answer, whole = _too_heavy(task), False
        connection.settimeout(5)
        connection.sendall(framed(answer))
    except (OSError, MemoryError):
        return False
    return whole


def with_bounds(seconds: float, memory: int) -> None:
    """Let the system end this process after some time, and refuse it memory beyond what it has and some bytes more."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    _limit(_data() + memory)


def without_bounds() -> None:
    """Lift the bounds."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    _limit(resource.RLIM_INFINITY)


def _limit(size: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    most = size if hard == resource.RLIM_INFINITY else hard if size == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def _too_heavy(task: UploadTask) -> UploadAnswer:
    text = f"the files take more than {task.memory >> 20:,} MiB to read and score; send fewer rows at a time"
    return UploadAnswer(status=413, code="upload_too_heavy", message=text, where="files")


def _reset_peak() -> int:
    """Forget the most memory that was ever resident; return what is resident."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return resident()


def _has_peaked(before: int, task: UploadTask) -> bool:
    """Return whether an upload has come near its bound of memory."""
    return _peak() > before + task.memory // 2


def _peak() -> int:
    """Return the most bytes that were resident since the last reset."""
    with suppress(OSError):  # getrusage would also count what the starting process held when it was copied
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def resident() -> int:
    """Return the resident bytes of this process; 0 where the system does not say."""
    return _statm(1)


def _data() -> int:
    """Return the bytes that count towards the bound of memory."""
    return _statm(5)


def _statm(index: int) -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[index]) * _PAGE
    except OSError:
        return 0


def _release() -> None:
    """Give memory back to the system."""
    gc.collect()
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(AttributeError):  # not every C library has it
            ctypes.CDLL(None).malloc_trim(0)
