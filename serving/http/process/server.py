"""The running service: its folder, the model watcher, the watchdog, and Granian with its worker processes."""

import logging
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server as Granian

from littlegiants.ingest.errors import ConfigError
from littlegiants.models.serving_contract import ServingContract
from littlegiants.models.signing.trust import Trust
from littlegiants.serving.http.auth.keys import KeyRing
from littlegiants.serving.http.process.address import reserve
from littlegiants.serving.http.process.model_watcher import ModelWatcher
from littlegiants.serving.http.process.run_folder import run_folder
from littlegiants.serving.http.process.spawned import run_watcher
from littlegiants.serving.http.process.upload_pool import UploadPool
from littlegiants.serving.http.process.watchdog import watch
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.runtime import metrics
from littlegiants.serving.http.runtime.departure import STOP
from littlegiants.serving.http.runtime.service import HEARTBEATS
from littlegiants.serving.http.runtime.settings import Settings

_FILES = 256  # open files that a service needs at least
_OWN_FILES = 128  # of them, those of a worker that are no connections
_CONNECTIONS = 1_024  # of a worker; further ones wait in the backlog until one is free
_BACKLOG = 1_024
_HEAD_SECONDS = 10
_STOP_SECONDS = 8  # all that is accepted is answered or refused before
_WATCHER_SECONDS = 1
_log = logging.getLogger("littlegiants.server")


@dataclass(frozen=True, slots=True)
class Plan:
    """The options of a service.

    Attributes
    ----------
    reference, store
        The model, as of `littlegiants.serving.http.process.model_watcher.ModelWatcher`.
    host, port
        The address to listen on.
    trust
        Whose signature a model must have; None if it needs none.
    contract
        What a model must be for; the first model completes it.
    workers
        Number of worker processes.
    keys
        File of the keys. None if requests need no key; then the service listens on this machine only.
    poll_seconds
        Seconds between two looks into the registry for a new champion.
    limits
        Limits of requests and workers.
    """

    reference: str
    store: str | None = None
    trust: Trust | None = None
    contract: ServingContract = field(default_factory=ServingContract)
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    keys: Path | None = None
    poll_seconds: float = 30.0
    limits: Limits = field(default_factory=Limits)


class _Server(Granian):  # type: ignore[misc,valid-type]
    """Granian, except that SIGHUP looks for a new model instead of replacing the workers."""

    def __init__(self, *arguments: Any, look: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._look = look

    def _reload(self, *_: Any) -> None:
        self.reload_signal = False
        self.main_loop_interrupt.clear()
        self._look()

    def shutdown(self, exit_code: int = 0) -> None:
        """Stop the workers, which first hear of it themselves."""
        for worker in self.wrks:
            worker.interrupt_by_parent = True  # one that has not started yet ends by the signal
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, STOP)
        super().shutdown(exit_code)


def serve(plan: Plan) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP looks for a new champion at once.

    Raises
    ------
    ConfigError
        If the address is taken or needs keys, or too few files may be open at a time.
    LittleGiantsError
        If there is no model to start with, or the keys cannot be read.
    """
    with _interruptible(), closing(reserve(plan.host, plan.port, plan.keys is not None)):
        if plan.keys is not None:
            KeyRing.from_file(plan.keys)
        connections = _check_files()
        multiprocessing.set_start_method("spawn", force=True)  # OpenMP hangs in a forked process
        os.environ["OMP_NUM_THREADS"] = "1"
        with run_folder() as run:
            watcher = ModelWatcher(run, plan.reference, plan.store, plan.trust, plan.contract)
            watcher.look()
            _run(replace(plan, contract=watcher.contract), run, connections)


@contextmanager
def _interruptible() -> Iterator[None]:
    """End in order on a signal that comes before the server has handlers of its own, and put the handlers back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

    def leave(*_: object) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # a model is being looked for already
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_files() -> int:
    """Return how many connections a worker may hold and still open files of its own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _CONNECTIONS + _OWN_FILES
    most = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
    if most < _FILES:
        raise ConfigError(f"only {most} files may be open at once; a service needs {_FILES} at least (ulimit -n)")
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most - _OWN_FILES


def _children() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


class _WatcherProcess:
    """The process of the model watcher, started again when it has ended."""

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        self._arguments = arguments
        self._process = self._started()

    def _started(self) -> BaseProcess:
        process = multiprocessing.Process(target=run_watcher, args=self._arguments, name="model-watcher", daemon=True)
        process.start()
        return process

    def supervise(self) -> None:
        """Start it again if it has ended."""
        if not self._process.is_alive():
            _log.error("the model watcher has ended and is started again")
            self._process = self._started()

    def look(self) -> None:
        """Make it look for a model now."""
        if self._process.pid is not None and self._process.is_alive():
            os.kill(self._process.pid, signal.SIGHUP)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.join(_WATCHER_SECONDS)
        self._process.kill()  # what it fetches is fetched by the next
        self._process.join()


def _run(plan: Plan, run: Path, connections: int) -> None:
    keys = None if plan.keys is None else str(plan.keys.resolve())
    Settings(str(run), plan.workers, keys, plan.limits, plan.contract).export()
    metrics.share(run)
    arguments = (str(run), plan.reference, plan.store, plan.trust, plan.contract, plan.poll_seconds)
    watcher = _WatcherProcess(arguments)
    server = _Server(
        "littlegiants.serving.http.process.spawned:make_app",
        factory=True,
        look=watcher.look,
        address=plan.host,
        port=plan.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=plan.workers,
        backlog=_BACKLOG,
        backpressure=connections,
        # HTTP/1 alone: while Granian waits to learn which version a client speaks, no time is set for its silence.
        http=HTTPModes.http1,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_SECONDS * 1_000, max_buffer_size=65_536),
        log_enabled=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=_STOP_SECONDS,
    )
    over = threading.Event()
    uploads = UploadPool(run)
    threading.Thread(target=uploads.run, args=(over,), name="uploads", daemon=True).start()
    watching = (run / HEARTBEATS, _children, watcher.supervise, over)
    threading.Thread(target=watch, args=watching, name="watchdog", daemon=True).start()
    try:
        server.serve()
    finally:
        over.set()
        logging.shutdown()
        watcher.stop()
        uploads.stop()
