"""Skill, calibration and decisions: what is measured of scores, given what became of the firms.

The figures are scikit-learn's to the last bit. Its functions check their input anew at every call, which costs ten
times the arithmetic. The bootstrap calls a metric thousands of times, so here is the arithmetic alone.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy
from sklearn import config_context
from sklearn.linear_model import LogisticRegression

from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Reliability

Labels = npt.NDArray[np.int8]
Metric = Callable[[Labels, Floats], float]
BINS = 10
_TINY = 1e-9


def auc(labels: Labels, scores: Floats) -> float:
    """Return the area under the ROC curve: how often a success ranks above a failure, ties counting half."""
    true, false = _positives(labels, scores)
    if len(true) > 2:  # scikit-learn leaves out the points between others on a line, which changes the rounding
        corners = np.concatenate(([True], (np.diff(false, 2) != 0) | (np.diff(true, 2) != 0), [True]))
        true, false = true[corners], false[corners]
    true, false = np.concatenate(([0.0], true)), np.concatenate(([0.0], false))
    return float(np.trapezoid(true / true[-1], false / false[-1]))


def average_precision(labels: Labels, scores: Floats) -> float:
    """Return the mean precision over the successes, in the order of the scores."""
    true, false = _positives(labels, scores)
    precision, recall = (true / (true + false))[::-1], np.concatenate(((true / true[-1])[::-1], [0.0]))
    return float(max(0.0, -np.sum(np.diff(recall) * precision)))


def brier(labels: Labels, probabilities: Floats) -> float:
    """Return the mean squared error of the probabilities (Brier 1950)."""
    failure, success = (1 - labels) - (1 - probabilities), labels - probabilities
    return float(np.mean(failure**2 + success**2) * 0.5)


def log_loss(labels: Labels, probabilities: Floats) -> float:
    """Return the mean negative log-likelihood, in nats; a certain error costs as much as one of probability 1e-9."""
    clipped = np.clip(probabilities, _TINY, 1 - _TINY)
    return float(np.mean(-(xlogy(1.0 - labels, 1 - clipped) + xlogy(labels, clipped))))


def ece(labels: Labels, probabilities: Floats) -> float:
    """Return the expected calibration error over `BINS` bins of equal size (Naeini et al. 2015), 0 to 1."""
    order = np.argsort(probabilities, kind="stable")
    shares = tied_shares(labels, probabilities)
    gaps = [abs(probabilities[part].mean() - shares[part].mean()) * len(part) for part in _bins(order)]
    return float(sum(gaps) / len(labels))


def calibration_slope(labels: Labels, probabilities: Floats) -> float:
    """Return the slope of the outcome on the log-odds of the probability (Cox 1958); below 1 is overconfident."""
    return cox(labels, probabilities)[0]


def calibration_intercept(labels: Labels, probabilities: Floats) -> float:
    """Return the intercept of the outcome on the log-odds of the probability (Cox 1958); 0 is perfect."""
    return cox(labels, probabilities)[1]


def precision_at(k: float) -> Metric:
    """Return the share of successes among the best k firms, or the best share k when k is below 1."""

    def metric(labels: Labels, probabilities: Floats) -> float:
        return float(tied_shares(labels, probabilities)[_best(probabilities, k)].mean())

    return metric


def lift_at(k: float) -> Metric:
    """Return `precision_at` over the base rate."""
    precision = precision_at(k)

    def metric(labels: Labels, probabilities: Floats) -> float:
        return precision(labels, probabilities) / max(float(labels.mean()), _TINY)

    return metric


SKILL: dict[str, Metric] = {
    "auc": auc,
    "average_precision": average_precision,
}
CALIBRATION: dict[str, Metric] = {
    "brier": brier,
    "log_loss": log_loss,
    "ece": ece,
    "calibration_slope": calibration_slope,
    "calibration_intercept": calibration_intercept,
}
DECISIONS: dict[str, Metric] = {
    **{f"precision_at_{k}": precision_at(k) for k in (20, 100)},
    **{f"precision_at_{k:.0%}": precision_at(k) for k in (0.01, 0.05, 0.1)},
    **{f"lift_at_{k}": lift_at(k) for k in (20, 100)},
    **{f"lift_at_{k:.0%}": lift_at(k) for k in (0.01, 0.05, 0.1)},
}


def measure(metrics: Mapping[str, Metric], labels: Labels, probabilities: Floats) -> dict[str, float]:
    """Return each metric by name; slope and intercept of the calibration come of one fit.

    Parameters
    ----------
    metrics
        What is measured, by name.
    labels, probabilities : ndarray, shape (n,)
        0/1 outcomes and scores, one a firm.
    """
    fitted: dict[Metric, float] = {}
    if calibration_slope in metrics.values() and calibration_intercept in metrics.values():
        fitted = dict(zip((calibration_slope, calibration_intercept), cox(labels, probabilities), strict=True))
    return {
        name: fitted[metric] if metric in fitted else metric(labels, probabilities) for name, metric in metrics.items()
    }


def reliability(labels: Labels, probabilities: Floats) -> tuple[Reliability, ...]:
    """Return predicted and observed rates over `BINS` bins of equal size."""
    order = np.argsort(probabilities, kind="stable")
    return tuple(
        Reliability(predicted=float(probabilities[part].mean()), observed=float(labels[part].mean()), firms=len(part))
        for part in _bins(order)
    )


def tied_shares(labels: Labels, probabilities: Floats) -> Floats:
    """Return each firm's outcome, or where firms tie the share of successes among them: their order says nothing."""
    _, tie = np.unique(probabilities, return_inverse=True)
    return (np.bincount(tie, labels) / np.bincount(tie))[tie]


def _positives(labels: Labels, scores: Floats) -> tuple[Floats, Floats]:
    """Return the true and the false positives at each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(scores) - 1)
    true = np.cumsum(labels[order], dtype=np.float64)[last]
    return true, 1.0 + last - true


def _bins(order: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    return [part for part in np.array_split(order, BINS) if len(part)]


def depth(k: float, firms: int) -> int:
    """Return how many firms the best k are, or the best share k when k is below 1; one at least."""
    return max(round(k * firms) if k < 1 else min(int(k), firms), 1)


def _best(probabilities: Floats, k: float) -> npt.NDArray[np.int64]:
    return np.argsort(-probabilities, kind="stable")[: depth(k, len(probabilities))]


def cox(labels: Labels, probabilities: Floats) -> tuple[float, float]:
    """Return slope and intercept of the outcome on the log-odds of the probability (Cox 1958)."""
    clipped = np.clip(probabilities, _TINY, 1 - _TINY)
    logits = np.log(clipped / (1 - clipped)).reshape(-1, 1)
    if np.ptp(logits) < _TINY:
        return 0.0, float(np.log(labels.mean() / (1 - labels.mean())))
    with config_context(assume_finite=True, skip_parameter_validation=True):
        fitted = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(logits, labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
