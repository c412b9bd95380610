"""The two fits of a head: on the fit dates, calibrated on a later one, and again with that date's labels, anchored."""

import lightgbm as lgb

from littlegiants.features.matrix import FEATURES
from littlegiants.features.population import Population
from littlegiants.models.booster import Floats, fit_booster, log_odds
from littlegiants.models.calibration import Calibration
from littlegiants.models.model import Head, current_categories
from littlegiants.training.config import TrainConfig
from littlegiants.training.labels import Labels
from littlegiants.training.panel import Panel, PanelSource


def fit_head(
    fitting: Panel,
    calibrating: Panel,
    outcome: str,
    population: Population,
    config: TrainConfig,
    taught: Labels | Floats | None = None,
) -> Head:
    """Fit a booster on one panel and calibrate it on a later one.

    Parameters
    ----------
    fitting, calibrating
        The panels.
    outcome
        ``market`` or ``subsidised``.
    population, config
        What the panels were compared with, and every setting.
    taught : ndarray, shape (len(fitting),)
        Labels that the booster is taught in place of the outcome; the calibration knows the outcome only.
    """
    booster = _booster(fitting, outcome, population, config, taught)
    return Head(booster, Calibration.fit(log_odds(booster, calibrating.values), calibrating.outcome(outcome)))


def refit_head(
    head: Head,
    panel: Panel,
    outcome: str,
    population: Population,
    config: TrainConfig,
    taught: Labels | Floats | None = None,
) -> Head:
    """Fit the booster on a panel that ends with newer labels; the calibration is kept, anchored to their rate."""
    booster = _booster(panel, outcome, population, config, taught)
    newest = panel.rows(panel.as_of == len(panel.dates) - 1)
    rate = float(newest.outcome(outcome).mean())
    return Head(booster, head.calibration.anchored(log_odds(booster, newest.values), rate))


def labels_taught(source: PanelSource, panel: Panel, config: TrainConfig) -> Labels | Floats:
    """Return the labels that the market booster is fitted on; it is calibrated and measured on whole outcomes only."""
    if config.label.outcome == "exit" and config.label.round_credit:
        return source.partial(panel, config.label.round_credit)
    return panel.market


def _booster(
    panel: Panel, outcome: str, population: Population, config: TrainConfig, taught: Labels | Floats | None
) -> lgb.Booster:
    weights = panel.weights(config.recency_half_life_months)
    categorical = [column for column, words in current_categories(population).items() if words]
    labels = panel.outcome(outcome) if taught is None else taught
    return fit_booster(panel.values, labels, weights, FEATURES, categorical, config.booster, config.seed)
