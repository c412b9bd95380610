"""What a booster is fitted on: firms with their outcomes, and perhaps those of a newer date with a shorter window.

The labels of a whole window are old when they come. What happened in the first months after a newer date is known
sooner, and is of another kind: fewer successes, in another order. A second booster is fitted on these early outcomes.
It begins at the rate of every date and learns only which firms are above it; the two boosters are averaged (decision
13).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from littlegiants.features.matrix import FEATURES
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.vocabulary import among
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.scoring.booster import averaged, fit_booster
from littlegiants.models.scoring.model import current_categories
from littlegiants.training.config import TrainConfig
from littlegiants.training.labels import Labels
from littlegiants.training.panel import Panel, PanelSource


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Rows and labels of one or two boosters.

    Attributes
    ----------
    panel
        The rows whose whole window was observed.
    labels : ndarray, shape (len(panel),)
        0 and 1, or in between where the configuration counts a partial success.
    early, early_labels
        Rows of a newer date, and what had come of them within its shorter window; None without one.
    """

    panel: Panel
    labels: Labels | Floats
    early: Panel | None = None
    early_labels: Labels | Floats | None = None

    def of_firms(self, firm_ids: npt.NDArray[np.object_]) -> "TrainingSet":
        """Return the rows of some firms."""
        rows = among(self.panel.firm_ids, firm_ids)
        some = TrainingSet(self.panel.rows(rows), self.labels[rows])
        if self.early is None or self.early_labels is None:
            return some
        rows = among(self.early.firm_ids, firm_ids)
        return replace(some, early=self.early.rows(rows), early_labels=self.early_labels[rows])

    def fit(
        self, population: Population, config: TrainConfig, seed: int, columns: Sequence[str] = FEATURES
    ) -> lgb.Booster:
        """Fit the booster, or both and average them.

        Parameters
        ----------
        population
            What the rows were compared with.
        config, seed
            Every setting, and the seed of the fit.
        columns
            The columns that the booster knows, in their order.
        """
        words, places = current_categories(population), [FEATURES.index(name) for name in columns]
        categorical = [name for name in columns if words.get(name)]

        def fitted(panel: Panel, labels: Labels | Floats, offsets: Floats | None = None) -> lgb.Booster:
            values = panel.values if columns is FEATURES else np.ascontiguousarray(panel.values[:, places])
            weights = panel.weights(config.recency_half_life_months)
            return fit_booster(values, labels, weights, columns, categorical, config.booster, seed, offsets)

        booster = fitted(self.panel, self.labels)
        if self.early is None or self.early_labels is None:
            return booster
        both = self.panel.joined(self.early)
        labels = np.concatenate((self.labels, self.early_labels)).astype(np.float64)
        return averaged(booster, fitted(both, labels, _log_odds_of_dates(both, labels)))


def market_training_set(
    source: PanelSource, panel: Panel, scored_on: date, population: Population, config: TrainConfig
) -> TrainingSet:
    """Return the training set of the market booster; it is calibrated and measured on whole outcomes only.

    Parameters
    ----------
    source, panel
        The labelled rows, and where they come from.
    scored_on
        The date on which the booster will score firms: early outcomes are those known by then.
    population, config
        What the firms are compared with, and every setting.

    Raises
    ------
    TrainingError
        If no firm has an early outcome.
    """
    labels = training_labels(source, panel, config)
    if config.early_months is None:
        return TrainingSet(panel, labels)
    span = LabelTimespan(config.early_months)
    short = replace(source, rule=replace(source.rule, timespan=span))
    early = short.panel([span.latest_before(scored_on)], population)
    early_labels = training_labels(short, early, config)
    if not 0 < float(early_labels.mean()) < 1:
        raise TrainingError(f"all firms at {early.dates[0]} fared alike within {span}; leave out early_months")
    return TrainingSet(panel, labels, early, early_labels)


def training_labels(source: PanelSource, panel: Panel, config: TrainConfig) -> Labels | Floats:
    """Return the labels that a market booster is fitted on: a round in part, where outcome and settings say so.

    Parameters
    ----------
    source, panel
        The labelled rows, and where they come from.
    config
        Every setting.
    """
    if config.label.rule().events.partial_rounds and config.label.round_credit:
        return source.partial(panel, config.label.round_credit)
    return panel.market


def _log_odds_of_dates(panel: Panel, labels: Floats) -> Floats:
    """Return for each row the log-odds of the rate of its date."""
    rates = np.array([_rate(labels[panel.as_of == place]) for place in range(len(panel.dates))])
    return np.asarray(np.log(rates / (1 - rates))[panel.as_of], np.float64)


def _rate(labels: Floats) -> float:
    """Return the rate of a date; without any success, or failure, as if there had been half of one."""
    least = 0.5 / max(len(labels), 1)
    return float(np.clip(labels.mean(), least, 1 - least)) if len(labels) else 0.5
