"""The comparison of recipes: paired, over firms, and blind to what a recipe did not know."""

import importlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.models.scoring.booster import BoosterConfig
from littlegiants.training.config import TrainConfig
from littlegiants.training.labels import MARKET, STALLED
from littlegiants.training.panel import Panel

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def recipes(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("recipes")


def panel_of(size: int, day: date, seed: int) -> Panel:
    labels = np.where(np.random.default_rng(seed).random(size) < 0.3, MARKET, STALLED).astype(np.int8)
    ids = np.array([f"f{number}" for number in range(size)], object)
    return Panel(np.zeros((size, len(FEATURES))), labels, ids, np.zeros(size, np.int64), (day,), (0,))


def test_a_better_recipe_is_better_beyond_chance_and_an_equal_one_is_not(recipes):
    panels = [panel_of(600, date(2009, 1, 1), 1), panel_of(900, date(2010, 1, 1), 2)]
    random = np.random.default_rng(3)
    noise = [random.normal(size=len(panel)) for panel in panels]
    weak = [panel.market + 2 * part for panel, part in zip(panels, noise, strict=True)]
    strong = [3 * panel.market + 2 * part for panel, part in zip(panels, noise, strict=True)]
    found = recipes.compare(panels, {"weak": weak, "same": [3 * part for part in weak], "strong": strong}, 60, seed=7)
    assert found["weak"][:, 1:].tolist() == found["same"][:, 1:].tolist() == [[0.0] * 3] * len(recipes.METRICS)
    assert (found["strong"][:, 2] > 0).all()
    assert (found["strong"][:, 2] <= found["strong"][:, 1]).all()
    assert (found["strong"][:, 1] <= found["strong"][:, 3]).all()
    expected = recipes.figures(panels, strong) - recipes.figures(panels, weak)
    assert found["strong"][:, 1] == pytest.approx(expected)


def test_what_comes_after_the_origin_changes_no_score(recipes, tables):
    day = date(2021, 6, 30)
    small = recipes.Recipe(BoosterConfig(trees=10, leaf_firms=20), fresh=True, fit_dates=1)
    scored = []
    for seen in (tables, tables.known_by(date(2023, 12, 31))):
        known = replace(recipes.origin(seen, frozenset(), "market", day).known, require_round=False)
        observed = replace(known, tables=seen.known_by(date(2023, 12, 31)), known_by=date(2023, 12, 31))
        origin = recipes.Origin(known, observed)
        scored.append((origin.scores(small), origin.outcomes().firm_ids.tolist()))
    assert scored[0][0].tolist() == scored[1][0].tolist()
    assert scored[0][1] == scored[1][1]
    without = replace(small, without=("market heat", "firm profile"))
    assert not np.array_equal(origin.scores(without), scored[1][0])
    assert len(origin.ceiling(BoosterConfig(trees=10, leaf_firms=5), seed=7)) == len(origin.outcomes())
    assert 0.1 < origin.outcomes().market.mean() < 0.6


@pytest.mark.parametrize("outcome", ["market", "exit"])
def test_the_recipe_for_the_command_line_is_that_of_the_benchmark(outcome, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    written = TrainConfig.from_toml(ROOT / "examples" / "crunchbase_2013.toml")
    written = written.model_copy(update={"label": written.label.model_copy(update={"outcome": outcome})})
    if outcome == "exit":  # the line that the file holds as a comment
        written = written.model_copy(update={"booster": written.booster.model_copy(update={"signs": True})})
    assert written == importlib.import_module("crunchbase_2013").configuration(outcome, holdout=True)
