"""The window on which a challenger and the champion are compared: its firms, their outcomes, and the baselines.

It is the newest complete one. The gate itself fits the baselines, on what could have been learned by the window's as-of
date. A challenger that was trained on few or old data is therefore not compared with weak baselines.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from threadpoolctl import threadpool_limits

from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.model import Model, current_categories
from littlegiants.training.backtest.baseline_scores import baseline_scores
from littlegiants.training.backtest.slices import Names, slice_names
from littlegiants.training.config import TrainConfig
from littlegiants.training.data_end import data_end, known_on
from littlegiants.training.evaluation.bootstrap import Bootstrap, Replicates
from littlegiants.training.evaluation.metrics import SKILL, Labels, calibration_slope, ece
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes
from littlegiants.training.panel import Panel, PanelSource
from littlegiants.training.promotion.policy import Policy
from littlegiants.training.split import schedule_before


@dataclass(frozen=True, slots=True)
class Scored:
    """A model's scores of the window's firms, and how good they are.

    Attributes
    ----------
    values : ndarray, shape (n, k)
        The firms' signals, compared with the model's own population.
    probabilities, low, high : ndarray, shape (n,)
    replicates
        Skill, calibration error and slope on all firms and on each resample; empty where a probability is no number.
    """

    values: Floats
    probabilities: Floats
    low: Floats
    high: Floats
    replicates: Replicates


@dataclass(frozen=True, slots=True)
class EvaluationWindow:
    """The window and everything about it that does not depend on the challenger.

    Attributes
    ----------
    source
        The rows known by the data's end.
    as_of
        The as-of date.
    outcomes
        The firms with their outcomes.
    baselines
        Each baseline's replicates of the skill metrics.
    parts
        The slice that each firm belongs to, by each way of slicing.
    policy
        The thresholds.
    """

    source: PanelSource
    as_of: date
    outcomes: PooledOutcomes
    baselines: dict[str, Replicates]
    parts: dict[str, Names]
    policy: Policy
    _panels: dict[str, Panel] = field(default_factory=dict, repr=False)

    @property
    def known_by(self) -> date:
        """The day the outcomes are known by."""
        return self.source.known_by

    def score(self, model: Model) -> Scored:
        """Score the window's firms and measure it."""
        values = self._panel(model).values
        with threadpool_limits(limits=1, user_api="blas"):
            probabilities, low, high = model.interval(values)
        sound = bool(np.isfinite(probabilities).all())
        replicates = bootstrap(self.policy).replicates(self.outcomes, probabilities, on_all=_judged) if sound else {}
        return Scored(values, probabilities, low, high, replicates)

    def _panel(self, model: Model) -> Panel:
        # Models of one training share a population: their signals are computed once.
        key = model.manifest.files["context.parquet"]
        if key not in self._panels:
            self._panels[key] = self.source.panel([self.as_of], model.population)
        return self._panels[key]


def bootstrap(policy: Policy) -> Bootstrap:
    """Return the resampling behind every interval of a decision, so that all comparisons are paired."""
    return Bootstrap(policy.resamples, policy.seed)


def _ranked(labels: Labels, scores: Floats) -> dict[str, float]:
    return {name: metric(labels, scores) for name, metric in SKILL.items()}


def _judged(labels: Labels, probabilities: Floats) -> dict[str, float]:
    calibrated = {"ece": ece(labels, probabilities), "slope": calibration_slope(labels, probabilities)}
    return {**_ranked(labels, probabilities), **calibrated}


def open_window(
    tables: Tables, undated: frozenset[str], config: TrainConfig, policy: Policy, known_by: date | None = None
) -> EvaluationWindow:
    """Find the newest complete window and fit the baselines for it.

    Parameters
    ----------
    tables, undated
        All rows, and the firms that never have a label.
    config
        Of the champion, or of the challenger where there is none: what is a success, and who is at risk.
    policy
        The thresholds.
    known_by
        Rows known later are left out; by default the day of the last event.

    Raises
    ------
    ConfigError, TableError
        If the tables do not say when they end.
    TrainingError
        If the window, or the dates before it, hold too few firms to judge by.
    """
    rule, end = config.label.rule(), known_by or data_end(tables)
    as_of = rule.timespan.latest_before(end)
    known = known_on(tables, end)
    source = PanelSource(known, end, rule, config.cohort.require_round, undated)
    dates = config.dates
    before = schedule_before(as_of, rule.timespan, dates.fit_dates, dates.spacing_months, dates.gap_months)
    earlier = PanelSource(known.known_by(as_of), as_of, rule, config.cohort.require_round, undated)
    with threadpool_limits(limits=1, user_api="blas"):
        # The same population as a model of that day would have: baselines of an older one would be weaker.
        population = Population.fit(earlier.tables, as_of if config.fresh_population else before.calibrate)
        fitting = earlier.panel((*before.fit, before.calibrate), population)
        window = source.panel([as_of], population)
        outcomes = PooledOutcomes(window.market, window.firm_ids, np.zeros(len(window), np.int64))
        if not 0 < fitting.market.sum() < len(fitting):
            raise TrainingError(f"the dates before {as_of} hold one outcome only; no baseline can be fitted")
        scores = baseline_scores(fitting, fitting.weights(config.recency_half_life_months), window.values)
        baselines = {
            name: bootstrap(policy).replicates(outcomes, found, on_all=_ranked) for name, found in scores.items()
        }
    return EvaluationWindow(
        source, as_of, outcomes, baselines, slice_names(window.values, current_categories(population)), policy
    )
