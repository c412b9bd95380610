"""The standard error of an AUC difference, against the bootstrap and against a case by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from littlegiants.training.evaluation.delong import auc_difference

pytestmark = pytest.mark.slow


def drawn(seed, n=1_500):
    random = np.random.default_rng(seed)
    labels = (random.random(n) < 0.3).astype(np.int8)
    one = labels + random.normal(0, 1.5, n)
    return labels, one, one + random.normal(0, 1.0, n)


@pytest.mark.parametrize("seed", range(3))
def test_against_scikit_learn_and_the_bootstrap(seed):
    labels, one, other = drawn(seed)
    gap, error = auc_difference(labels, one, other)
    assert gap == pytest.approx(roc_auc_score(labels, one) - roc_auc_score(labels, other), abs=1e-12)
    random, gaps = np.random.default_rng(99), []
    for _ in range(300):
        rows = random.integers(0, len(labels), len(labels))
        gaps.append(roc_auc_score(labels[rows], one[rows]) - roc_auc_score(labels[rows], other[rows]))
    # The standard deviation of 300 resamples is itself known to some 4 %.
    assert error == pytest.approx(np.std(gaps), rel=0.15)


def test_ties_count_half():
    labels = np.array([1, 1, 0, 0], np.int8)
    # The first score has all four pairs right; the second ties one success with one failure and has the rest right.
    gap, _ = auc_difference(labels, np.array([4.0, 3.0, 2.0, 1.0]), np.array([4.0, 2.0, 2.0, 1.0]))
    assert gap == pytest.approx(1 - 3.5 / 4)


def test_the_same_score_differs_by_nothing():
    labels, one, _ = drawn(5)
    assert auc_difference(labels, one, one * 2) == (0.0, 0.0)
