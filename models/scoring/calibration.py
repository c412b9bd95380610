"""From a booster's log-odds to a probability with an interval, both learned on a later date than the booster.

The point is a logistic map of the log-odds (Platt 1999): strictly increasing, so it keeps the ranking. The interval is
the pair of Venn-Abers probabilities (Vovk, Petej and Fedorova 2015), widened where needed to hold the point: one of the
two is perfectly calibrated whatever the distribution, so their distance says how much the calibration rows can tell.
"""

import warnings
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, model_validator

from littlegiants.ingest.arrays import Floats

# A booster that ranks no better than chance is mapped to a nearly constant probability, never to a reversed one.
MIN_SLOPE = 1e-3
_SHIFT_LIMIT = 1e6


class CalibrationFile(BaseModel):
    """What is stored: JSON of finite numbers, monotone, within [0, 1]."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    intercept: float
    slope: float
    scores: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @model_validator(mode="after")
    def _check_steps(self) -> "CalibrationFile":
        if self.slope <= 0:
            raise ValueError(f"slope is {self.slope}; a calibration must increase with the score")
        if not self.scores or len(self.low) != len(self.scores) + 1 or len(self.high) != len(self.scores) + 1:
            raise ValueError("low and high need one value more than scores, and scores at least one")
        if any(a >= b for a, b in pairwise(self.scores)):
            raise ValueError("scores do not increase strictly")
        for name, values in (("low", self.low), ("high", self.high)):
            if min(values) < 0 or max(values) > 1 or any(a > b for a, b in pairwise(values)):
                raise ValueError(f"{name} is not a non-decreasing list of probabilities")
        return self


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted calibration.

    Attributes
    ----------
    intercept, slope
        ``p = 1 / (1 + exp(-(intercept + slope * log_odds)))``.
    scores : ndarray, shape (m,)
        Distinct log-odds of the calibration rows, ascending.
    low, high : ndarray, shape (m + 1,)
        Venn-Abers step functions: the probability when the new row is taken as a failure, and as a success.
    """

    intercept: float
    slope: float
    scores: Floats
    low: Floats
    high: Floats

    @classmethod
    def fit(cls, log_odds: Floats, labels: npt.NDArray[np.int8]) -> "Calibration":
        """Fit on rows the booster was not fitted on.

        Parameters
        ----------
        log_odds, labels
            Raw scores (n,) and 0/1 labels (n,), both classes present.
        """
        # Imported here: scikit-learn takes over a second and no scoring process needs it.
        from sklearn.linear_model import LogisticRegression

        logistic = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(log_odds.reshape(-1, 1), labels)
        slope, intercept = float(logistic.coef_[0, 0]), float(logistic.intercept_[0])
        if slope < MIN_SLOPE:
            rate = float(labels.mean())
            slope = MIN_SLOPE
            intercept = float(np.log(rate / (1 - rate)) - slope * log_odds.mean())
        return cls(intercept, slope, *_venn_abers(log_odds, labels))

    def anchored(self, log_odds: Floats, rate: float) -> "Calibration":
        """Return this calibration for a booster fitted again on newer labels.

        The newer booster has already learned the newer base rate, so the old intercept would count its drift twice.
        Slope and interval widths are kept; all scores are moved by one constant so that the mean probability of the
        newest labelled cohort is the rate observed there.

        Parameters
        ----------
        log_odds
            The newer booster's raw scores of the newest labelled cohort, (n,).
        rate
            Share of successes in that cohort, above 0 and below 1.
        """
        from scipy.optimize import brentq

        moved = brentq(lambda shift: self.probability(log_odds + shift).mean() - rate, -_SHIFT_LIMIT, _SHIFT_LIMIT)
        scores = self.scores - moved
        # Two scores an ulp apart may fall together; the step between them is then empty.
        distinct = np.append(np.diff(scores) > 0, True)
        steps = np.append(True, distinct)
        return Calibration(
            intercept=self.intercept + self.slope * moved,
            slope=self.slope,
            scores=scores[distinct],
            low=self.low[steps],
            high=self.high[steps],
        )

    def probability(self, log_odds: Floats) -> Floats:
        """Return the calibrated probability of each row."""
        # The bound keeps exp finite; beyond it the probability is 0 to the last bit anyway.
        return 1.0 / (1.0 + np.exp(np.minimum(-(self.intercept + self.slope * log_odds), 700.0)))

    def interval(self, log_odds: Floats) -> tuple[Floats, Floats]:
        """Return the lower and upper end of each row's interval; the probability lies within."""
        point = self.probability(log_odds)
        low = self.low[np.searchsorted(self.scores, log_odds, "right")]
        high = self.high[np.searchsorted(self.scores, log_odds, "left")]
        return np.minimum(low, point), np.maximum(high, point)

    def to_file(self) -> CalibrationFile:
        """Return the storable form."""
        return CalibrationFile(
            intercept=self.intercept,
            slope=self.slope,
            scores=tuple(map(float, self.scores)),
            low=tuple(map(float, self.low)),
            high=tuple(map(float, self.high)),
        )

    @classmethod
    def from_file(cls, file: CalibrationFile) -> "Calibration":
        """Return the calibration of a stored form."""
        return cls(file.intercept, file.slope, np.array(file.scores), np.array(file.low), np.array(file.high))


def _venn_abers(log_odds: Floats, labels: npt.NDArray[np.int8]) -> tuple[Floats, Floats, Floats]:
    """Return the distinct scores and the two step functions over them."""
    with np.errstate():  # importing the library silences NumPy for the whole process; this undoes it
        from venn_abers import calc_p0p1

    pairs = np.column_stack((-log_odds, log_odds))
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # The library takes the minimum of an empty slope list at the last score, which NumPy warns about.
        warnings.filterwarnings("ignore", "All-NaN slice encountered", RuntimeWarning)
        p0, p1, scores = calc_p0p1(pairs, labels.astype(np.float64))
    # The two step functions are isotonic in exact arithmetic; rounding may leave a step back of one ulp.
    low = np.clip(np.maximum.accumulate(p0[:, 1]), 0.0, 1.0)
    high = np.clip(np.maximum.accumulate(p1[:, 1]), 0.0, 1.0)
    return np.asarray(scores, np.float64), low, high
