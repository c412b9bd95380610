"""The settings of a model small enough to be trained in a test."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from littlegiants.training.config import TrainConfig

AS_OF = date(2025, 12, 31)  # the last day of the simulated universe
SMALL: dict[str, Any] = {
    "booster": {"trees": 60, "leaf_firms": 15, "threads": 1},
    "dates": {"fit_dates": 2},
    "min_subsidised": 50,
    "interval_fits": 2,
    "bootstrap": 20,
}


def small_config(**changes) -> TrainConfig:
    """`SMALL` with some settings changed; those of a section are merged into it."""
    return TrainConfig.model_validate(merged(SMALL, changes))


def merged(settings: Mapping, changes: Mapping) -> dict:
    """Nested settings with others on top."""
    return {
        **settings,
        **{key: merged(settings.get(key, {}), v) if isinstance(v, Mapping) else v for key, v in changes.items()},
    }
