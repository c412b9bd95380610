"""The skill to expect of scores whose windows are still open, from the probabilities themselves."""

from dataclasses import dataclass

import numpy as np

from littlegiants.ingest.arrays import Floats


@dataclass(frozen=True, slots=True)
class ExpectedSkill:
    """An estimate, right as long as the probabilities are calibrated; that they are only closed windows can show.

    Attributes
    ----------
    firms
        How many firms have a probability.
    successes
        How many of them to expect to succeed.
    auc
        The area under the ROC curve to expect; None without two firms.
    brier
        The Brier score to expect; None without a firm.
    """

    firms: int
    successes: float
    auc: float | None
    brier: float | None


def expected_skill(market: Floats) -> ExpectedSkill:
    """Return the skill to expect of probabilities, were each firm to succeed with its own, by itself.

    Parameters
    ----------
    market : ndarray, shape (n,)
        P(market), NaN where it was withheld.

    Notes
    -----
    The AUC is the ratio of two expectations over pairs of firms: that the first succeeds and the second does not, times
    one if the first has the greater probability and a half if both have the same; and without that factor. It is known
    as confidence-based performance estimation (CBPE); source: the documentation of NannyML.

    Examples
    --------
    >>> found = expected_skill(np.array([0.1, 0.9, np.nan]))
    >>> found.firms, found.successes, round(found.auc, 3), round(found.brier, 3)
    (2, 1.0, 0.988, 0.09)
    """
    p = np.sort(market[~np.isnan(market)])
    brier = float((p * (1 - p)).mean()) if len(p) else None
    return ExpectedSkill(len(p), float(p.sum()), _auc(p), brier)


def _auc(p: Floats) -> float | None:
    levels, first, counts = np.unique(p, return_index=True, return_counts=True)
    failing = np.concatenate(([0.0], np.cumsum(1 - p)))
    below, same = failing[first], counts * (1 - levels)
    # Of a firm's own level it is compared with the others only.
    pairs = counts * levels * (below + (same - (1 - levels)) / 2)
    every = p.sum() * (1 - p).sum() - (p * (1 - p)).sum()
    return float(pairs.sum() / every) if every > 0 else None
