"""Each metric against scikit-learn or against arithmetic done by hand."""

import numpy as np
import pytest
from sklearn import metrics as sk

from littlegiants.training.evaluation.metrics import (
    CALIBRATION,
    DECISIONS,
    SKILL,
    calibration_intercept,
    calibration_slope,
    ece,
    lift_at,
    measure,
    precision_at,
    reliability,
)

EVERY = {**SKILL, **CALIBRATION, **DECISIONS}


def sample(size=2_000, seed=0, slope=1.0, intercept=0.0):
    """Outcomes drawn at rates whose log-odds are slope * z + intercept, and the probabilities of log-odds z."""
    random = np.random.default_rng(seed)
    logits = random.normal(-1, 1.5, size)
    labels = random.random(size) < 1 / (1 + np.exp(-(slope * logits + intercept)))
    return labels.astype(np.int8), 1 / (1 + np.exp(-logits))


SCIKIT_LEARN = {
    "auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "brier": sk.brier_score_loss,
    "log_loss": lambda labels, found: sk.log_loss(labels, np.clip(found, 1e-9, 1 - 1e-9)),
}


@pytest.mark.parametrize("size", [2, 3, 10, 500, 5_000])
@pytest.mark.parametrize("steps", [0, 2, 7, 1_000])
def test_against_scikit_learn_to_the_last_bit(size, steps):
    for seed in range(5):
        labels, probabilities = sample(size, seed)
        labels[:2] = 0, 1
        if steps:  # firms tie
            probabilities = np.round(probabilities * steps) / steps
        for name, reference in SCIKIT_LEARN.items():
            assert EVERY[name](labels, probabilities) == reference(labels, probabilities), name


def test_all_at_once_are_each_by_itself_in_the_order_given():
    labels, probabilities = sample(300)
    found = measure(EVERY, labels, probabilities)
    assert found == {name: metric(labels, probabilities) for name, metric in EVERY.items()}
    assert list(found) == list(EVERY)
    assert measure(SKILL, labels, probabilities) == {name: found[name] for name in SKILL}


def test_auc_by_hand():
    # Successes 0.8 and 0.4 against failures 0.6 and 0.2: three of the four pairs are in order.
    assert SKILL["auc"](np.array([1, 0, 1, 0], np.int8), np.array([0.8, 0.6, 0.4, 0.2])) == 0.75


def test_average_precision_by_hand():
    # At the successes' places 1 and 3 the precision is 1/1 and 2/3; their mean is 5/6.
    assert SKILL["average_precision"](np.array([1, 0, 1, 0], np.int8), np.array([0.8, 0.6, 0.4, 0.2])) == pytest.approx(
        5 / 6
    )


def test_log_loss_of_a_certain_error_is_large_and_finite():
    # Clipped at 1e-9, a certain error costs -ln 1e-9 = 20.72 nats; over two rows, half of it.
    found = CALIBRATION["log_loss"](np.array([0, 1], np.int8), np.array([1.0, 1.0]))
    assert found == pytest.approx(-np.log(1e-9) / 2, rel=1e-6)


def test_ece_by_hand():
    # Ten bins of two, in the order of the probabilities 0.025, 0.075, ... 0.975. Every bin has one success, 0.5; its
    # mean probability is 0.05, 0.15, ... 0.95; the gaps are 0.45, 0.35, ... 0.05, 0.05 ... 0.45, on average 0.25.
    probabilities = np.arange(20) / 20 + 0.025
    labels = np.tile([0, 1], 10).astype(np.int8)
    assert ece(labels, probabilities) == pytest.approx(0.25)
    turned = np.random.default_rng(0).permutation(20)
    assert ece(labels[turned], probabilities[turned]) == pytest.approx(0.25)


def test_ece_weighs_bins_by_their_size():
    # Eleven rows: the first bin has two (0.0 and 0.0, no success), the others one. Gaps: 0 + 0 in the first, then nine
    # rows of 0.5 that all succeed, each a gap of 0.5: 9 x 0.5 / 11.
    probabilities = np.array([0.0, 0.0] + [0.5] * 9)
    assert ece(np.array([0, 0] + [1] * 9, np.int8), probabilities) == pytest.approx(4.5 / 11)


