"""What the model must beat, in pairs on the same firms."""

import numpy as np
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.training.backtest.baseline_scores import baseline_scores, compare
from littlegiants.training.backtest.measures import replicate_all
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes

BOOTSTRAP = Bootstrap(60, 5)


@pytest.fixture(scope="module")
def drawn():
    random = np.random.default_rng(4)
    logits = random.normal(-1, 1.5, 1_500)
    chance = 1 / (1 + np.exp(-logits))
    labels = (random.random(1_500) < chance).astype(np.int8)
    ids = np.array([f"f{n}" for n in range(1_500)], object)
    return (
        PooledOutcomes(labels, ids, np.zeros(1_500, np.int64)),
        chance,
        1 / (1 + np.exp(-logits - random.normal(0, 2, 1_500))),
    )


def compared(outcomes, model, baseline, name="base rate"):
    (found,) = compare(outcomes, replicate_all(outcomes, model, BOOTSTRAP), {name: baseline}, BOOTSTRAP)
    return found


def test_the_truth_beats_a_blurred_copy_and_not_the_other_way_round(drawn):
    outcomes, chance, blurred = drawn
    better, worse = compared(outcomes, chance, blurred), compared(outcomes, blurred, chance)
    assert better.beaten
    assert set(better.beats) == {"auc", "average_precision", "brier", "log_loss"}
    assert better.differences["auc"].low > 0 > better.differences["brier"].high
    assert not any(worse.beats.values())
    assert worse.differences["auc"].value == pytest.approx(-better.differences["auc"].value)


def test_nothing_beats_itself(drawn):
    outcomes, chance, _ = drawn
    found = compared(outcomes, chance, chance)
    assert not any(found.beats.values())
    assert found.differences["auc"].high == 0


def test_a_difference_that_is_not_clear_of_zero_beats_nothing(drawn):
    outcomes, chance, _ = drawn
    some = np.arange(len(outcomes)) < 300
    close = np.clip(chance + np.random.default_rng(1).normal(0, 0.05, len(chance)), 0.001, 0.999)
    found = compared(outcomes.pooled(some), chance[some], close[some])
    assert found.differences["brier"].value < 0 < found.differences["brier"].high
    assert found.differences["auc"].low < 0 < found.differences["auc"].value
    assert not any(found.beats.values())


def test_a_baseline_that_ranks_alike_is_not_beaten_by_its_scale(drawn):
    outcomes, chance, _ = drawn
    found = compared(outcomes, chance, chance**3)
    assert found.beats == {"auc": False, "average_precision": False, "brier": True, "log_loss": True}
    assert not found.beaten


def test_what_only_ranks_is_not_judged_as_a_probability(drawn):
    outcomes, chance, blurred = drawn
    found = compared(outcomes, chance, 1_000 * blurred, "total raised")
    assert set(found.differences) == {"auc", "average_precision"}
    assert "brier" not in found.metrics


def test_the_scores_of_the_baselines(origin):
    values = origin.test.values
    scores = baseline_scores(origin.fitting, np.ones(len(origin.fitting)), values)
    assert list(scores) == ["base rate", "logistic regression", "total raised", "months since last round"]
    months = values[:, FEATURES.index("months_since_last_round")]
    never = np.isnan(months)
    assert never.any()
    last = scores["months since last round"]
    assert last[~never].tolist() == (-months[~never]).tolist()
    assert last[never].max() < last[~never].min()
    assert all(np.isfinite(found).all() for found in scores.values())
