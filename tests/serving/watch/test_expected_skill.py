"""The skill to expect from the probabilities themselves."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from littlegiants.serving.watch.expected_skill import expected_skill

LEVELS = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0])


@given(st.lists(LEVELS, min_size=1, max_size=8))
def test_the_auc_is_that_over_all_pairs(values):
    p = np.array(values)
    above = every = 0.0
    for (i, one), (j, other) in itertools.product(enumerate(p), repeat=2):
        if i != j:
            every += one * (1 - other)
            above += one * (1 - other) * ((one > other) + (one == other) / 2)
    found = expected_skill(p)
    assert found.firms == len(p)
    assert found.successes == pytest.approx(p.sum())
    assert found.auc == (None if every == 0 else pytest.approx(above / every))


def test_it_is_what_calibrated_probabilities_come_to():
    random = np.random.default_rng(7)
    p = random.beta(1, 6, 50_000)
    won = random.random(len(p)) < p
    found = expected_skill(np.append(p, np.nan))
    assert found.auc == pytest.approx(roc_auc_score(won, p), abs=0.005)
    assert found.brier == pytest.approx(brier_score_loss(won, p), abs=0.002)
    assert found.successes == pytest.approx(won.sum(), rel=0.03)


def test_nothing_is_expected_of_nobody():
    found = expected_skill(np.array([np.nan]))
    assert (found.firms, found.successes, found.auc, found.brier) == (0, 0.0, None, None)
