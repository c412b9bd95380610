"""The settings of the worker processes, passed through the environment because workers are spawned, not forked."""

import os
from pathlib import Path

import msgspec

from littlegiants.models.serving_contract import ServingContract
from littlegiants.serving.http.protocol.limits import Limits

VARIABLE = "LITTLEGIANTS_SERVICE"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings of a service.

    Attributes
    ----------
    run
        Folder of the running service, private to it: the pointer to the model, heartbeats, buckets, metrics.
    workers
        Number of worker processes.
    keys
        File of the keys; None if requests need no key.
    limits
        Limits of requests and workers.
    contract
        What every model of the service must be for.
    """

    run: str
    workers: int = 1
    keys: str | None = None
    limits: Limits = Limits()
    contract: ServingContract = ServingContract()

    @property
    def folder(self) -> Path:
        """The folder of the running service."""
        return Path(self.run)

    def export(self) -> None:
        """Write the settings to the environment, which the workers inherit."""
        os.environ[VARIABLE] = msgspec.json.encode(self).decode()

    @classmethod
    def imported(cls) -> "Settings":
        """Return the settings in the environment of this process."""
        return msgspec.json.decode(os.environ[VARIABLE], type=cls)
