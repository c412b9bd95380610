"""Signals that are held to a direction move the probability in no other, whatever the rest of a firm is."""

import numpy as np
import pytest

from littlegiants.features.matrix import CATEGORICAL, FEATURES
from littlegiants.models.scoring.booster import BoosterConfig, fit_booster, log_odds
from littlegiants.models.scoring.monotone import SIGNS, constraints


def test_signs_are_of_signals():
    assert set(SIGNS) <= set(FEATURES) - set(CATEGORICAL)
    assert constraints(["x", "raised_usd", "months_since_last_round"]) == [0, 1, -1]


@pytest.mark.parametrize("random_splits", [False, True])
def test_e11_no_violation_on_a_grid(trained, random_splits):
    panel = trained.fitting
    config = BoosterConfig(trees=80, leaf_firms=15, signs=True, random_splits=random_splits)
    booster = fit_booster(panel.values, panel.market, np.ones(len(panel)), FEATURES, list(CATEGORICAL), config, 7)
    firms = panel.values[:: len(panel) // 40]
    moved = 0
    for name, sign in SIGNS.items():
        place = FEATURES.index(name)
        known = panel.values[:, place][~np.isnan(panel.values[:, place])]
        grid = np.unique(np.quantile(known, np.linspace(0, 1, 60))) if len(known) else np.array([])
        rows = np.repeat(firms, len(grid), axis=0)
        rows[:, place] = np.tile(grid, len(firms))
        steps = sign * np.diff(log_odds(booster, rows).reshape(len(firms), len(grid)), axis=1)
        assert (steps >= 0).all(), name
        moved += bool((steps > 0).any())
    assert moved >= 5
