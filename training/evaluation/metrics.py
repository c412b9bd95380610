"""Skill, calibration and decisions: what is measured of scores, given what became of the firms."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Reliability

Labels = npt.NDArray[np.int8]
Metric = Callable[[Labels, Floats], float]
BINS = 10
_TINY = 1e-9


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
    "auc": lambda y, p: float(roc_auc_score(y, p)),
    "average_precision": lambda y, p: float(average_precision_score(y, p)),
}
CALIBRATION: dict[str, Metric] = {
    "brier": lambda y, p: float(brier_score_loss(y, p)),
    "log_loss": lambda y, p: float(log_loss(y, np.clip(p, _TINY, 1 - _TINY))),
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
    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(logits, labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
