"""Limits of a service."""

import msgspec


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of a request and of a worker; a request beyond them is refused at once.

    Attributes
    ----------
    body_bytes, body_seconds
        Size of a body, and the time in which it must come.
    bodies_bytes
        Size of all bodies that a worker reads at a time.
    firms, events
        Firms of a request, and rows of a firm in all its tables.
    queued_firms
        Firms that may wait in one worker; a firm to explain counts `EXPLAINED` times.
    wait_seconds
        How long a request may wait in the queue.
    kept_answers, kept_bytes, kept_seconds
        Answers to requests with an idempotency key: how many are kept, their size together, and for how long.
    upload_seconds, upload_memory
        The time and the bytes of memory that files may take to be read and scored, besides `UPLOAD_SHARE` bytes for
        each of their own. Beyond them the process that reads them is ended.
    headers, header_bytes
        Number of headers of a request, and the length of one.
    """

    body_bytes: int = 10_000_000
    body_seconds: float = 10.0
    bodies_bytes: int = 200_000_000
    firms: int = 500
    events: int = 5_000
    queued_firms: int = 2_000
    wait_seconds: float = 10.0
    kept_answers: int = 10_000
    kept_bytes: int = 100_000_000
    kept_seconds: float = 86_400.0
    upload_seconds: float = 30.0
    upload_memory: int = 512 << 20
    headers: int = 100
    header_bytes: int = 8_192


# The exact attributions of one firm cost as much as the scores of this many firms.
EXPLAINED = 20
UPLOAD_SHARE = 32
