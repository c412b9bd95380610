"""A model made by hand in a moment, with the rows that it is fitted on: for tests that need no economy."""

from datetime import date

import numpy as np

from littlegiants.features.matrix import FEATURES
from littlegiants.features.population.population import Population
from littlegiants.models.manifest import Dates, LabelDefinition, Manifest
from littlegiants.models.scoring.booster import BoosterConfig, fit_booster, fit_mean, fit_variance, log_odds
from littlegiants.models.scoring.calibration import Calibration
from littlegiants.models.scoring.interval import Spread
from littlegiants.models.scoring.model import Head, Model, current_categories
from littlegiants.training.config import TrainConfig
from littlegiants.training.labels import MARKET
from littlegiants.training.panel import Panel

FIT, CALIBRATE, TEST, END = date(2019, 12, 31), date(2021, 12, 31), date(2023, 12, 31), date(2025, 12, 31)
DATES = Dates(fit=(FIT,), calibrate=CALIBRATE, test=TEST, refit_through=CALIBRATE, known_by=END)
BOOSTER = BoosterConfig(trees=5, leaves=4, leaf_firms=20, learning_rate=0.3, column_share=1.0)
CONFIG = TrainConfig(booster=BOOSTER)


def plain_panel(seed: int = 7, firms: int = 400, dates: tuple[date, ...] = (FIT,)) -> Panel:
    """Rows in which one signal raises the chance of a market outcome; all other signals are missing."""
    random = np.random.default_rng(seed)
    values = np.full((firms, len(FEATURES)), np.nan)
    values[:, FEATURES.index("age_years")] = signal = random.normal(size=firms)
    labels = np.where(random.random(firms) < 1 / (1 + np.exp(-2 * signal)), MARKET, 0).astype(np.int8)
    names = np.array([f"firm {number}" for number in range(firms)], object)
    return Panel(values, labels, names, np.arange(firms) * len(dates) // firms, dates, (0,) * len(dates))


def plain_manifest(**changes) -> Manifest:
    """The manifest of such a model, as trained with the default outcome."""
    rule = CONFIG.label.rule()
    label = LabelDefinition(
        outcome=rule.outcome, timespan=str(rule.timespan), min_round_usd=rule.min_round_usd, require_round=False
    )
    plain = {
        "label": label,
        "dates": DATES,
        "features": FEATURES,
        "categories": current_categories(Population.empty()),
        "observed_tables": ("rounds", "grants"),
        "constant_features": (),
        "rows": {},
        "base_rate": 0.5,
        "data_digest": "0" * 64,
        "config": CONFIG.model_dump(mode="json"),
        "seed": 7,
        "versions": {},
        "subsidised_note": "no subsidised firms",
        "metrics": {},
        "baselines": {},
        "reliability": (),
        "gain": {},
        "files": {"context.parquet": "1" * 64},
    }
    return Manifest.model_validate({**plain, **changes})


def plain_model(**changes) -> Model:
    """A model whose manifest has some changes."""
    panel = plain_panel()
    booster = fit_booster(panel.values, panel.market, np.ones(len(panel)), FEATURES, [], BOOSTER, 7)
    calibration = Calibration.fit(log_odds(booster, panel.values), panel.market)
    reference = np.linspace(0, 1, 1_001)
    strayed = np.linspace(0.01, 0.1, len(panel))
    bias, variance = (fit(panel.values, strayed, FEATURES, BOOSTER, 7) for fit in (fit_mean, fit_variance))
    spread = Spread(bias, variance, drift=0.1)
    return Model(Head(booster, calibration), None, spread, Population.empty(), reference, plain_manifest(**changes))
