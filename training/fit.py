"""The two fits of a head.

The first is on the fit dates, and its calibration on a later date. The second adds the labels of that later date; it
keeps the calibration, anchored to the newer rate.
"""

from littlegiants.features.population.population import Population
from littlegiants.models.scoring.booster import log_odds
from littlegiants.models.scoring.calibration import Calibration
from littlegiants.models.scoring.model import Head
from littlegiants.training.config import TrainConfig
from littlegiants.training.panel import Panel
from littlegiants.training.training_sets import TrainingSet


def fit_head(
    training_set: TrainingSet, calibrating: Panel, outcome: str, population: Population, config: TrainConfig
) -> Head:
    """Fit a booster on its training set and calibrate it on a later panel.

    Parameters
    ----------
    training_set, calibrating
        The rows and labels that the booster is fitted on, and the panel on which it is calibrated.
    outcome
        ``market`` or ``subsidised``: what the calibration knows.
    population, config
        What the panels were compared with, and every setting.
    """
    booster = training_set.fit(population, config, config.seed)
    return Head(booster, Calibration.fit(log_odds(booster, calibrating.values), calibrating.outcome(outcome)))


def refit_head(
    head: Head, training_set: TrainingSet, outcome: str, population: Population, config: TrainConfig
) -> Head:
    """Fit the booster again on labels that end later; the calibration is kept, anchored to their rate.

    Parameters
    ----------
    head
        As fitted by `fit_head`.
    training_set
        Rows and labels, those of a newer date among them.
    outcome
        ``market`` or ``subsidised``: what the calibration knows.
    population, config
        What the panels were compared with, and every setting.
    """
    booster, panel = training_set.fit(population, config, config.seed), training_set.panel
    newest = panel.rows(panel.as_of == len(panel.dates) - 1)
    rate = float(newest.outcome(outcome).mean())
    return Head(booster, head.calibration.anchored(log_odds(booster, newest.values), rate))
