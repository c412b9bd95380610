"""Signals of a firm at an as-of date, computed only from what was known on that day."""

from typing import TYPE_CHECKING

from littlegiants.ingest.lazy import loader

if TYPE_CHECKING:
    from littlegiants.features.asof.snapshot import Snapshot
    from littlegiants.features.matrix import FeatureMatrix, feature_matrix
    from littlegiants.features.population.population import Population
else:
    __getattr__ = loader(
        __name__,
        {
            "asof.snapshot": "Snapshot",
            "matrix": "FeatureMatrix feature_matrix",
            "population.population": "Population",
        },
    )

__all__ = ["FeatureMatrix", "Population", "Snapshot", "feature_matrix"]
