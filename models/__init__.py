"""A model, its calibration and its artefact: what training writes and serving reads."""

from typing import TYPE_CHECKING

from littlegiants.features.lazy import loader

if TYPE_CHECKING:
    from littlegiants.models.artefact import read_artefact, write_artefact
    from littlegiants.models.model import Model
else:
    __getattr__ = loader(__name__, artefact="read_artefact write_artefact", model="Model")

__all__ = ["Model", "read_artefact", "write_artefact"]
