"""Intervals against rates that came."""

import numpy as np
import pytest

from littlegiants.training.backtest.intervals import interval_quality


def test_two_bins_by_hand():
    # 100 firms at 0.2 of which 22 succeed, 100 at 0.6 of which 30 succeed.
    probabilities = np.repeat([0.2, 0.6], 100)
    labels = np.concatenate([np.arange(100) < 22, np.arange(100) < 30]).astype(np.int8)
    low, high = probabilities - 0.05, probabilities + 0.05
    found = interval_quality(labels, probabilities, low, high, np.full(200, np.nan), bins=2)
    assert [(part.observed, part.inside, part.holds) for part in found.bins] == [
        (0.22, True, True),
        (0.3, False, False),
    ]
    # Wilson: 0.3 of 100 is between 0.219 and 0.396, below 0.55.
    assert found.bins[1].observed_low == pytest.approx(0.2189, abs=1e-3)
    assert found.bins[1].observed_high == pytest.approx(0.3958, abs=1e-3)
    assert (found.coverage, found.inside) == (0.5, 0.5)
    assert [found.width, found.width_median] == pytest.approx([0.1, 0.1])
    assert (found.truth_coverage, found.truth_error, found.bins[0].truth) == (None, None, None)


def test_a_rate_outside_whose_own_interval_reaches_in_is_no_proof():
    # 30 of 100 is [0.219, 0.396]; the interval [0.15, 0.25] holds 0.22 to 0.25 of it.
    probabilities, labels = np.full(100, 0.2), (np.arange(100) < 30).astype(np.int8)
    found = interval_quality(labels, probabilities, probabilities - 0.05, probabilities + 0.05, np.full(100, np.nan), 1)
    assert (found.bins[0].inside, found.bins[0].holds) == (False, True)


def test_the_truth_where_it_is_known():
    probabilities, labels = np.array([0.2, 0.4, 0.6, 0.8]), np.array([0, 1, 0, 1], np.int8)
    truth = np.array([0.25, 0.5, np.nan, 0.8])
    found = interval_quality(labels, probabilities, probabilities - 0.06, probabilities + 0.06, truth, 1)
    # Of the three known, 0.25 and 0.8 lie within; errors 0.05, 0.1 and 0.
    assert found.truth_coverage == pytest.approx(2 / 3)
    assert found.truth_error == pytest.approx(0.05)
    assert found.bins[0].truth == pytest.approx((0.25 + 0.5 + 0.8) / 3)


def test_true_probabilities_with_honest_intervals_hold_and_shifted_ones_do_not():
    random = np.random.default_rng(6)
    chance = random.beta(2, 5, 5_000)
    labels = (random.random(5_000) < chance).astype(np.int8)
    shares = [
        interval_quality(labels, p, np.clip(p - 0.01, 0, 1), np.clip(p + 0.01, 0, 1), chance).coverage
        for p in (chance, np.clip(chance + 0.1, 0, 1))
    ]
    assert shares[0] >= 0.9
    assert shares[1] == 0
