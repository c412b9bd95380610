"""One line of JSON on stderr for each request and each event, without payloads and secrets.

Lines are written by a thread, so that a reader who has fallen asleep holds up no answer; when too many wait, the oldest
are dropped and counted. When stderr is gone, the service goes on without.
"""

import atexit
import logging
import os
import threading
import time
import traceback
from collections import deque
from datetime import UTC, datetime
from types import TracebackType

import msgspec

_WAITING = 10_000
_EVERY = 0.1  # seconds
_STDERR = 2


class Log(logging.Handler):
    """The log of one worker, and the handler of the logging module."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.dropped = 0
        self._lines: deque[bytes] = deque()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._write, name="log", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def line(self, **said: object) -> None:
        """Write one line."""
        if len(self._lines) >= _WAITING:
            self.dropped += 1
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._lines.append(msgspec.json.encode({"time": now, "pid": os.getpid(), **said}))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record of the logging module."""
        trace = {"trace": _trace(*record.exc_info)} if record.exc_info else {}
        self.line(level=record.levelname.lower(), logger=record.name, message=record.getMessage(), **trace)

    def close(self) -> None:
        """Write what waits, and stop."""
        self._over.set()
        self._thread.join(1.0)
        super().close()

    def _write(self) -> None:
        while not self._over.wait(_EVERY):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if self.dropped:
            lines.append(msgspec.json.encode({"time": time.time(), "message": f"{self.dropped} lines were dropped"}))
            self.dropped = 0
        text = b"\n".join(lines) + b"\n" if lines else b""
        while text:
            try:
                text = text[os.write(_STDERR, text) :]
            except OSError:
                return


def _trace(kind: type[BaseException] | None, _: BaseException | None, places: TracebackType | None) -> str:
    """Return where an exception happened and its class, but not its message, which may hold data of a client."""
    return "".join(traceback.format_tb(places)) + (kind.__name__ if kind else "")
