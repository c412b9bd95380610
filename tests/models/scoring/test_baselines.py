"""What a model is compared with."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from littlegiants.features.matrix import FEATURES
from littlegiants.models.scoring.baselines import base_rate, logistic, total_raised


def test_the_base_rate_is_the_same_for_everyone():
    scorer = base_rate(np.array([1, 0, 0, 1, 0], np.int8))
    assert scorer(np.zeros((3, 2))).tolist() == [0.4, 0.4, 0.4]
    assert scorer(np.zeros((0, 2))).tolist() == []


def test_total_raised_ranks_by_money_and_the_unknown_last():
    values = np.full((4, len(FEATURES)), 7.0)
    values[:, FEATURES.index("raised_usd")] = [5e6, np.nan, 1e3, 2e7]
    assert np.argsort(-total_raised(FEATURES)(values)).tolist() == [3, 0, 2, 1]


@pytest.fixture(scope="module")
def skewed():
    """Money over six orders of magnitude, a category, an empty, a constant and a nearly always missing column."""
    random = np.random.default_rng(0)
    money, kind = 10 ** random.uniform(2, 8, 3_000), random.integers(0, 4, 3_000).astype(float)
    rare = np.where(random.random(3_000) < 0.01, 1.0, np.nan)
    values = np.column_stack((money, kind, np.full(3_000, np.nan), np.full(3_000, 2.0), rare))
    values[random.random(3_000) < 0.1, 0] = np.nan
    values[:30, 1] = np.nan
    chance = 1 / (1 + np.exp(-(np.log10(np.nan_to_num(values[:, 0], nan=1e3)) - 5 + (kind == 2))))
    return values, (random.random(3_000) < chance).astype(np.int8)


def test_the_logistic_regression_learns_from_money_and_categories(skewed):
    values, labels = skewed
    scorer = logistic(values[:2_000], labels[:2_000], np.ones(2_000), (1,))
    found = scorer(values[2_000:])
    assert ((found > 0) & (found < 1)).all()
    assert roc_auc_score(labels[2_000:], found) > 0.75
    assert found.mean() == pytest.approx(labels[2_000:].mean(), abs=0.05)


def test_the_logistic_regression_scores_what_it_never_saw(skewed):
    values, labels = skewed
    scorer = logistic(values, labels, np.ones(len(labels)), (1,))
    strange = np.array([[np.nan] * 5, [1e300, 99.0, 5.0, -5.0, 7.0], [-1e300, -1.0, np.nan, 2.0, np.nan]])
    assert np.isfinite(scorer(strange)).all()


def test_the_logistic_regression_heeds_weights(skewed):
    values, labels = skewed
    weights = np.where(labels == 1, 5.0, 1.0)
    heavier = logistic(values, labels, weights, (1,))(values).mean()
    assert heavier > logistic(values, labels, np.ones(len(labels)), (1,))(values).mean() + 0.1
