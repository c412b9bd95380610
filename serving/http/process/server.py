"""The running service: its folder, the model watcher, the watchdog, and Granian with its worker processes."""

import ipaddress
import logging
import multiprocessing
import os
import resource
import shutil
import signal
import socket
import tempfile
import threading
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.server import Server as Granian

from littlegiants.ingest.errors import ConfigError
from littlegiants.models.signing.trust import Trust
from littlegiants.serving.http.auth.keys import KeyRing
from littlegiants.serving.http.process.model_watcher import ModelWatcher, run_watcher
from littlegiants.serving.http.process.watchdog import watch
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.runtime import metrics
from littlegiants.serving.http.runtime.service import HEARTBEATS
from littlegiants.serving.http.runtime.settings import Settings

_FILES = 256  # open files that a service needs at least
_OWN_FILES = 128  # of them, those of a worker that are no connections
_CONNECTIONS = 1_024  # of a worker; further ones wait in the backlog until one is free
_BACKLOG = 1_024
_HEAD_SECONDS = 10
_STOP_SECONDS = 30
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


def serve(plan: Plan) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP looks for a new champion at once.

    Raises
    ------
    ConfigError
        If the address is taken or needs keys, or too few files may be open at a time.
    LittleGiantsError
        If there is no model to start with, or the keys cannot be read.
    """
    check_address(plan)
    if plan.keys is not None:
        KeyRing.from_file(plan.keys)
    connections = _check_files()
    run = Path(tempfile.mkdtemp(prefix="giants-serve-"))
    multiprocessing.set_start_method("spawn", force=True)  # OpenMP hangs in a forked process
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        ModelWatcher(run, plan.reference, plan.store, plan.trust).look()
        _run(plan, run, connections)
    finally:
        shutil.rmtree(run, ignore_errors=True)


def check_address(plan: Plan) -> None:
    """Refuse an address that is taken, or that other machines reach although requests need no key.

    Raises
    ------
    ConfigError
        If it is refused; the message names the address.
    """
    where = f"{plan.host}:{plan.port}"
    try:
        found = socket.getaddrinfo(plan.host, plan.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise ConfigError(f"{plan.host} is no address of this machine") from None
    if plan.keys is None and not all(ipaddress.ip_address(str(item[4][0])).is_loopback for item in found):
        raise ConfigError(f"{where} can be reached from elsewhere; give --keys, so that not everyone may ask")
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except OSError as error:
            raise ConfigError(f"{where} cannot be listened on: {error.strerror}") from None


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
        self._process.join(_STOP_SECONDS)


def _run(plan: Plan, run: Path, connections: int) -> None:
    keys = None if plan.keys is None else str(plan.keys.resolve())
    Settings(str(run), plan.workers, keys, plan.limits).export()
    metrics.share(run)
    arguments = (str(run), plan.reference, plan.store, plan.trust, plan.poll_seconds)
    watcher = _WatcherProcess(arguments)
    server = _Server(
        "littlegiants.serving.http.process.worker:make_app",
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
    watching = (run / HEARTBEATS, _children, watcher.supervise, over)
    threading.Thread(target=watch, args=watching, name="watchdog", daemon=True).start()
    try:
        server.serve()
    finally:
        over.set()
        logging.shutdown()
        watcher.stop()
