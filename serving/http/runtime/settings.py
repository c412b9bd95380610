"""What the worker processes of a service are told; by the environment, since they are spawned and not forked."""

import os
from pathlib import Path

import msgspec

from littlegiants.serving.http.protocol.limits import Limits

VARIABLE = "LITTLEGIANTS_SERVICE"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a service.

    Attributes
    ----------
    run
        Folder of the running service, open to nobody else: the pointer to the model, heartbeats, buckets, metrics.
    workers
        How many processes answer.
    keys
        File of the keys, or None where none are asked for.
    limits
        What is taken on at most.
    """

    run: str
    workers: int = 1
    keys: str | None = None
    limits: Limits = Limits()

    @property
    def folder(self) -> Path:
        """The folder of the running service."""
        return Path(self.run)

    def export(self) -> None:
        """Put the settings where the workers find them."""
        os.environ[VARIABLE] = msgspec.json.encode(self).decode()

    @classmethod
    def imported(cls) -> "Settings":
        """Return the settings that the process was started with."""
        return msgspec.json.decode(os.environ[VARIABLE], type=cls)
