"""Whether the intervals hold out of time, as far as outcomes that are only 0 or 1 can tell.

One firm's probability is never observed, so one firm's interval cannot be judged (`benchmarks/intervals.py` judges it
on a simulated economy). What can be: over the firms of a bin of the score, the mean interval and the observed rate with
an interval of its own (Wilson 1927). Where the two do not even overlap, the interval was wrong. Whether probabilities
are calibrated at all is looked at without bins, too (Venn-Abers).
"""

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from littlegiants.ingest.arrays import Floats
from littlegiants.training.backtest.result import Result
from littlegiants.training.evaluation.metrics import BINS, Labels
from littlegiants.training.evaluation.venn_abers import calibration_gap


class IntervalBin(Result):
    """The firms of one bin of the score.

    Attributes
    ----------
    rows
        Rows in the bin.
    predicted, low, high
        Means of the probability and of the ends of its interval.
    observed, observed_low, observed_high
        Share of successes with its own interval at 95 %.
    holds
        Whether the two intervals overlap.
    inside
        Whether the observed rate itself lies in the mean interval.
    truth
        Mean true probability, where it is known.
    """

    rows: int
    predicted: float
    low: float
    high: float
    observed: float
    observed_low: float
    observed_high: float
    holds: bool
    inside: bool
    truth: float | None


class IntervalQuality(Result):
    """Intervals against what came.

    Attributes
    ----------
    bins
        Ascending in the score.
    coverage
        Share of the rows whose bin's intervals overlap.
    inside
        Share of the rows whose bin's observed rate lies in the mean interval: the stricter reading.
    width, width_median
        Mean and median width of the intervals.
    truth_coverage, truth_error
        Share of rows whose own true probability lies in their interval, and the mean absolute error of the probability;
        None where the truth is not known. The truth knows what no signal tells, and the interval is about what the
        recipe would say, so that this coverage may lie below 80 %.
    gap
        Mean distance of the probabilities to the Venn-Abers pair of the outcomes.
    """

    bins: tuple[IntervalBin, ...]
    coverage: float
    inside: float
    width: float
    width_median: float
    truth_coverage: float | None
    truth_error: float | None
    gap: float


def interval_quality(
    labels: Labels, probabilities: Floats, low: Floats, high: Floats, truth: Floats, bins: int = BINS
) -> IntervalQuality:
    """Compare intervals with outcomes, and with the true probabilities where they are known.

    Parameters
    ----------
    labels, probabilities, low, high
        Outcome, probability and ends of the interval of each row, (n,).
    truth
        True probability of each row, NaN where not known.
    bins
        Number of bins of equal size.
    """
    order = np.argsort(probabilities, kind="stable")
    found = [_bin(rows, labels, probabilities, low, high, truth) for rows in np.array_split(order, bins) if len(rows)]
    known = ~np.isnan(truth)
    within = (low[known] <= truth[known]) & (truth[known] <= high[known])
    return IntervalQuality(
        bins=tuple(found),
        coverage=sum(part.rows for part in found if part.holds) / len(labels),
        inside=sum(part.rows for part in found if part.inside) / len(labels),
        width=float((high - low).mean()),
        width_median=float(np.median(high - low)),
        truth_coverage=float(within.mean()) if known.any() else None,
        truth_error=float(np.abs(truth - probabilities)[known].mean()) if known.any() else None,
        gap=calibration_gap(labels, probabilities),
    )


def _bin(
    rows: npt.NDArray[np.int64], labels: Labels, probabilities: Floats, low: Floats, high: Floats, truth: Floats
) -> IntervalBin:
    successes = int(labels[rows].sum())
    own = binomtest(successes, len(rows)).proportion_ci(0.95, "wilson")
    lower, upper, observed = float(low[rows].mean()), float(high[rows].mean()), successes / len(rows)
    known = truth[rows][~np.isnan(truth[rows])]
    return IntervalBin(
        rows=len(rows),
        predicted=float(probabilities[rows].mean()),
        low=lower,
        high=upper,
        observed=observed,
        observed_low=float(own.low),
        observed_high=float(own.high),
        holds=bool(lower <= own.high and own.low <= upper),
        inside=lower <= observed <= upper,
        truth=float(known.mean()) if len(known) else None,
    )
