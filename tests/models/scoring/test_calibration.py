"""Calibration: the logistic point, the Venn-Abers interval against the library that defines it, and what is refused."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError
from venn_abers import calc_p0p1, calc_probs

from littlegiants.models.scoring.calibration import MIN_SLOPE, Calibration, CalibrationFile

GOOD = {"intercept": -1.0, "slope": 0.5, "scores": [-1.0, 2.0], "low": [0.0, 0.1, 0.4], "high": [0.2, 0.3, 1.0]}
HUGE = st.floats(-1e300, 1e300) | st.sampled_from([-np.inf, np.inf, 0.0, -0.0, 5e-324, -745.2, 709.8, 1e15])


def sample(size=400, seed=0, slope=1.0, intercept=-1.0, ties=False):
    """Log-odds and outcomes drawn at the rate 1 / (1 + exp(-(intercept + slope * log_odds)))."""
    random = np.random.default_rng(seed)
    scores = random.normal(0, 1.5, size)
    if ties:
        scores = np.round(scores, 1)
    labels = random.random(size) < 1 / (1 + np.exp(-(intercept + slope * scores)))
    return scores, labels.astype(np.int8)


def library(scores, labels, wanted):
    """The multiprobabilities (p0, p1) as venn_abers itself computes them from scores and outcomes."""
    with np.errstate(all="ignore"):
        p0, p1, steps = calc_p0p1(np.column_stack((-scores, scores)), labels.astype(float))
        _, pair = calc_probs(p0, p1, steps, np.column_stack((-wanted, wanted)))
    return pair[:, 0], pair[:, 1]


@pytest.mark.filterwarnings("ignore:All-NaN slice encountered")
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_interval_is_that_of_the_library_where_it_holds_the_point(seed, ties):
    scores, labels = sample(300, seed, ties=ties)
    fitted = Calibration.fit(scores, labels)
    wanted = np.concatenate((np.linspace(-9, 9, 500), scores, [-1e9, 1e9]))
    p0, p1 = library(scores, labels, wanted)
    point = fitted.probability(wanted)
    low, high = fitted.interval(wanted)
    np.testing.assert_allclose(low, np.minimum(p0, point), rtol=0, atol=1e-15)
    np.testing.assert_allclose(high, np.maximum(p1, point), rtol=0, atol=1e-15)
    inside = (p0 <= point) & (point <= p1)
    assert inside.mean() > 0.1
    np.testing.assert_allclose(low[inside], p0[inside], rtol=0, atol=1e-15)
    np.testing.assert_allclose(high[inside], p1[inside], rtol=0, atol=1e-15)


def test_the_interval_of_four_rows_by_hand():
    # Scores 1 2 3 4 with outcomes 0 1 0 1. A new row below all: as a failure, isotonic regression of 0|0 1 0 1 gives it
    # 0; as a success, of 1|0 1 0 1, the first four pool to 2/4. Above all: as a failure, 0 1 0 1|0 pools from the
    # second row on to 2/4, and as a success it is 1.
    fitted = Calibration.fit(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 1, 0, 1], np.int8))
    assert fitted.scores.tolist() == [1, 2, 3, 4]
    assert (fitted.low[0], fitted.low[-1]) == (0, 0.5)
    assert (fitted.high[0], fitted.high[-1]) == (0.5, 1)
    # At the score 2 itself: as a failure it joins a row with one success of one, and with the 0 at 3 makes 1/3; as a
    # success 2/3.
    low, high = fitted.interval(np.array([2.0]))
    assert (low[0], high[0]) == pytest.approx((1 / 3, 2 / 3))


@given(st.lists(HUGE, min_size=2, max_size=20), st.integers(0, 3))
def test_everything_increases_with_the_score(values, seed):
    fitted = FITTED[seed]
    scores = np.sort(np.array(values))
    point = fitted.probability(scores)
    low, high = fitted.interval(scores)
    for column in (point, low, high):
        assert (np.diff(column) >= 0).all()
        assert ((column >= 0) & (column <= 1)).all()
    assert ((low <= point) & (point <= high)).all()


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


def test_perfect_separation_gives_finite_numbers():
    scores = np.linspace(-2, 2, 200)
    fitted = Calibration.fit(scores, (scores > 0).astype(np.int8))
    assert np.isfinite([fitted.slope, fitted.intercept]).all()
    assert fitted.to_file().slope > 1


def test_twice_the_same_fit_is_the_same_to_the_last_bit():
    one, other = (Calibration.fit(*sample(seed=5)).to_file() for _ in range(2))
    assert one.model_dump_json() == other.model_dump_json()


@pytest.mark.parametrize("rate", [1e-6, 0.02, 0.31, 0.5, 0.999])
def test_anchoring_gives_the_wanted_mean_and_keeps_slope_and_steps(rate):
    scores, labels = sample()
    newer = scores * 1.3 + 0.8
    fitted = Calibration.fit(scores, labels)
    moved = fitted.anchored(newer, rate)
    assert moved.probability(newer).mean() == pytest.approx(rate, rel=1e-9)
    assert moved.slope == fitted.slope
    assert moved.low.tolist() == fitted.low.tolist()
    shift = fitted.scores[0] - moved.scores[0]
    at = np.linspace(-8, 8, 997)
    np.testing.assert_allclose(moved.probability(at), fitted.probability(at + shift), rtol=1e-9)
    np.testing.assert_allclose(np.diff(moved.scores), np.diff(fitted.scores), atol=1e-12)


def test_anchoring_works_at_the_smallest_slope_too():
    fitted = Calibration.fit(*sample(2_000, 2, slope=-1.0))
    assert fitted.anchored(sample()[0], 0.9).probability(sample()[0]).mean() == pytest.approx(0.9)


def test_scores_that_fall_together_when_moved_leave_a_sound_file():
    # 0 and 5e-324 are two scores; less 0.7 or more they are one.
    steps = np.array([0.0, 0.1, 0.2, 0.3])
    fitted = Calibration(-1.0, 1.0, np.array([0.0, 5e-324, 1.0]), steps, steps + 0.5)
    moved = fitted.anchored(np.zeros(10), 0.5)
    assert len(moved.scores) == 2
    assert moved.low.tolist() == [0.0, 0.2, 0.3]
    assert moved.high.tolist() == [0.5, 0.7, 0.8]
    shift = fitted.scores[2] - moved.scores[1]
    for at in (-3.0, 0.5, 1.0, 2.0):
        assert moved.interval(np.array([at - shift])) == fitted.interval(np.array([at]))
    assert moved.to_file().scores == tuple(moved.scores)


@given(st.integers(0, 10_000), st.floats(0.001, 0.999))
def test_a_file_gives_back_the_calibration_bit_for_bit(seed, rate):
    scores, labels = sample(60, seed)
    assume(0 < labels.sum() < len(labels))
    fitted = Calibration.fit(scores, labels).anchored(scores, rate)
    again = Calibration.from_file(CalibrationFile.model_validate_json(fitted.to_file().model_dump_json()))
    at = np.concatenate((scores, np.linspace(-5, 5, 31)))
    assert again.probability(at).tobytes() == fitted.probability(at).tobytes()
    for one, other in zip(again.interval(at), fitted.interval(at), strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slope": 0.0}, "must increase"),
        ({"slope": -0.5}, "must increase"),
        ({"slope": float("nan")}, "finite"),
        ({"intercept": float("inf")}, "finite"),
        ({"scores": []}, "at least one"),
        ({"scores": [], "low": [0.1], "high": [0.2]}, "at least one"),
        ({"scores": [2.0, -1.0]}, "increase strictly"),
        ({"scores": [1.0, 1.0]}, "increase strictly"),
        ({"scores": [float("nan"), 2.0]}, "finite"),
        ({"scores": [-float("inf"), 2.0]}, "finite"),
        ({"low": [0.1, 0.2]}, "one value more"),
        ({"high": [0.1, 0.2, 0.3, 0.4]}, "one value more"),
        ({"low": []}, "one value more"),
        ({"low": [0.2, 0.1, 0.4]}, "low is not a non-decreasing"),
        ({"high": [0.2, 0.3, 0.25]}, "high is not a non-decreasing"),
        ({"low": [-0.01, 0.1, 0.4]}, "low is not a non-decreasing"),
        ({"high": [0.2, 0.3, 1.01]}, "high is not a non-decreasing"),
        ({"low": [float("nan"), 0.1, 0.4]}, "finite"),
        ({"low": [None, 0.1, 0.4]}, "number"),
        ({"low": 0.3}, "tuple|array|list"),
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


def test_fitting_leaves_numpy_as_loud_as_it_was():
    # Importing venn_abers alone tells NumPy to be silent about 0 / 0 from then on, everywhere in the process.
    program = (
        "import numpy as np\n"
        "from littlegiants.models.scoring.calibration import Calibration\n"
        "before = np.geterr()\n"
        "Calibration.fit(np.arange(6.0), np.array([0, 1, 0, 1, 0, 1], np.int8))\n"
        "raise SystemExit(before != np.geterr())"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
