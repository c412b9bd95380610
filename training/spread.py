"""What the interval of a firm's probability is learned from: fits of half the firms, and the movement of base rates.

Each fit of half the firms, its calibration included, scores firms of a later date whose outcomes no booster saw. Its
difference to the fit of all firms is as large as that between this one and a fit of far more firms: if the variance of
a fit falls as the inverse of the number of firms, that of the difference is ``2 v / n - v / n = v / n`` for the halves,
and as much for infinitely many firms. What halves differ by in the mean is a bias: boosters of fewer firms separate
less. It falls more slowly, about as the cube root, so that its size for the halves tells what is left of it.

Two small boosters learn mean and variance of these differences from the signals, and know them for new firms at the
cost of scoring.
"""

from collections.abc import Iterator

import numpy as np

from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.vocabulary import among
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.scoring.booster import BoosterConfig, fit_mean, fit_variance, log_odds, splits
from littlegiants.models.scoring.calibration import Calibration
from littlegiants.models.scoring.interval import Spread
from littlegiants.models.scoring.model import Head
from littlegiants.training.config import TrainConfig
from littlegiants.training.panel import Panel
from littlegiants.training.training_sets import TrainingSet

_MORE = 20  # times as many firms
# The bias from n to 20 n firms as a multiple of that from n / 2 to n, if it falls as the cube root.
_FURTHER = (1 - _MORE ** (-1 / 3)) / (2 ** (1 / 3) - 1)
# Few and small trees: a firm's uncertainty is smoother than its probability, and scoring pays for each tree.
_TREES = BoosterConfig(trees=80, learning_rate=0.05, leaves=8, leaf_firms=50)
_LEAST = 1e-8  # log-odds squared; a variance has a logarithm


def fit_spread(
    head: Head, training_set: TrainingSet, calibrating: Panel, population: Population, config: TrainConfig
) -> Spread:
    """Fit what gives the interval of P(market).

    Parameters
    ----------
    head, training_set
        The head before it is fitted again, and what its booster was fitted on.
    calibrating
        The later panel on which it is calibrated.
    population, config
        What the panels were compared with, and every setting.
    """
    own = head.calibration.calibrated(log_odds(head.booster, calibrating.values))
    strayed = np.array([half - own for half in _halves(training_set, calibrating, population, config)])
    # Only of signals that the score looks at anyway: no other need be computed for a firm.
    values, names = np.where(splits(head.booster), calibrating.values, np.nan), head.booster.feature_name()
    bias = fit_mean(values, -_FURTHER * strayed.mean(axis=0), names, _TREES, config.seed)
    squares = ((strayed + log_odds(bias, values) / _FURTHER) ** 2).mean(axis=0)
    variance = fit_variance(values, np.maximum(squares, _LEAST), names, _TREES, config.seed)
    drift = base_rate_drift(head, training_set.panel, calibrating, config.label.rule().timespan)
    return Spread(bias, variance, drift)


def _halves(
    training_set: TrainingSet, calibrating: Panel, population: Population, config: TrainConfig
) -> Iterator[Floats]:
    """Yield the calibrated log-odds of the calibrating rows by the recipe on one half of the firms, then another."""
    firms = np.unique(np.concatenate((training_set.panel.firm_ids, calibrating.firm_ids)))
    random = np.random.default_rng(config.seed)
    for fit in range(0, config.interval_fits, 2):
        drawn = random.permutation(len(firms)) % 2
        for side in (0, 1):
            half = firms[drawn == side]
            rows = among(calibrating.firm_ids, half)
            try:
                booster = training_set.of_firms(half).fit(population, config, config.seed + 1 + fit + side)
                scores = log_odds(booster, calibrating.values)
            except TrainingError:
                # Too few firms for any split: the recipe would say the same of each.
                scores = np.zeros(len(calibrating))
            yield Calibration.fit(scores[rows], calibrating.market[rows]).calibrated(scores)


def base_rate_drift(head: Head, fitting: Panel, calibrating: Panel, timespan: LabelTimespan) -> float:
    """Return how far base rates move within one label window, as a standard deviation in log-odds.

    The head is calibrated at the later date. By how much its probabilities miss the rate of each earlier date is a
    movement that no signal explains; over a random walk its variance grows with the time between the two.

    Parameters
    ----------
    head
        The head before it is fitted again.
    fitting, calibrating
        The panels of the dates that its booster was fitted on, and of the date on which it is calibrated.
    timespan
        The label window: labels are that old when they are known, and so is the rate that a score is anchored to.
    """
    last = calibrating.dates[-1]
    window = (timespan.end(last) - last).days
    moved = []
    for place, day in enumerate(fitting.dates):
        rows = fitting.rows(fitting.as_of == place)
        anchored = head.calibration.anchored(log_odds(head.booster, rows.values), float(rows.market.mean()))
        moved.append((anchored.intercept - head.calibration.intercept) ** 2 * window / (last - day).days)
    return float(np.sqrt(np.mean(moved)))
