"""From labelled cohorts to a judged model: labels, temporal splits, fitting and evaluation."""

from typing import TYPE_CHECKING

from littlegiants.ingest.lazy import loader

if TYPE_CHECKING:
    from littlegiants.training.config import TrainConfig
    from littlegiants.training.pipeline import train
    from littlegiants.training.simulator import simulate
    from littlegiants.training.tracking import track
else:
    __getattr__ = loader(
        __name__, {"config": "TrainConfig", "pipeline": "train", "simulator": "simulate", "tracking": "track"}
    )

__all__ = ["TrainConfig", "simulate", "track", "train"]
