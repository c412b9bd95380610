"""The reasons of single firms, computed anew from the model and the tables that gave their scores."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from littlegiants.features.matrix import feature_matrix
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.booster import contributions
from littlegiants.models.scoring.model import Model
from littlegiants.models.scoring.reasons import SHOWN, Reason, points, strongest_reasons


def firm_reasons(
    model: Model, tables: Tables, as_of: date, firm_ids: Sequence[str], shown: int = SHOWN
) -> dict[str, tuple[Reason, ...]]:
    """Return the features that moved each firm's score most, strongest first.

    Parameters
    ----------
    model, tables, as_of
        What gave the scores.
    firm_ids
        Firms at risk on the date. An id that the tables do not have is left out.
    shown
        How many reasons a firm gets.
    """
    if not firm_ids:
        return {}
    some = tables.take(np.array(firm_ids, object))
    matrix = feature_matrix(some, as_of, model.population, columns=model.columns)
    moved = points(contributions(model.market.booster, matrix.values), model.market.calibration.slope)
    categories, unstable = model.manifest.categories, model.manifest.unstable_reasons
    ranks = strongest_reasons(moved, matrix.values, matrix.names, categories, unstable, shown)
    own = zip(matrix.firm_ids, *ranks, strict=True)
    return {firm_id: tuple(reason for reason in found if reason is not None) for firm_id, *found in own}
