"""What a service takes on at most."""

import msgspec


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of a request and of a worker; whatever lies beyond is refused at once.

    Attributes
    ----------
    body_bytes, body_seconds
        Size of a body, and the time in which it must have come.
    bodies_bytes
        Size of all the bodies that a worker reads at a time.
    firms, events
        Firms of a request, and rows of all its tables that a firm may have.
    queued_firms
        Firms that may wait in one worker, those being explained counting `EXPLAINED` times.
    wait_seconds
        How long a request waits before it is given up.
    headers, header_bytes
        Fields of a request's head, and the length of one.
    """

    body_bytes: int = 10_000_000
    body_seconds: float = 10.0
    bodies_bytes: int = 200_000_000
    firms: int = 500
    events: int = 5_000
    queued_firms: int = 2_000
    wait_seconds: float = 10.0
    headers: int = 100
    header_bytes: int = 8_192


# Exact attributions of a firm cost as much as the scores of so many.
EXPLAINED = 20
