"""The processes for uploads: one is always there, a second once someone waits; each that ended is replaced."""

import logging
import multiprocessing
import select
import socket
import threading
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

from littlegiants.serving.http.process.upload_process import run_uploads
from littlegiants.serving.http.runtime.upload_tasks import socket_address

MOST = 2
_LOOK = 0.1  # seconds
_APART = 1.0  # seconds between two starts, so that one that ends at once does not take the machine
_BACKLOG = 256
_log = logging.getLogger("littlegiants.uploads")


class UploadPool:
    """Starts and replaces the processes for uploads.

    Parameters
    ----------
    run
        Folder of the running service, in which it makes the socket that workers connect to.
    """

    def __init__(self, run: Path) -> None:
        self._run = run
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with socket_address(run) as address:
            self._listener.bind(address)
        self._listener.listen(_BACKLOG)
        self._processes: list[BaseProcess] = []
        self._last_start, self._waited = float("-inf"), False
        self._start()

    def processes(self) -> list[BaseProcess]:
        """Return the processes."""
        return list(self._processes)

    def supervise(self) -> None:
        """Replace processes that have ended; start a second one if someone has waited since the last look."""
        ended = [process for process in self._processes if not process.is_alive()]
        for process in ended:
            self._processes.remove(process)
            if process.exitcode:
                _log.warning("a process for uploads ended with %s and is replaced", process.exitcode)
        waits = bool(select.select([self._listener], [], [], 0)[0])
        wanted = 1 if not self._processes else MOST if waits and self._waited else len(self._processes)
        self._waited = waits
        if len(self._processes) < wanted and time.monotonic() - self._last_start > _APART:
            self._start()

    def run(self, over: threading.Event) -> None:
        """Supervise until the event is set."""
        while not over.wait(_LOOK):
            self.supervise()

    def stop(self) -> None:
        """End all processes."""
        for process in self._processes:
            process.kill()
            process.join()
        self._listener.close()

    def _start(self) -> None:
        self._last_start = time.monotonic()
        arguments = (self._listener, str(self._run))
        # Spawned: OpenMP hangs in a forked process.
        context = multiprocessing.get_context("spawn")
        process = context.Process(target=run_uploads, args=arguments, name="uploads", daemon=True)
        process.start()
        self._processes.append(process)
