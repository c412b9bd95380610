"""From a booster's log-odds to a probability, learned on a later date than the booster.

The map is logistic (Platt 1999): strictly increasing, so it keeps the ranking.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from littlegiants.ingest.arrays import Floats

# A booster that ranks no better than chance is mapped to a nearly constant probability, never to a reversed one.
MIN_SLOPE = 1e-3
_SHIFT_LIMIT = 1e6


class CalibrationFile(BaseModel):
    """What is stored: JSON of two finite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    intercept: float
    slope: float = Field(gt=0, description="above 0, since a calibration must increase with the score")


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted calibration: ``p = 1 / (1 + exp(-(intercept + slope * log_odds)))``."""

    intercept: float
    slope: float

    @classmethod
    def fit(cls, log_odds: Floats, labels: npt.NDArray[np.int8]) -> "Calibration":
        """Fit on rows the booster was not fitted on.

        Parameters
        ----------
        log_odds, labels
            Raw scores (n,) and 0/1 labels (n,), both classes present.
        """
        slope, intercept = _logistic(log_odds, labels) if np.ptp(log_odds) else (0.0, 0.0)
        if slope < MIN_SLOPE:
            rate = float(labels.mean())
            slope = MIN_SLOPE
            intercept = float(np.log(rate / (1 - rate)) - slope * log_odds.mean())
        return cls(intercept, slope)

    def anchored(self, log_odds: Floats, rate: float) -> "Calibration":
        """Return this calibration for a booster fitted again on newer labels.

        The newer booster has already learned the newer base rate, so the old intercept would count its drift twice.
        The slope is kept; all scores are moved by one constant so that the mean probability of the newest labelled
        cohort is the rate observed there.

        Parameters
        ----------
        log_odds
            The newer booster's raw scores of the newest labelled cohort, (n,).
        rate
            Share of successes in that cohort, above 0 and below 1.
        """
        from scipy.optimize import brentq

        moved = brentq(lambda shift: self.probability(log_odds + shift).mean() - rate, -_SHIFT_LIMIT, _SHIFT_LIMIT)
        return Calibration(self.intercept + self.slope * moved, self.slope)

    def calibrated(self, log_odds: Floats) -> Floats:
        """Return the log-odds of the probability of each row."""
        return self.intercept + self.slope * log_odds

    def probability(self, log_odds: Floats) -> Floats:
        """Return the calibrated probability of each row."""
        return probability(self.calibrated(log_odds))

    def to_file(self) -> CalibrationFile:
        """Return the storable form."""
        return CalibrationFile(intercept=self.intercept, slope=self.slope)

    @classmethod
    def from_file(cls, file: CalibrationFile) -> "Calibration":
        """Return the calibration of a stored form."""
        return cls(file.intercept, file.slope)


def _logistic(log_odds: Floats, labels: npt.NDArray[np.int8]) -> tuple[float, float]:
    """Return slope and intercept of an unpenalised logistic regression on a column that is not constant."""
    # Imported here: scikit-learn takes over a second and no scoring process needs it.
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=np.inf, solver="newton-cholesky").fit(log_odds.reshape(-1, 1), labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def probability(log_odds: Floats) -> Floats:
    """Return the probability of each log-odds."""
    # The bound keeps exp finite; beyond it the probability is 0 to the last bit anyway.
    return 1.0 / (1.0 + np.exp(np.minimum(-log_odds, 700.0)))
