"""From anybody's files to typed, bitemporal tables, in which every row is used or quarantined."""

from typing import TYPE_CHECKING

from littlegiants.ingest.lazy import loader

if TYPE_CHECKING:
    from littlegiants.ingest.errors import (
        ArtefactError,
        AsOfError,
        ConfigError,
        LittleGiantsError,
        RegistryError,
        StopError,
        TableError,
        TrainingError,
    )
    from littlegiants.ingest.readers.read import read_tables
    from littlegiants.ingest.tables.tables import Tables
else:
    __getattr__ = loader(
        __name__,
        {
            "errors": (
                "ArtefactError AsOfError ConfigError LittleGiantsError RegistryError StopError TableError TrainingError"
            ),
            "readers.read": "read_tables",
            "tables.tables": "Tables",
        },
    )

__all__ = [
    "ArtefactError",
    "AsOfError",
    "ConfigError",
    "LittleGiantsError",
    "RegistryError",
    "StopError",
    "TableError",
    "Tables",
    "TrainingError",
    "read_tables",
]
