"""A worker hands uploads to the processes that read them, and waits for the answer without computing itself."""

import asyncio
import socket
import time
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from littlegiants.serving.http.protocol.problems import Problem, busy, stopping
from littlegiants.serving.http.runtime.upload_tasks import (
    LENGTH,
    READY,
    UploadAnswer,
    UploadTask,
    framed,
    socket_address,
)

ROOM = 6  # uploads of one worker at a time, those that wait included
_WAIT = 60.0  # seconds until a process is free
_SPARE = 2.0  # seconds; a process ends by itself when its time is over
_AGAIN = 30.0  # seconds


class UploadClient:
    """Sends uploads to the processes of a service; used from the event loop of one worker only.

    Parameters
    ----------
    folder
        The folder of the running service, where the socket of the processes is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inside = 0
        self._waits: set[asyncio.Timeout] = set()
        self._end: float | None = None

    def stop(self, seconds: float) -> None:
        """Give all uploads so many seconds more: the service stops."""
        self._end = asyncio.get_running_loop().time() + seconds
        for wait in self._waits:
            with suppress(RuntimeError):  # it is over already
                wait.reschedule(self._sooner(wait.when()))

    async def answer(self, task: UploadTask) -> UploadAnswer:
        """Return the answer to an upload.

        Raises
        ------
        Problem
            That of the upload; 413 if it takes too much time or memory, 503 if too many wait, its process was ended by
            someone else, or the service stops.
        """
        # Counted here: uploads that come at the same moment all find a process free.
        if self._inside >= ROOM:
            raise busy(_AGAIN, "too many portfolios are being scored right now; try again in a minute")
        self._inside += 1
        try:
            answer = await self._exchanged(task)
        finally:
            self._inside -= 1
        if answer.status != 200:
            headers = {"retry-after": "1"} if answer.status == 503 else None
            raise Problem(answer.status, answer.code, answer.message, answer.where, headers)
        return answer

    async def _exchanged(self, task: UploadTask) -> UploadAnswer:
        start: float | None = None
        reader, writer = await self._connected()
        try:
            await self._timed(_WAIT, reader.readexactly(len(READY)))
            start = time.monotonic()
            writer.write(framed(task))
            (length,) = LENGTH.unpack(await self._timed(task.seconds + _SPARE, reader.readexactly(LENGTH.size)))
            return msgspec.msgpack.decode(await self._timed(_SPARE, reader.readexactly(length)), type=UploadAnswer)
        except (asyncio.IncompleteReadError, ConnectionError):
            if start is not None and time.monotonic() - start >= task.seconds:
                raise _too_slow(task.seconds) from None
            raise busy(1, "the process that read the files was ended; send them again", code="interrupted") from None
        except TimeoutError:
            if self._end is not None:
                raise stopping() from None
            if start is not None:
                raise _too_slow(task.seconds) from None
            raise busy(_AGAIN, "too many portfolios are being scored right now; try again in a minute") from None
        finally:
            writer.close()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            with socket_address(self._folder) as address:
                connection.connect(address)
            return await asyncio.open_unix_connection(sock=connection)
        except OSError:
            connection.close()
            raise busy(1, "no process is there to read files; come again") from None

    async def _timed(self, seconds: float, reading: Coroutine[Any, Any, bytes]) -> bytes:
        async with asyncio.timeout(None) as wait:
            wait.reschedule(self._sooner(asyncio.get_running_loop().time() + seconds))
            self._waits.add(wait)
            try:
                return await reading
            finally:
                self._waits.discard(wait)

    def _sooner(self, when: float | None) -> float | None:
        return when if self._end is None else self._end if when is None else min(when, self._end)


def _too_slow(seconds: float) -> Problem:
    text = f"the files took more than {seconds:g} seconds to read and score; send fewer rows at a time"
    return Problem(413, "upload_too_slow", text, "files")
