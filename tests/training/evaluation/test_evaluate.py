"""A model and its baselines on one date."""

from datetime import date

import numpy as np
import pytest

from littlegiants.features.matrix import CATEGORICAL, FEATURES
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.evaluate import Evaluation, evaluate
from littlegiants.training.evaluation.metrics import CALIBRATION, DECISIONS, SKILL
from littlegiants.training.labels import MARKET, STALLED
from littlegiants.training.panel import Panel


def panel_of(size, seed):
    """Firms whose success depends on their age alone; all else is noise."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(size, len(FEATURES)))
    for column in CATEGORICAL:
        values[:, FEATURES.index(column)] = random.integers(0, 3, size)
    chance = 1 / (1 + np.exp(-2 * values[:, FEATURES.index("age_years")]))
    labels = np.where(random.random(size) < chance, MARKET, STALLED).astype(np.int8)
    ids = np.array([f"f{number}" for number in range(size)], object)
    return Panel(values, labels, ids, np.zeros(size, np.int64), (date(2020, 1, 1),), (0,)), chance


@pytest.fixture(scope="module")
def evaluation():
    # So many firms for each signal, all but one of which are noise: more noise asks for more firms.
    fitting, _ = panel_of(4 * len(FEATURES), 0)
    test, chance = panel_of(400, 1)
    return evaluate(test, chance, fitting, np.ones(len(fitting.labels)), Bootstrap(20, 1))


def test_the_model_has_every_metric(evaluation):
    assert list(evaluation.metrics) == [*SKILL, *CALIBRATION, *DECISIONS]
    assert sum(found.firms for found in evaluation.reliability) == 400


def test_the_baselines_have_the_metrics_that_mean_something_for_them(evaluation):
    assert {name: list(figures) for name, figures in evaluation.baselines.items()} == {
        "base rate": [*SKILL, *CALIBRATION],
        "logistic regression": [*SKILL, *CALIBRATION],
        "total raised": list(SKILL),
    }


def test_the_truth_beats_its_baselines_and_they_are_what_they_should_be(evaluation):
    auc = {name: figures["auc"].value for name, figures in evaluation.baselines.items()}
    assert auc["base rate"] == 0.5
    assert abs(auc["total raised"] - 0.5) < 0.1
    assert evaluation.metrics["auc"].value > auc["logistic regression"] > 0.75
    assert evaluation.metrics["brier"].value < evaluation.baselines["base rate"]["brier"].value


def test_nothing_is_measured_without_a_test():
    assert Evaluation() == Evaluation({}, {}, ())
