"""What a worker and a process for uploads say to each other: length and MessagePack, over a Unix socket."""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

SOCKET = "uploads"
READY = b"ready"  # the process has taken the connection, and its time begins
LENGTH = struct.Struct("!Q")
_LONGEST = 100  # an address may have some 104 bytes, depending on the system
_DESCRIPTORS = Path("/proc/self/fd")
UploadForm = Literal["scores", "file", "page"]
T = TypeVar("T")


class SentFile(msgspec.Struct, frozen=True):
    """A file as it was sent."""

    name: str
    content: bytes


class UploadTask(msgspec.Struct, frozen=True):
    """Files to score.

    Attributes
    ----------
    form
        What is answered: scores as JSON, a file of scores, or a page.
    files, as_of, explain
        As the client sent them.
    simulated
        Whether the files are those of the example.
    ignored
        Columns that resemble one of the contract and are none.
    firms
        How many firms are taken.
    model, digest
        Folder and digest of the model in use.
    seconds, memory
        The time and the bytes of memory that it may take.
    """

    form: UploadForm
    files: tuple[SentFile, ...]
    as_of: date
    model: str
    digest: str
    firms: int
    seconds: float
    memory: int
    explain: bool = False
    simulated: bool = False
    ignored: tuple[str, ...] = ()


class UploadAnswer(msgspec.Struct, frozen=True):
    """The answer, or the problem: status, code, message and place.

    ``scored`` and ``refused`` count the firms.
    """

    body: bytes = b""
    scored: int = 0
    refused: int = 0
    status: int = 200
    code: str = ""
    message: str = ""
    where: str = ""


def framed(said: msgspec.Struct) -> bytes:
    """Return a task or an answer as it is sent."""
    body = msgspec.msgpack.encode(said)
    return LENGTH.pack(len(body)) + body


def read_framed(connection: socket.socket, kind: type[T]) -> T:
    """Return what the other side sends next.

    Raises
    ------
    ConnectionError
        If it ends before that.
    """
    (length,) = LENGTH.unpack(_read(connection, LENGTH.size))
    return msgspec.msgpack.decode(_read(connection, length), type=kind)


def _read(connection: socket.socket, length: int) -> bytearray:
    found = bytearray(length)
    view, size = memoryview(found), 0
    while size < length:
        read = connection.recv_into(view[size:])
        if not read:
            raise ConnectionError("the other side has ended")
        size += read
    return found


@contextmanager
def socket_address(folder: Path) -> Iterator[Any]:
    """Give the address of the socket in a run folder, in a form that is short enough however long the path is."""
    path = folder / SOCKET
    if len(os.fsencode(path)) < _LONGEST or not _DESCRIPTORS.is_dir():
        yield str(path)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield str(_DESCRIPTORS / str(descriptor) / SOCKET)
    finally:
        os.close(descriptor)
