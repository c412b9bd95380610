"""Every metric of a set of firms, at one origin or pooled over several; all metrics of rank share one sort."""

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Figure, Reliability
from littlegiants.training.backtest.result import Result
from littlegiants.training.evaluation.bootstrap import Bootstrap, Replicates, figures
from littlegiants.training.evaluation.metrics import CALIBRATION, SKILL, Labels, cox, depth, reliability, tied_shares
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes

DEPTHS = {"20": 20, "100": 100, "1%": 0.01, "5%": 0.05, "10%": 0.1}
CAPTURE = "capture_at_5%"


class Measured(Result):
    """Everything measured of one scorer's probabilities.

    Attributes
    ----------
    rows, firms, successes
        Rows measured, the different firms among them, and the rows that are successes.
    metrics
        By name, with bootstrap intervals over firms. Pooled over several origins, those of `ranking` are the mean over
        the origins, since firms are chosen among those of one date; those of `calibration` are taken over all rows,
        since a probability must hold whatever the date.
    reliability
        Predicted and observed rates over bins of equal size.
    """

    rows: int
    firms: int
    successes: int
    metrics: dict[str, Figure]
    reliability: tuple[Reliability, ...]


def ranking(labels: Labels, scores: Floats) -> dict[str, float]:
    """Return skill and decisions: what `SKILL` and `DECISIONS` give, and the share of all successes in the top 5 %."""
    best_first = tied_shares(labels, scores)[np.argsort(-scores, kind="stable")]
    precision = {name: float(best_first[: depth(k, len(labels))].mean()) for name, k in DEPTHS.items()}
    rate = float(labels.mean())
    return {
        **{name: metric(labels, scores) for name, metric in SKILL.items()},
        **{f"precision_at_{name}": share for name, share in precision.items()},
        **{f"lift_at_{name}": share / rate for name, share in precision.items()},
        CAPTURE: precision["5%"] * depth(DEPTHS["5%"], len(labels)) / float(labels.sum()),
    }


def errors(labels: Labels, probabilities: Floats) -> dict[str, float]:
    """Return the errors of probabilities."""
    return {name: CALIBRATION[name](labels, probabilities) for name in ("brier", "log_loss", "ece")}


def calibration(labels: Labels, probabilities: Floats) -> dict[str, float]:
    """Return what `CALIBRATION` gives."""
    slope, intercept = cox(labels, probabilities)
    return {**errors(labels, probabilities), "calibration_slope": slope, "calibration_intercept": intercept}


def replicate_all(outcomes: PooledOutcomes, probabilities: Floats, bootstrap: Bootstrap) -> Replicates:
    """Measure every metric on all rows and on every resample.

    Parameters
    ----------
    outcomes
        The rows' outcomes.
    probabilities : ndarray, shape (n,)
        The probability of each row.
    bootstrap
        The resampling of firms.
    """
    return bootstrap.replicates(outcomes, probabilities, at_each_origin=ranking, on_all=calibration)


def measured(outcomes: PooledOutcomes, probabilities: Floats, replicates: Replicates) -> Measured:
    """Return what was measured.

    Parameters
    ----------
    outcomes, probabilities
        Outcomes, and the probability of each row, (n,).
    replicates
        By `replicate_all`.
    """
    return Measured(
        rows=len(outcomes),
        firms=len(set(outcomes.firm_ids.tolist())),
        successes=int(outcomes.labels.sum()),
        metrics=figures(replicates),
        reliability=reliability(outcomes.labels, probabilities),
    )
