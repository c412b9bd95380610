"""Outcomes of several origins, under each other."""

import numpy as np

from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes


def outcomes_of(labels, origin=None):
    ids = np.array([f"f{n}" for n in range(len(labels))], object)
    return PooledOutcomes(np.array(labels, np.int8), ids, np.array(origin if origin is not None else [0] * len(labels)))


def test_origins_are_put_under_each_other():
    one, two = outcomes_of([1, 0]), outcomes_of([0, 1, 0])
    both = PooledOutcomes.of([one, two])
    assert both.origin.tolist() == [0, 0, 1, 1, 1]
    assert both.pooled(both.origin == 1).origin.tolist() == [0, 0, 0]
    assert both.pooled(both.origin == 1).labels.tolist() == [0, 1, 0]


def test_both_outcomes_at_every_origin():
    both = outcomes_of([1, 0, 0, 1, 0, 0], [0, 0, 0, 1, 1, 1])
    assert both.has_both(np.arange(6))
    assert not both.has_both(np.array([0, 1, 4, 5]))
    assert not both.has_both(np.array([0, 3, 4]))
