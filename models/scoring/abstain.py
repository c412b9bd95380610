"""When a probability is withheld, and why."""

import numpy as np
import numpy.typing as npt

from littlegiants.features.matrix import FeatureMatrix

REASONS = {
    "nothing_known": "no event of the firm is known on the as-of date",
    "unseen_country": "training saw no firm of this country",
    "unseen_sector": "training saw no firm of any of this firm's sectors",
    "table_missing": "a table that the model relies on was not given",
}


def abstain_reason(matrix: FeatureMatrix, observed_tables: tuple[str, ...]) -> npt.NDArray[np.object_]:
    """Return for each firm the code of `REASONS` for which its probability is withheld, or empty text.

    Parameters
    ----------
    matrix
        The firms' signals.
    observed_tables
        The signal tables that were present in training.
    """
    reason = np.full(len(matrix), "", object)
    for name in observed_tables:
        flag = f"{name}_observed"
        if flag in matrix.names:
            reason[matrix.values[:, matrix.names.index(flag)] == 0] = "table_missing"
    for kind in ("sector", "country"):
        reason[matrix.unseen == kind] = f"unseen_{kind}"
    reason[matrix.events == 0] = "nothing_known"
    return reason
