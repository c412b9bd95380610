"""The difference of two AUCs on the same firms and its standard error (DeLong, DeLong and Clarke-Pearson 1988).

The slices of a cohort are many and small: a bootstrap of each would cost more than all the rest of the gate.
"""

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from littlegiants.ingest.arrays import Floats


def auc_difference(labels: npt.NDArray[np.int8], one: Floats, other: Floats) -> tuple[float, float]:
    """Return the AUC of one score less that of another, and the standard error of the difference.

    Parameters
    ----------
    labels : ndarray of int8, shape (n,)
        1 for a success; at least two successes and two failures.
    one, other : ndarray, shape (n,)
        Two scores of the same rows.
    """
    success = labels == 1
    gains, losses = (a - b for a, b in zip(_placements(success, one), _placements(success, other), strict=True))
    variance = gains.var(ddof=1) / len(gains) + losses.var(ddof=1) / len(losses)
    return float(gains.mean()), float(np.sqrt(variance))


def _placements(success: npt.NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """Return for each success the share of failures below it, and for each failure the share of successes above it."""
    ranks = rankdata(scores)
    high, low = scores[success], scores[~success]
    above = (ranks[success] - rankdata(high)) / len(low)
    below = 1 - (ranks[~success] - rankdata(low)) / len(high)
    return above, below
