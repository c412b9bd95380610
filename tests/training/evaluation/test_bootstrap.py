"""The bootstrap: firms with all their rows, the same resamples for any scores."""

import numpy as np
import pytest

from littlegiants.ingest.errors import TrainingError
from littlegiants.training.evaluation.bootstrap import Bootstrap, figure
from littlegiants.training.evaluation.metrics import CALIBRATION, DECISIONS, SKILL
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes

BOOTSTRAP = Bootstrap(50, 3)
EVERY = {**SKILL, **CALIBRATION, **DECISIONS}


def sample(size, seed=0):
    """Outcomes drawn at the rates that the probabilities say."""
    random = np.random.default_rng(seed)
    probabilities = 1 / (1 + np.exp(-random.normal(-1, 1.5, size)))
    return (random.random(size) < probabilities).astype(np.int8), probabilities


def outcomes_of(labels, firms=None, origin=None):
    size = len(labels)
    ids = np.array([f"f{n}" for n in range(size)] if firms is None else firms, object)
    return PooledOutcomes(np.array(labels, np.int8), ids, np.array(origin if origin is not None else [0] * size))


def rate(labels, scores):
    return {"rate": float(labels.mean())}


def test_a_firm_is_drawn_with_all_its_rows():
    outcomes = outcomes_of([1, 0, 1, 0, 1, 0], ["a", "b", "a", "b", "c", "c"])
    for rows in BOOTSTRAP.firms(outcomes):
        times = np.bincount(rows, minlength=6)
        assert times[0] == times[2]
        assert times[1] == times[3]
        assert times[4] == times[5]
        assert times[[0, 1, 4]].sum() == 3


def test_repeated_rows_of_the_same_firms_do_not_narrow_the_interval():
    random = np.random.default_rng(0)
    labels = (random.random(400) < 0.3).astype(np.int8)
    once = outcomes_of(labels)
    twice = PooledOutcomes(np.tile(labels, 2), np.tile(once.firm_ids, 2), np.zeros(800, np.int64))
    alone = PooledOutcomes(twice.labels, np.array([f"r{n}" for n in range(800)], object), twice.origin)
    spread = [
        float(Bootstrap(400, 1).replicates(s, np.zeros(len(s)), on_all=rate)["rate"].std())
        for s in (once, twice, alone)
    ]
    # The standard error of a share of 400 is 0.023; taking each row twice for new would make it 0.016.
    assert spread[1] == pytest.approx(spread[0], rel=0.15)
    assert spread[2] == pytest.approx(spread[0] / np.sqrt(2), rel=0.15)


def test_every_resample_has_both_outcomes_at_every_origin():
    outcomes = outcomes_of([1, 0, 0, 1, 0, 0], ["a", "b", "c", "d", "e", "f"], [0, 0, 0, 1, 1, 1])
    for rows in BOOTSTRAP.firms(outcomes):
        assert outcomes.has_both(rows)


def test_means_over_origins_and_figures_over_all_rows():
    # Shares 1/2 and 1/4 at two origins: their mean is 0.375, the share of all rows 2 of 6.
    outcomes = outcomes_of([1, 0, 1, 0, 0, 0], origin=[0, 0, 1, 1, 1, 1])
    at_each = BOOTSTRAP.replicates(outcomes, np.zeros(6), at_each_origin=rate)
    on_all = BOOTSTRAP.replicates(outcomes, np.zeros(6), on_all=rate)
    assert at_each["rate"][0] == pytest.approx(0.375)
    assert on_all["rate"][0] == pytest.approx(1 / 3)
    assert len(at_each["rate"]) == 51


def test_two_scores_are_measured_on_the_same_resamples():
    random = np.random.default_rng(1)
    labels, scores = (random.random(200) < 0.4).astype(np.int8), random.random(200)
    outcomes = outcomes_of(labels)

    def auc(labels, scores):
        return {"auc": SKILL["auc"](labels, scores)}

    one, same = (BOOTSTRAP.replicates(outcomes, s, on_all=auc)["auc"] for s in (scores, 2 * scores + 1))
    assert (one == same).all()
    assert figure(one - same).model_dump() == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_one_outcome_only_is_refused():
    with pytest.raises(TrainingError, match="0 of 2 firms are successes; both kinds are needed"):
        BOOTSTRAP.replicates(outcomes_of([0, 0]), np.zeros(2), on_all=rate)
    with pytest.raises(TrainingError, match="both kinds are needed"):
        BOOTSTRAP.replicates(outcomes_of([0, 1, 0], origin=[0, 0, 1]), np.zeros(3), on_all=rate)


def test_every_interval_holds_its_value():
    for seed in range(3):
        figures = Bootstrap(40, seed).figures(EVERY, *sample(400, seed))
        assert list(figures) == list(EVERY)
        for found in figures.values():
            assert found.low <= found.value <= found.high


def test_the_interval_is_about_as_wide_as_theory_has_it():
    # Of a rate p over n = 2,000 rows, 95 % lie within 1.96 x sqrt(p (1 - p) / n) on either side.
    labels, probabilities = sample(2_000)
    figure = Bootstrap(400, 1).figures({"rate": lambda y, _: float(y.mean())}, labels, probabilities)["rate"]
    half = 1.96 * np.sqrt(labels.mean() * (1 - labels.mean()) / 2_000)
    assert (figure.high - figure.low) / 2 == pytest.approx(half, rel=0.12)


def test_the_interval_depends_on_the_seed_alone():
    def figures(seed, metrics):
        return Bootstrap(30, seed).figures(metrics, *sample(300))

    assert figures(5, SKILL) == figures(5, SKILL) != figures(6, SKILL)
    # Nor on which other metrics are measured along with it.
    assert figures(5, EVERY)["auc"] == figures(5, SKILL)["auc"]


def test_a_single_success_can_be_measured():
    labels = np.zeros(30, np.int8)
    labels[4] = 1
    figures = Bootstrap(25).figures(EVERY, labels, np.linspace(0.01, 0.6, 30))
    assert figures["auc"].value == pytest.approx(4 / 29)


@pytest.mark.parametrize("value", [0, 1])
def test_one_outcome_only_is_refused_and_not_waited_for(value):
    with pytest.raises(TrainingError, match=r" of 30 firms are successes; both kinds are needed$"):
        Bootstrap(25).figures(SKILL, np.full(30, value, np.int8), np.linspace(0, 1, 30))
