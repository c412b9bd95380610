"""Scores of firms from a verified artefact, with intervals, abstentions and reasons."""

from typing import TYPE_CHECKING

from littlegiants.ingest.lazy import loader

if TYPE_CHECKING:
    from littlegiants.serving.output import write_scores
    from littlegiants.serving.scorer import Scorer
else:
    __getattr__ = loader(__name__, {"output": "write_scores", "scorer": "Scorer"})

__all__ = ["Scorer", "write_scores"]
