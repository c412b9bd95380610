"""Signals of a firm at an as-of date, computed only from what was known on that day."""

from typing import TYPE_CHECKING

from littlegiants.features.lazy import loader

if TYPE_CHECKING:
    from littlegiants.features.errors import (
        ArtefactError,
        AsOfError,
        ConfigError,
        LittleGiantsError,
        RegistryError,
        StopError,
        TableError,
        TrainingError,
    )
    from littlegiants.features.matrix import FeatureMatrix, feature_matrix
    from littlegiants.features.population import Population
    from littlegiants.features.reading import read_tables
    from littlegiants.features.snapshot import Snapshot
    from littlegiants.features.tables import Tables
else:
    __getattr__ = loader(
        __name__,
        errors="ArtefactError AsOfError ConfigError LittleGiantsError RegistryError StopError TableError TrainingError",
        matrix="FeatureMatrix feature_matrix",
        population="Population",
        reading="read_tables",
        snapshot="Snapshot",
        tables="Tables",
    )

__all__ = [
    "ArtefactError",
    "AsOfError",
    "ConfigError",
    "FeatureMatrix",
    "LittleGiantsError",
    "Population",
    "RegistryError",
    "Snapshot",
    "StopError",
    "TableError",
    "Tables",
    "TrainingError",
    "feature_matrix",
    "read_tables",
]
