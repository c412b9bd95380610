"""The check of calibration without bins: how far probabilities are from what outcomes themselves say at each score.

At a score, isotonic regression gives one probability if a further firm there is counted as a failure, and another if it
is counted as a success. Of the two one is perfectly calibrated, whatever the distribution (Venn-Abers; Vovk, Petej and
Fedorova 2015).
"""

import warnings

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.training.evaluation.metrics import Labels


def venn_abers(labels: Labels, probabilities: Floats) -> tuple[Floats, Floats]:
    """Return the two Venn-Abers probabilities at each row's score, the lower first.

    Parameters
    ----------
    labels, probabilities
        Outcomes (n,) and what orders the rows (n,): the probabilities that are checked.
    """
    with np.errstate():  # importing the library silences NumPy for the whole process; this undoes it
        from venn_abers import calc_p0p1

    pairs = np.column_stack((1 - probabilities, probabilities))
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # The library takes the minimum of an empty slope list at the last score, which NumPy warns about.
        warnings.filterwarnings("ignore", "All-NaN slice encountered", RuntimeWarning)
        p0, p1, scores = calc_p0p1(pairs, labels.astype(np.float64))
    # The two step functions are isotonic in exact arithmetic; rounding may leave a step back of one ulp.
    low = np.clip(np.maximum.accumulate(p0[:, 1]), 0.0, 1.0)[np.searchsorted(scores, probabilities, "right")]
    high = np.clip(np.maximum.accumulate(p1[:, 1]), 0.0, 1.0)[np.searchsorted(scores, probabilities, "left")]
    return low, high


def calibration_gap(labels: Labels, probabilities: Floats) -> float:
    """Return the mean distance of each probability to the pair of `venn_abers` at its score; 0 where it lies between.

    Parameters
    ----------
    labels, probabilities
        Outcomes (n,) and the probabilities that are checked, (n,).

    Examples
    --------
    >>> labels = np.repeat([0, 1, 0, 1], [9, 1, 5, 5]).astype(np.int8)
    >>> round(calibration_gap(labels, np.repeat([0.1, 0.5], 10)), 3)  # one of ten, five of ten
    0.0
    >>> round(calibration_gap(labels, np.repeat([0.3, 0.5], 10)), 3)  # at 0.3: from 1/11 to 2/11
    0.059
    """
    low, high = venn_abers(labels, probabilities)
    return float(np.maximum(np.maximum(low - probabilities, probabilities - high), 0.0).mean())
