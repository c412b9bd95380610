"""What moved a firm's score: more of the reasons than a score has room for."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from littlegiants.features.matrix import feature_matrix
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.booster import contributions
from littlegiants.models.scoring.reasons import points, reason_codes, strongest_reasons
from littlegiants.reports.wording import Reason, reason
from littlegiants.serving.scorer import Scorer

SHOWN = 8


def drivers(scorer: Scorer, tables: Tables, as_of: date, firm_ids: Sequence[str]) -> dict[str, tuple[Reason, ...]]:
    """Return the signals that moved each firm's score most, strongest first, those of no whole point left out.

    Parameters
    ----------
    scorer, tables, as_of
        What gave the scores.
    firm_ids
        Firms at risk on the date.
    """
    if not firm_ids:
        return {}
    model = scorer.model
    some = tables.take(np.array(firm_ids, object))
    matrix = feature_matrix(some, as_of, model.population, columns=model.columns)
    moved = points(contributions(model.market.booster, matrix.values), model.market.calibration.slope)
    words, unstable = model.manifest.categories, model.manifest.unstable_reasons
    ranks = strongest_reasons(moved, matrix.values, matrix.names, words, unstable, SHOWN)
    codes = {firm_id: reason_codes(own) for firm_id, *own in zip(matrix.firm_ids, *ranks, strict=True)}
    found = {firm_id: tuple(map(reason, own)) for firm_id, own in codes.items()}
    return {firm_id: tuple(r for r in some if r is not None and r.points) for firm_id, some in found.items()}
