"""The check of calibration without bins, against the library that defines it."""

import subprocess
import sys

import numpy as np
import pytest
from venn_abers import calc_p0p1, calc_probs

from littlegiants.training.evaluation.venn_abers import calibration_gap, venn_abers


def sample(size, seed, ties=False):
    """Probabilities, and outcomes drawn with them."""
    random = np.random.default_rng(seed)
    chance = random.beta(2, 5, size)
    if ties:
        chance = np.round(chance, 1)
    return (random.random(size) < chance).astype(np.int8), chance


@pytest.mark.filterwarnings("ignore:All-NaN slice encountered")
@pytest.mark.parametrize("ties", [False, True])
def test_the_pair_is_that_of_the_library(ties):
    labels, chance = sample(300, 3, ties)
    pairs = np.column_stack((1 - chance, chance))
    with np.errstate(all="ignore"):
        p0, p1, steps = calc_p0p1(pairs, labels.astype(float))
        _, expected = calc_probs(p0, p1, steps, pairs)
    low, high = venn_abers(labels, chance)
    np.testing.assert_allclose(np.column_stack((low, high)), expected, rtol=0, atol=1e-15)
    assert (low <= high).all()


def test_four_rows_by_hand():
    # Scores 1 to 4 tenths with outcomes 0 1 0 1. A further firm at 0.2: as a failure it joins a row with one success of
    # one, and with the 0 at 0.3 makes 1/3; as a success 2/3.
    low, high = venn_abers(np.array([0, 1, 0, 1], np.int8), np.array([0.1, 0.2, 0.3, 0.4]))
    assert (low[1], high[1]) == pytest.approx((1 / 3, 2 / 3))


def test_the_gap_tells_true_probabilities_from_shifted_ones():
    labels, chance = sample(5_000, 6)
    assert calibration_gap(labels, chance) < 0.02
    assert calibration_gap(labels, np.clip(chance + 0.1, 0, 1)) == pytest.approx(0.1, abs=0.02)


def test_it_leaves_numpy_as_loud_as_it_was():
    # Importing venn_abers alone tells NumPy to be silent about 0 / 0 from then on, everywhere in the process.
    program = (
        "import numpy as np\n"
        "from littlegiants.training.evaluation.venn_abers import calibration_gap\n"
        "before = np.geterr()\n"
        "calibration_gap(np.array([0, 1, 0, 1, 0, 1], np.int8), np.arange(6.0) / 10)\n"
        "raise SystemExit(before != np.geterr())"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
