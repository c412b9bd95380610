"""Portfolios, and how likely luck explains them."""

from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from littlegiants.training.backtest.portfolio import luck, simulate_portfolio

ONE, TWO = date(2020, 1, 1), date(2021, 1, 1)


@given(st.integers(1, 60), st.data())
def test_luck_at_one_origin_is_the_hypergeometric_tail(firms, data):
    successes, drawn = data.draw(st.integers(0, firms)), data.draw(st.integers(0, firms))
    hits = data.draw(st.integers(0, drawn))
    expected = hypergeom.sf(hits - 1, firms, successes, drawn)
    assert luck([(firms, successes, drawn)], hits) == pytest.approx(expected, abs=1e-9)


def test_luck_over_two_origins_by_counting_every_choice():
    # All ways of picking 2 of 5 firms with 2 successes, and 2 of 4 firms with 1 success, independently.
    first = [sum(firm < 2 for firm in pick) for pick in combinations(range(5), 2)]
    second = [sum(firm < 1 for firm in pick) for pick in combinations(range(4), 2)]
    for hits in range(5):
        expected = np.mean([a + b >= hits for a in first for b in second])
        assert luck([(5, 2, 2), (4, 1, 2)], hits) == pytest.approx(expected)


def test_a_portfolio_by_hand():
    labels = [np.array([1, 1, 0, 0, 0], np.int8), np.array([0, 1, 0, 0], np.int8)]
    model = [np.array([0.9, 0.8, 0.3, 0.2, 0.1]), np.array([0.7, 0.6, 0.2, 0.1])]
    baseline = [np.array([5.0, 0, 4, 3, 2]), np.array([9.0, 1, 8, 2])]
    found = simulate_portfolio([ONE, TWO], labels, model, {"total raised": baseline}, 2, 1)
    # The model picks firms 0, 1 (two hits) and 0, 1 (one hit); blind picks expect 2 x 2/5 + 2 x 1/4.
    assert (found.picked, found.hits, found.rate) == (4, 3, 0.75)
    assert found.expected == pytest.approx(1.3)
    assert found.base_rate == pytest.approx(1.3 / 4)
    assert [part.hits for part in found.holdings] == [2, 1]
    # Both in each draw: (1 of 10 pairs) and 3 of 6 pairs hold the one success.
    assert found.luck == pytest.approx(1 / 10 * 3 / 6)
    (other,) = found.baselines
    # The baseline picks 0, 2 and 0, 2: one hit. Unshared are 1 against 2 at both origins, and both times the model's
    # pick is the one success of the two: a quarter by chance.
    assert (other.hits, other.advantage) == (1, 2)
    assert other.chance == pytest.approx(0.25)


def test_the_same_picks_have_no_advantage():
    labels, scores = [np.array([1, 0, 1, 0], np.int8)], [np.array([4.0, 3, 2, 1])]
    (other,) = simulate_portfolio([ONE], labels, scores, {"same": scores}, 2, 1).baselines
    assert (other.advantage, other.chance) == (0, 1.0)


def test_the_same_picks_at_one_origin_leave_the_chance_to_the_others():
    labels = [np.array([1, 0, 1, 0], np.int8), np.array([1, 0, 0, 0], np.int8)]
    model = [np.array([4.0, 3, 2, 1])] * 2
    baseline = [model[0], np.array([0.0, 3, 2, 1])]
    # One pick each: shared at the first origin, firm 0 against firm 1 at the second, the one success of the two.
    (other,) = simulate_portfolio([ONE, TWO], labels, model, {"other": baseline}, 1, 1).baselines
    assert (other.advantage, other.chance) == (1, 0.5)


def test_ties_are_not_picked_in_the_order_of_the_file():
    # The first 100 of 1,000 firms succeed and all scores are alike: the file's order would hit every time.
    labels = [np.repeat([1, 0], [100, 900]).astype(np.int8)]
    found = simulate_portfolio([ONE], labels, [np.ones(1_000)], {}, 100, 7)
    assert 2 <= found.hits <= 22


def test_fewer_firms_than_picks():
    labels, scores = [np.array([1, 0], np.int8)], [np.array([0.2, 0.1])]
    found = simulate_portfolio([ONE], labels, scores, {}, 50, 1)
    assert (found.picked, found.hits) == (2, 1)
    assert found.luck == pytest.approx(1.0)


def test_luck_explains_blind_picks_and_not_the_truth():
    random = np.random.default_rng(5)
    chance = random.random(2_000)
    labels = [(random.random(2_000) < chance).astype(np.int8)]
    found = simulate_portfolio([ONE], labels, [chance], {"blind": [random.random(2_000)]}, 100, 1)
    assert found.luck < 1e-9
    assert found.baselines[0].luck > 0.01
    assert found.baselines[0].chance < 1e-6
