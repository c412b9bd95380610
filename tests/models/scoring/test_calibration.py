"""Calibration: the logistic map, how it is moved to another rate, and what is refused."""

import json

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from littlegiants.models.scoring.calibration import MIN_SLOPE, Calibration, CalibrationFile

GOOD = {"intercept": -1.0, "slope": 0.5}
HUGE = st.floats(-1e300, 1e300) | st.sampled_from([-np.inf, np.inf, 0.0, -0.0, 5e-324, -745.2, 709.8, 1e15])


def sample(size=400, seed=0, slope=1.0, intercept=-1.0, ties=False):
    """Log-odds and outcomes drawn at the rate 1 / (1 + exp(-(intercept + slope * log_odds)))."""
    random = np.random.default_rng(seed)
    scores = random.normal(0, 1.5, size)
    if ties:
        scores = np.round(scores, 1)
    labels = random.random(size) < 1 / (1 + np.exp(-(intercept + slope * scores)))
    return scores, labels.astype(np.int8)


@given(st.lists(HUGE, min_size=2, max_size=20), st.integers(0, 3))
def test_the_probability_increases_with_the_score(values, seed):
    point = FITTED[seed].probability(np.sort(np.array(values)))
    assert (np.diff(point) >= 0).all()
    assert ((point >= 0) & (point <= 1)).all()


FITTED = [Calibration.fit(*sample(120, seed, ties=seed == 1)) for seed in range(3)]
FITTED.append(FITTED[0].anchored(sample()[0], 0.01))


def test_the_point_keeps_the_ranking_strictly():
    scores = np.linspace(-20, 20, 2_001)
    assert (np.diff(FITTED[0].probability(scores)) > 0).all()


def test_slope_and_intercept_are_found_again():
    # 60,000 rows: the standard error of the slope is about 0.01.
    scores, labels = sample(60_000, 1, slope=0.7, intercept=-0.5)
    fitted = Calibration.fit(scores, labels)
    assert fitted.slope == pytest.approx(0.7, abs=0.04)
    assert fitted.intercept == pytest.approx(-0.5, abs=0.04)
    assert fitted.probability(scores).mean() == pytest.approx(labels.mean(), abs=1e-4)


def test_a_booster_that_ranks_backwards_becomes_nearly_constant_and_is_not_turned_round():
    scores, labels = sample(2_000, 2, slope=-1.0)
    fitted = Calibration.fit(scores, labels)
    assert fitted.slope == MIN_SLOPE
    assert np.ptp(fitted.probability(scores)) < 0.01
    assert fitted.probability(scores).mean() == pytest.approx(labels.mean(), abs=1e-3)


def test_a_constant_score_gives_the_rate():
    fitted = Calibration.fit(np.full(40, 0.7), (np.arange(40) < 10).astype(np.int8))
    assert fitted.slope == MIN_SLOPE
    assert fitted.probability(np.array([0.7])) == pytest.approx(0.25)


def test_perfect_separation_gives_finite_numbers():
    scores = np.linspace(-2, 2, 200)
    fitted = Calibration.fit(scores, (scores > 0).astype(np.int8))
    assert np.isfinite([fitted.slope, fitted.intercept]).all()
    assert fitted.to_file().slope > 1


def test_twice_the_same_fit_is_the_same_to_the_last_bit():
    one, other = (Calibration.fit(*sample(seed=5)).to_file() for _ in range(2))
    assert one.model_dump_json() == other.model_dump_json()


@pytest.mark.parametrize("rate", [1e-6, 0.02, 0.31, 0.5, 0.999])
def test_anchoring_gives_the_wanted_mean_and_keeps_the_slope(rate):
    scores, labels = sample()
    newer = scores * 1.3 + 0.8
    fitted = Calibration.fit(scores, labels)
    moved = fitted.anchored(newer, rate)
    assert moved.probability(newer).mean() == pytest.approx(rate, rel=1e-9)
    assert moved.slope == fitted.slope
    # Calibrated log-odds are those of the probability: the inverse of the logistic function.
    point = moved.probability(newer)
    np.testing.assert_allclose(moved.calibrated(newer), np.log(point / (1 - point)), atol=1e-9)


def test_anchoring_works_at_the_smallest_slope_too():
    fitted = Calibration.fit(*sample(2_000, 2, slope=-1.0))
    assert fitted.anchored(sample()[0], 0.9).probability(sample()[0]).mean() == pytest.approx(0.9)


@given(st.integers(0, 10_000), st.floats(0.001, 0.999))
def test_a_file_gives_back_the_calibration_bit_for_bit(seed, rate):
    scores, labels = sample(60, seed)
    assume(0 < labels.sum() < len(labels))
    fitted = Calibration.fit(scores, labels).anchored(scores, rate)
    again = Calibration.from_file(CalibrationFile.model_validate_json(fitted.to_file().model_dump_json()))
    at = np.concatenate((scores, np.linspace(-5, 5, 31)))
    assert again.probability(at).tobytes() == fitted.probability(at).tobytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slope": 0.0}, "greater than 0"),
        ({"slope": -0.5}, "greater than 0"),
        ({"slope": float("nan")}, "greater than 0|finite"),
        ({"intercept": float("inf")}, "finite"),
        ({"intercept": "steep"}, "number"),
        ({"code": "import os"}, "not permitted"),
    ],
)
def test_an_unsound_file_is_refused(change, message):
    CalibrationFile.model_validate(GOOD)
    with pytest.raises(ValidationError, match=message):
        CalibrationFile.model_validate({**GOOD, **change})
    with pytest.raises(ValidationError, match=message):
        CalibrationFile.model_validate_json(json.dumps({**GOOD, **change}))


@pytest.mark.parametrize("key", GOOD)
def test_a_file_without_a_key_is_refused(key):
    with pytest.raises(ValidationError, match="Field required"):
        CalibrationFile.model_validate({name: value for name, value in GOOD.items() if name != key})
