"""One origin of a backtest: a model trained on what was known then, and its scores of the firms at risk that day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.matrix import FeatureMatrix, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.abstain import abstain_reason
from littlegiants.models.scoring.model import Model
from littlegiants.training.backtest.baseline_scores import baseline_scores
from littlegiants.training.config import TrainConfig
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes
from littlegiants.training.origins import configuration_at
from littlegiants.training.panel import Panel
from littlegiants.training.pipeline import train
from littlegiants.training.training_sets import TrainingSet

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Origin:
    """A model at its origin.

    Attributes
    ----------
    config
        The settings it was trained with, its as-of dates among them.
    model
        Trained on what was known on the as-of date.
    training_set
        The rows and labels that the final booster was fitted on.
    test
        The firms at risk on the as-of date, with the labels that came.
    probabilities, low, high : ndarray, shape (n,)
        P(market) of each firm and the ends of its interval, whether or not it would have been withheld.
    reasons : ndarray of object, shape (n,)
        Why the probability would have been withheld, empty where not.
    baselines
        Each baseline's scores.
    truth : ndarray, shape (n,)
        True probabilities of a simulated economy, NaN where not known.
    """

    config: TrainConfig
    model: Model
    training_set: TrainingSet
    test: Panel
    probabilities: Floats
    low: Floats
    high: Floats
    reasons: npt.NDArray[np.object_]
    baselines: dict[str, Floats]
    truth: Floats

    @property
    def fitting(self) -> Panel:
        """The rows of whole windows that the final booster was fitted on."""
        return self.training_set.panel

    @property
    def as_of(self) -> date:
        """The as-of date."""
        return self.test.dates[0]

    @property
    def outcomes(self) -> PooledOutcomes:
        """The outcomes."""
        return PooledOutcomes(self.test.market, self.test.firm_ids, np.zeros(len(self.test), np.int64))


def run_origin(
    tables: Tables,
    config: TrainConfig,
    as_of: date,
    known_by: date,
    undated: frozenset[str],
    truth: pd.DataFrame | None,
    progress: Progress,
) -> Origin:
    """Train as on a date and score the firms at risk on it.

    Parameters
    ----------
    tables
        All rows known by the end of the data. Training sees only what was known on the as-of date.
    config
        The recipe; its dates are chosen anew.
    as_of
        The as-of date.
    known_by
        The end of the data: outcomes are observed until that day.
    undated
        Firms that left the risk set on a day that was not recorded.
    truth
        Columns ``firm_id``, ``as_of_date``, ``p_market`` of a simulated economy.
    progress
        Called with a line of text when a step begins.

    Raises
    ------
    TrainingError
        If a stage has too few firms of one class.
    """
    dated = configuration_at(config, as_of, known_by)
    trained = train(tables, dated, undated, progress, measured=False)
    test, model = trained.test, trained.model
    assert test is not None  # noqa: S101 - the dates hold a window out
    probabilities, low, high = model.interval(test.values)
    return Origin(
        dated,
        model,
        trained.training_set,
        test,
        probabilities,
        low,
        high,
        abstain_reason(matrix_of(tables, as_of, model.population, test), model.manifest.observed_tables),
        baseline_scores(trained.fitting, trained.fitting.weights(config.recency_half_life_months), test.values),
        _truth_of(truth, as_of, test),
    )


def matrix_of(tables: Tables, as_of: date, population: Population, panel: Panel) -> FeatureMatrix:
    """Return the signals of a panel's firms as known on any date and compared with any population.

    Parameters
    ----------
    tables
        The rows that the signals are made from.
    as_of
        The date as of which they are computed.
    population
        What the firms are compared with.
    panel
        The firms: a panel of one date.
    """
    # A panel of one date holds its firms in the order of the tables, which is that of their ids.
    return feature_matrix(tables, as_of, population, np.searchsorted(tables.firm_ids, panel.firm_ids).astype(np.int64))


def _truth_of(truth: pd.DataFrame | None, as_of: date, test: Panel) -> Floats:
    if truth is None:
        return np.full(len(test), np.nan)
    then = truth[pd.to_datetime(truth["as_of_date"]).dt.date == as_of]
    found = then.set_index("firm_id")["p_market"].reindex(test.firm_ids)
    return found.to_numpy(np.float64)
