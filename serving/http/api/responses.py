"""The answers about the health of the service."""

import msgspec


class Live(msgspec.Struct, frozen=True):
    """The process lives."""

    live: bool = True


class Ready(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether requests may be sent here; ``why`` says why not."""

    ready: bool
    why: str = ""


LIVE = msgspec.json.encode(Live())
