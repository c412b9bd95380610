"""The 80 % interval of one firm's probability: where the same recipe, trained on twenty times as many firms, puts it.

Three things move a probability there, each known in log-odds. More firms let the booster separate more: a bias, which
has a direction. A fit strays by the firms that it happens to know: a variance. And base rates move until the firm is
scored: a drift, the same for all firms. Two small boosters of their own know bias and variance from the signals
(`littlegiants.training.spread`).
"""

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from littlegiants.ingest.arrays import Floats
from littlegiants.models.scoring.booster import log_odds
from littlegiants.models.scoring.calibration import probability

LEVEL = 0.8
_DEVIATIONS = 1.2815515655446004  # of a normal distribution, on either side of its middle, hold `LEVEL` of it
# How far the bias may be off, as a share of it: it is carried on from fits of fewer firms, by a rate that is assumed.
_DOUBT = 0.3
# Where the bias leads away from one end, that end stays this share of its distance from the probability.
_NEAREST = 0.25
# Log of a variance; beyond it the interval is from 0 to 1 anyway, and the exponential stays finite.
_MOST = 20.0


class IntervalFile(BaseModel):
    """What is stored beside the boosters: JSON of one finite number."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    drift: float = Field(ge=0, description="standard deviation of the base rate's movement, in log-odds")


@dataclass(frozen=True, slots=True)
class Spread:
    """How uncertain a firm's calibrated log-odds are.

    Attributes
    ----------
    bias
        Gives by how much far more firms would move them, from the signals.
    variance
        Gives the logarithm of their variance over fits of other firms of the same population, from the signals.
    drift
        Standard deviation of the movement of the base rate, from the newest labels to the date of the score.
    """

    bias: lgb.Booster
    variance: lgb.Booster
    drift: float

    def deviation(self, values: Floats, drift: bool = True) -> Floats:
        """Return the standard deviation of each row's calibrated log-odds, of which the bias is no part.

        Parameters
        ----------
        values : ndarray, shape (n, k)
            The signals, in the boosters' own column order.
        drift
            Whether the movement of base rates is counted too.
        """
        variance = np.exp(np.minimum(log_odds(self.variance, values), _MOST))
        return np.sqrt(variance + self.drift**2) if drift else np.sqrt(variance)

    def interval(self, calibrated: Floats, values: Floats, drift: bool = True) -> tuple[Floats, Floats]:
        """Return the lower and upper end of each row's interval; its probability lies within.

        Parameters
        ----------
        calibrated : ndarray, shape (n,)
            Calibrated log-odds.
        values, drift
            As of `deviation`.
        """
        moved = log_odds(self.bias, values)
        reach = _DEVIATIONS * np.sqrt(self.deviation(values, drift) ** 2 + (_DOUBT * moved) ** 2)
        point = probability(calibrated)
        low = probability(calibrated + np.minimum(moved - reach, -_NEAREST * reach))
        high = probability(calibrated + np.maximum(moved + reach, _NEAREST * reach))
        return np.minimum(low, point), np.maximum(high, point)
