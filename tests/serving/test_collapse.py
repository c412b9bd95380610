"""A batch whose firms all score alike is not published; a small or a varied one is."""

import numpy as np
import pytest

from littlegiants.ingest.errors import CollapseError, StopError
from littlegiants.serving.collapse import FIRMS, check_spread

NAN = float("nan")


def logistic(log_odds):
    return 1 / (1 + np.exp(-np.asarray(log_odds, float)))


@pytest.mark.parametrize(
    ("market", "words"),
    [
        (np.full(FIRMS, 0.3), "50 of 50 firms get one and the same probability"),
        (np.zeros(1_000), "1,000 of 1,000 firms get one"),
        (np.ones(1_000), "1,000 of 1,000 firms get one"),
        (np.r_[np.full(96, 0.3), 0.1, 0.2, 0.5, 0.9], "96 of 100 firms get one"),
        (np.r_[np.full(200, NAN), np.full(50, 0.3)], "50 of 50 firms get one"),
        # From -0.02 to 0.02: the middle 90 % of a straight line span 0.036.
        (logistic(np.linspace(-0.02, 0.02, 500)), "of 500 firms 90 % lie within 0.036 of log-odds"),
    ],
)
def test_firms_that_are_not_told_apart_stop_the_batch(market, words):
    with pytest.raises(CollapseError, match=words) as caught:
        check_spread(market)
    assert (caught.value.exit_code, isinstance(caught.value, StopError)) == (6, True)


@pytest.mark.parametrize(
    "market",
    [
        np.array([]),
        np.full(FIRMS - 1, 0.3),
        np.full(1_000, NAN),
        np.r_[np.full(FIRMS - 1, 0.3), NAN],
        np.r_[np.full(80, 0.3), np.linspace(0.1, 0.9, 20)],
        logistic(np.linspace(-0.1, 0.1, 500)),
        np.r_[np.zeros(90), np.ones(10)],
    ],
)
def test_few_firms_or_varied_ones_go_on(market):
    check_spread(market)


def test_a_portfolio_of_the_small_universe_goes_on(scores):
    check_spread(scores["p_market"].to_numpy())
