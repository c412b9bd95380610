"""The flattering figures: what a leak is worth, and that shuffled labels teach nothing."""

from dataclasses import replace

import numpy as np
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.models.scoring.booster import fit_booster
from littlegiants.training.backtest import leaky
from littlegiants.training.backtest.leaky import cross_scored, leaky_twin, shuffled_labels
from littlegiants.training.backtest.origin import run_origin
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.metrics import SKILL
from tests.small_model import small_config
from tests.training.backtest.conftest import END, ORIGINS


@pytest.fixture(scope="module")
def twin(known, origin):
    return leaky_twin(known, origin, END, 3, 8, Bootstrap(40, 1))


def test_signals_of_the_future_flatter(twin):
    assert twin.leaky["auc"].value > twin.honest["auc"].value + 0.1
    assert twin.flattery["auc"].low > 0
    # Without signals of the future random folds alone are worth far less.
    assert twin.random_split["auc"].value < twin.leaky["auc"].value - 0.1
    assert twin.flattery["auc"].value == pytest.approx(twin.leaky["auc"].value - twin.honest["auc"].value)


def test_the_honest_figure_is_the_models(twin, origin):
    assert twin.honest["auc"].value == pytest.approx(SKILL["auc"](origin.test.market, origin.probabilities))


def test_shuffled_labels_teach_nothing(twin):
    # A random direction among correlated signals has an AUC of 0.5 give or take 0.1; eight of them on average 0.04.
    assert twin.shuffled_auc.value == pytest.approx(0.5, abs=0.08)
    assert twin.shuffled_auc.low <= twin.shuffled_auc.value <= twin.shuffled_auc.high


def test_labels_are_shuffled_within_their_date(origin):
    panel = origin.fitting
    shuffled = shuffled_labels(panel, panel.market, 1)
    assert (shuffled != panel.market).any()
    for place in range(len(panel.dates)):
        rows = panel.as_of == place
        assert shuffled[rows].sum() == panel.market[rows].sum()
    assert shuffled_labels(panel, panel.market, 1).tolist() == shuffled.tolist()


def test_the_flattering_fits_get_the_labels_of_the_honest_one(known, monkeypatch):
    """With a credit for rounds every fit has it, so that honesty alone makes the difference."""
    config = small_config(
        dates={"known_by": END}, booster={"trees": 5}, label={"outcome": "exit", "round_credit": 0.3}, refit=False
    )
    origin = run_origin(known, config, ORIGINS[-1], END, frozenset(), None, lambda _: None)
    assert np.isclose(origin.training_set.labels, 0.3).any()
    fitted_on = []

    def spy(values, labels, *more):
        fitted_on.append(np.asarray(labels))
        return fit_booster(values, labels, *more)

    monkeypatch.setattr(leaky, "fit_booster", spy)
    leaky_twin(known, origin, END, 2, 2, Bootstrap(20, 1))
    assert len(fitted_on) == 2 + 2 + 2
    for labels in fitted_on:
        assert set(np.unique(labels)) == {0.0, 0.3, 1.0}
    # Shuffled, they are the same labels among the same firms.
    for shuffled in fitted_on[-2:]:
        assert sorted(shuffled) == sorted(origin.training_set.labels)
        assert shuffled.tolist() != origin.training_set.labels.tolist()


def test_a_planted_leak_shows(origin):
    values = origin.test.values.copy()
    clean = cross_scored(values, origin.test.market, origin.model.population, origin, 3)
    # The answer with a tenth of it wrong, in place of a signal that says little.
    wrong = np.random.default_rng(0).random(len(values)) < 0.1
    values[:, FEATURES.index("founded_known")] = np.where(wrong, 1 - origin.test.market, origin.test.market)
    leaked = cross_scored(values, origin.test.market, origin.model.population, origin, 3)
    before, after = (SKILL["auc"](origin.test.market, scores) for scores in (clean, leaked))
    assert after > 0.85 > before + 0.05


def test_no_firm_is_scored_by_a_booster_that_saw_it(origin):
    # Labels without any pattern: a booster that had seen them would rank its own rows far above chance.
    random = np.random.default_rng(3)
    labels = (random.random(len(origin.test)) < 0.4).astype(np.int8)
    scores = cross_scored(origin.test.values, labels, origin.model.population, replace(origin), 4)
    assert SKILL["auc"](labels, scores) == pytest.approx(0.5, abs=0.1)
