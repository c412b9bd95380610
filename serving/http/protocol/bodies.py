"""A request's head and body, bounded in size and time."""

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.problems import Problem, busy, stopping

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Head = dict[bytes, bytes]
# At most one of each: of two values, two servers on the way might take different ones.
_ONCE = (b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization", b"idempotency-key")
_HOST = re.compile(rb"([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


class Disconnected(Exception):
    """The client went away before its request was whole."""


def read_head(scope: Scope, limits: Limits) -> Head:
    """Return the headers by lower-case name.

    Raises
    ------
    Problem
        400 if the head is malformed or ambiguous, 431 if it has too many headers or one is too long.
    """
    head: Head = {}
    fields = scope["headers"]
    if len(fields) > limits.headers:
        raise Problem(431, "too_many_headers", f"at most {limits.headers} headers are read")
    for name, value in fields:
        if len(value) > limits.header_bytes:
            raise Problem(431, "header_too_large", f"a header has at most {limits.header_bytes:,} bytes")
        if name in head and name in _ONCE:
            raise Problem(400, "repeated_header", f"the header {name.decode()} stands twice")
        head[name] = value
    if b"transfer-encoding" in head and b"content-length" in head:
        raise Problem(400, "ambiguous_length", "Content-Length and Transfer-Encoding exclude each other")
    if _HOST.fullmatch(head.get(b"host", b"")) is None and (b"host" in head or scope["http_version"] == "1.1"):
        raise Problem(400, "malformed_host", "the header Host names no host")
    return head


def check_type(head: Head, *allowed: bytes) -> None:
    """Refuse a body of another media type than those allowed, or a compressed one.

    Raises
    ------
    Problem
        415 if the media type, the charset or the encoding is refused.
    """
    if head.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Problem(415, "content_encoding", "bodies are taken uncompressed only")
    media, _, parameters = head.get(b"content-type", b"").lower().partition(b";")
    if media.strip() not in allowed:
        raise Problem(415, "content_type", f"send the body as {allowed[0].decode()}")
    charset = parameters.partition(b"charset=")[2].strip(b' "')
    if charset not in (b"", b"utf-8", b"utf8"):
        raise Problem(415, "charset", "text is taken in UTF-8 only")


class Reading:
    """Counts the bytes of incomplete bodies in one worker, and gives up those bodies when the service stops.

    Used from the event loop of the worker only.
    """

    def __init__(self, limits: Limits) -> None:
        self._most = limits.bodies_bytes
        self._bytes = 0
        self._waits: set[asyncio.Timeout] = set()
        self._end: float | None = None

    @property
    def stopping(self) -> bool:
        """Whether the service stops."""
        return self._end is not None

    def stop(self, seconds: float) -> None:
        """Give bodies so many seconds more to come, since the service stops."""
        self._end = asyncio.get_running_loop().time() + seconds
        for wait in self._waits:
            with suppress(RuntimeError):  # it is over already
                wait.reschedule(self._end)

    def begin(self, wait: asyncio.Timeout) -> None:
        """Note a body that is being waited for; `end` it in any case."""
        self._waits.add(wait)
        if self._end is not None:
            wait.reschedule(self._end)

    def end(self, wait: asyncio.Timeout) -> None:
        """Note that a body is whole or given up."""
        self._waits.discard(wait)

    def more(self, size: int) -> None:
        """Count bytes that have come.

        Raises
        ------
        Problem
            503 if the worker reads too many bytes at a time.
        """
        self._bytes += size
        if self._bytes > self._most:
            raise busy(1, "too many large bodies are being read; come again")

    def done(self, size: int) -> None:
        """Stop counting bytes, since their body is complete or given up."""
        self._bytes -= size


async def read_body(receive: Receive, head: Head, limits: Limits, reading: Reading) -> bytes:
    """Return the body.

    Parameters
    ----------
    receive
        The ASGI function that returns the next message.
    head
        The headers.
    limits
        Size of the body, and the time in which it must come.
    reading
        The bytes that the worker reads at a time.

    Raises
    ------
    Problem
        400 for a malformed length, 408 for a body that does not come in time, 413 for one that is too large, of which
        no more than the limit is read, 503 if the worker reads too many bytes already or the service stops.
    Disconnected
        If the client went away.
    """
    stated = head.get(b"content-length", b"0")
    if not stated.isdigit() or len(stated) > 18:
        raise Problem(400, "malformed_length", "Content-Length is no number")
    if int(stated) > limits.body_bytes:
        raise _too_large(limits)
    parts, size = [], 0
    try:
        async with asyncio.timeout(limits.body_seconds) as wait:
            reading.begin(wait)
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Disconnected
                part = message.get("body", b"")
                size += len(part)
                reading.more(len(part))
                if size > limits.body_bytes:
                    raise _too_large(limits)
                parts.append(part)
                if not message.get("more_body", False):
                    return parts[0] if len(parts) == 1 else b"".join(parts)
    except TimeoutError:
        if reading.stopping:
            raise stopping() from None
        text = f"the body did not come within {limits.body_seconds:g} seconds"
        raise Problem(408, "slow_body", text, headers={"connection": "close"}) from None
    finally:
        reading.end(wait)
        reading.done(size)


def _too_large(limits: Limits) -> Problem:
    text = f"a body has at most {limits.body_bytes:,} bytes; send fewer firms at a time"
    return Problem(413, "body_too_large", text, headers={"connection": "close"})
