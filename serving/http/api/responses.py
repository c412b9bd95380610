"""The answers about the health of the service."""

import msgspec


class Live(msgspec.Struct, frozen=True):
    """The process lives."""

    live: bool = True


class Ready(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether requests may be sent here; ``why`` says why not.

    ``refused`` says which newer model was refused, and why; the one before answers on.
    """

    ready: bool
    why: str = ""
    refused: str = ""


LIVE = msgspec.json.encode(Live())
