"""A worker that is to stop ends as soon as all that it accepted is answered, whoever still holds a connection.

The server waits for each client that has sent half a head. No answer is owed to such a client, so the worker ends
without it: once no request is being answered, and no socket holds bytes that its client has not taken yet.
"""

import asyncio
import fcntl
import os
import signal
import stat
import struct
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

# Sent to a worker before the signal that makes the server stop, which tells the application only when it is over.
STOP = signal.SIGUSR1
_DESCRIPTORS = Path("/dev/fd")
_LOOK = 0.1  # seconds
_LOOKS = 3  # in a row; between two of them a request may lie in the server, and bytes on their way to a socket


async def leave(busy: Callable[[], bool], end: Callable[[], None]) -> None:
    """Call a function once nothing is left to answer.

    Parameters
    ----------
    busy
        Whether a request is being answered.
    end
        Ends the process.
    """
    idle = 0
    while idle < _LOOKS:
        await asyncio.sleep(_LOOK)
        idle = 0 if busy() or unsent() else idle + 1
    end()


def unsent() -> bool:
    """Return whether a socket of this process holds bytes that the other side has not taken yet."""
    return any(_unsent(int(path.name)) for path in _DESCRIPTORS.iterdir())


def _unsent(descriptor: int) -> int:
    with suppress(OSError):  # it is closed by now, or has no queue
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            (size,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)))
            return int(size)
    return 0