def test_ece_of_what_is_perfectly_calibrated_is_small():
    # With 20,000 rows a bin's rate has a standard error of at most sqrt(0.25 / 2,000) = 0.011.
    assert ece(*sample(20_000)) < 0.011
    assert ece(*sample(20_000, intercept=1.0)) > 0.1


def test_fewer_rows_than_bins():
    assert ece(np.array([0, 1], np.int8), np.array([0.25, 0.5])) == pytest.approx((0.25 + 0.5) / 2)
    assert [found.firms for found in reliability(np.array([0, 1], np.int8), np.array([0.25, 0.5]))] == [1, 1]


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.5, 0.0), (1.6, -0.7)])
def test_cox_slope_and_intercept_are_those_the_outcomes_were_drawn_with(slope, intercept):
    labels, probabilities = sample(40_000, 3, slope, intercept)
    assert calibration_slope(labels, probabilities) == pytest.approx(slope, abs=0.05)
    assert calibration_intercept(labels, probabilities) == pytest.approx(intercept, abs=0.06)


def test_cox_intercept_of_a_constant_is_the_log_odds_of_the_rate():
    # One success in four: ln(0.25 / 0.75); nothing can be said of the slope.
    labels = np.array([1, 0, 0, 0], np.int8)
    assert calibration_slope(labels, np.full(4, 0.3)) == 0
    assert calibration_intercept(labels, np.full(4, 0.3)) == pytest.approx(np.log(1 / 3))


@pytest.mark.parametrize("pair", [[0.0, 1.0], [1.0, 0.0]])
def test_cox_of_probabilities_that_are_0_and_1_is_finite(pair):
    labels, probabilities = np.tile([0, 1], 20).astype(np.int8), np.tile(pair, 20)
    assert np.isfinite(calibration_slope(labels, probabilities))
    assert np.isfinite(calibration_intercept(labels, probabilities))


def test_precision_and_lift_by_hand():
    # The best four of ten are 1, 1, 0, 1; three of ten succeed in all.
    probabilities = np.linspace(1, 0, 10)
    labels = np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], np.int8)
    assert precision_at(2)(labels, probabilities) == 1
    assert precision_at(4)(labels, probabilities) == 0.75
    assert lift_at(4)(labels, probabilities) == pytest.approx(0.75 / 0.3)
    assert precision_at(0.4)(labels, probabilities) == 0.75
    assert lift_at(0.3)(labels, probabilities) == pytest.approx(2 / 3 / 0.3)
    # More than there are: all. Less than one firm: one.
    assert precision_at(100)(labels, probabilities) == pytest.approx(0.3)
    assert precision_at(0.01)(labels, probabilities) == 1
    assert lift_at(100)(labels, probabilities) == pytest.approx(1)


@pytest.mark.parametrize("labels", [[0, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]])
def test_the_order_of_tied_firms_says_nothing(labels):
    tied = np.full(4, 0.5)
    # Any one of the four may be picked first: three in four succeed. The bins hold the same share: |0.5 - 0.75|.
    assert precision_at(1)(np.array(labels, np.int8), tied) == 0.75
    assert ece(np.array(labels, np.int8), tied) == 0.25


def test_names_of_the_decision_metrics():
    sizes = ("20", "100", "1%", "5%", "10%")
    assert list(DECISIONS) == [f"precision_at_{k}" for k in sizes] + [f"lift_at_{k}" for k in sizes]
    labels, probabilities = sample(1_000)
    best = np.argsort(-probabilities)
    for k, count in zip(sizes, (20, 100, 10, 50, 100), strict=True):
        assert DECISIONS[f"precision_at_{k}"](labels, probabilities) == pytest.approx(labels[best[:count]].mean())


def test_reliability_bins_by_hand():
    probabilities = np.arange(20) / 20
    labels = np.repeat([0, 1], 10).astype(np.int8)
    bins = reliability(labels, probabilities)
    # Bins of two neighbours: 0.00 and 0.05, 0.10 and 0.15 ...; the first five fail, the last five succeed.
    assert [found.predicted for found in bins] == pytest.approx([0.025 + 0.1 * place for place in range(10)])
    assert [found.observed for found in bins] == [0.0] * 5 + [1.0] * 5
    assert {found.firms for found in bins} == {2}
