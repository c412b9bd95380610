"""The interval: as wide and as far to one side of the probability as stored, and what is refused."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import norm

from littlegiants.models.scoring.booster import BoosterConfig, fit_mean, fit_variance, log_odds
from littlegiants.models.scoring.calibration import probability
from littlegiants.models.scoring.interval import LEVEL, IntervalFile, Spread

LOG_ODDS = st.floats(-1e300, 1e300) | st.sampled_from([0.0, -0.0, 5e-324, -745.2, 709.8, 1e15, -36.7, 36.7])


@pytest.fixture(scope="module")
def boosters():
    """Of one signal: firms above 0 move by 0.4 and have a variance of 0.25, those below by -1 and have 0.04."""
    random = np.random.default_rng(5)
    values = random.normal(size=(4_000, 1))
    above = values[:, 0] > 0
    moved = np.where(above, 0.4, -1.0) + random.normal(size=4_000) / 4
    squares = (random.normal(size=(4_000, 8)) ** 2).mean(axis=1) * np.where(above, 0.25, 0.04)
    config = BoosterConfig(trees=80, learning_rate=0.1, leaves=4)
    return fit_mean(values, moved, ["signal"], config, 7), fit_variance(values, squares, ["signal"], config, 7)


VALUES, AT = np.array([[-1.0], [1.0]]), np.array([-2.0, 0.3])


def test_bias_and_spread_are_found_again(boosters):
    np.testing.assert_allclose(log_odds(boosters[0], VALUES), [-1.0, 0.4], rtol=0.05)
    np.testing.assert_allclose(Spread(boosters[0], boosters[1], 0.0).deviation(VALUES), [0.2, 0.5], rtol=0.05)


def test_by_hand(boosters):
    # Variances of sources that know nothing of each other add up; 10 % lie beyond each end.
    moved, variance = (log_odds(booster, VALUES) for booster in boosters)
    low, high = Spread(boosters[0], boosters[1], 0.3).interval(AT, VALUES)
    reach = norm.ppf(0.5 + LEVEL / 2) * np.sqrt(np.exp(variance) + 0.09 + (0.3 * moved) ** 2)
    # The first firm's bias leads so far down that its upper end would lie below its probability.
    assert (moved + reach)[0] < 0 < (moved + reach)[1]
    np.testing.assert_allclose(low, 1 / (1 + np.exp(-(AT + moved - reach))), rtol=1e-12)
    np.testing.assert_allclose(high, 1 / (1 + np.exp(-(AT + np.array([reach[0] / 4, (moved + reach)[1]])))), rtol=1e-12)


def test_without_drift_it_is_narrower_and_of_the_other_two_alone(boosters):
    low, high = Spread(boosters[0], boosters[1], 0.3).interval(AT, VALUES)
    still = Spread(boosters[0], boosters[1], 0.3).interval(AT, VALUES, drift=False)
    np.testing.assert_array_equal(still, Spread(boosters[0], boosters[1], 0.0).interval(AT, VALUES))
    assert (low < still[0]).all()
    assert (still[1] < high).all()


@given(st.lists(LOG_ODDS, min_size=1, max_size=20), st.floats(0, 1e6))
def test_the_probability_lies_within_whatever_the_numbers(boosters, values, drift):
    at = np.array(values)
    low, high = Spread(boosters[0], boosters[1], drift).interval(at, np.full((len(at), 1), np.nan))
    assert ((low >= 0) & (low <= probability(at)) & (probability(at) <= high) & (high <= 1)).all()


def test_a_variance_beyond_all_bounds_gives_the_interval_from_0_to_1():
    values, config = np.zeros((40, 1)), BoosterConfig(trees=5)
    still = fit_mean(values, np.zeros(40), ["signal"], config, 7)
    endless = fit_variance(values, np.full(40, 1e30), ["signal"], config, 7)
    low, high = Spread(still, endless, 0.0).interval(np.zeros(1), values[:1])
    assert (low[0], high[0]) == pytest.approx((0, 1), abs=1e-12)


@pytest.mark.parametrize("drift", [-0.1, float("nan"), float("inf"), None, "far"])
def test_an_unsound_file_is_refused(drift):
    IntervalFile.model_validate_json('{"drift": 0.0}')
    with pytest.raises(ValidationError, match="drift"):
        IntervalFile.model_validate_json(json.dumps({"drift": drift}))
    with pytest.raises(ValidationError, match="not permitted"):
        IntervalFile.model_validate_json('{"drift": 0.1, "more": 1}')
