"""A model, its calibration and its artefact: what training writes and serving reads."""

from typing import TYPE_CHECKING

from littlegiants.ingest.lazy import loader

if TYPE_CHECKING:
    from littlegiants.models.artefact.artefact import read_artefact, write_artefact
    from littlegiants.models.scoring.model import Model
else:
    __getattr__ = loader(__name__, {"artefact.artefact": "read_artefact write_artefact", "scoring.model": "Model"})

__all__ = ["Model", "read_artefact", "write_artefact"]
