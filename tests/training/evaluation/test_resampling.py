"""The bootstrap: firms with all their rows, the same resamples for any scores."""

import numpy as np
import pytest

from littlegiants.ingest.errors import TrainingError
from littlegiants.training.evaluation.metrics import SKILL, Bootstrap
from littlegiants.training.evaluation.resampling import PooledOutcomes, draw, figure

BOOTSTRAP = Bootstrap(50, 3)


def stack_of(labels, firms=None, origin=None):
    size = len(labels)
    ids = np.array([f"f{n}" for n in range(size)] if firms is None else firms, object)
    return PooledOutcomes(np.array(labels, np.int8), ids, np.array(origin if origin is not None else [0] * size))


def rate(labels, scores):
    return {"rate": float(labels.mean())}


def test_a_firm_is_drawn_with_all_its_rows():
    stack = stack_of([1, 0, 1, 0, 1, 0], ["a", "b", "a", "b", "c", "c"])
    for rows in stack.resamples(BOOTSTRAP):
        times = np.bincount(rows, minlength=6)
        assert times[0] == times[2]
        assert times[1] == times[3]
        assert times[4] == times[5]
        assert times[[0, 1, 4]].sum() == 3


def test_repeated_rows_of_the_same_firms_do_not_narrow_the_interval():
    random = np.random.default_rng(0)
    labels = (random.random(400) < 0.3).astype(np.int8)
    once = stack_of(labels)
    twice = PooledOutcomes(np.tile(labels, 2), np.tile(once.firm_ids, 2), np.zeros(800, np.int64))
    alone = PooledOutcomes(twice.labels, np.array([f"r{n}" for n in range(800)], object), twice.origin)
    spread = [
        float(draw(s, np.zeros(len(s)), Bootstrap(400, 1), on_all=rate)["rate"].std()) for s in (once, twice, alone)
    ]
    # The standard error of a share of 400 is 0.023; taking each row twice for new would make it 0.016.
    assert spread[1] == pytest.approx(spread[0], rel=0.15)
    assert spread[2] == pytest.approx(spread[0] / np.sqrt(2), rel=0.15)


def test_every_resample_has_both_outcomes_at_every_origin():
    stack = stack_of([1, 0, 0, 1, 0, 0], ["a", "b", "c", "d", "e", "f"], [0, 0, 0, 1, 1, 1])
    for rows in stack.resamples(BOOTSTRAP):
        assert stack.has_both(rows)


def test_means_over_origins_and_figures_over_all_rows():
    # Shares 1/2 and 1/4 at two origins: their mean is 0.375, the share of all rows 2 of 6.
    stack = stack_of([1, 0, 1, 0, 0, 0], origin=[0, 0, 1, 1, 1, 1])
    at_each = draw(stack, np.zeros(6), BOOTSTRAP, at_each_origin=rate)
    on_all = draw(stack, np.zeros(6), BOOTSTRAP, on_all=rate)
    assert at_each["rate"][0] == pytest.approx(0.375)
    assert on_all["rate"][0] == pytest.approx(1 / 3)
    assert len(at_each["rate"]) == 51


def test_two_scores_are_measured_on_the_same_resamples():
    random = np.random.default_rng(1)
    labels, scores = (random.random(200) < 0.4).astype(np.int8), random.random(200)
    stack = stack_of(labels)

    def auc(labels, scores):
        return {"auc": SKILL["auc"](labels, scores)}

    one, same = (draw(stack, s, BOOTSTRAP, on_all=auc)["auc"] for s in (scores, 2 * scores + 1))
    assert (one == same).all()
    assert figure(one - same).model_dump() == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_one_outcome_only_is_refused():
    with pytest.raises(TrainingError, match="0 of 2 firms are successes; both kinds are needed"):
        draw(stack_of([0, 0]), np.zeros(2), BOOTSTRAP, on_all=rate)
    with pytest.raises(TrainingError, match="both kinds are needed"):
        draw(stack_of([0, 1, 0], origin=[0, 0, 1]), np.zeros(3), BOOTSTRAP, on_all=rate)


def test_origins_are_put_under_each_other():
    one, two = stack_of([1, 0]), stack_of([0, 1, 0])
    both = PooledOutcomes.of([one, two])
    assert both.origin.tolist() == [0, 0, 1, 1, 1]
    assert both.pooled(both.origin == 1).origin.tolist() == [0, 0, 0]
    assert both.pooled(both.origin == 1).labels.tolist() == [0, 1, 0]
