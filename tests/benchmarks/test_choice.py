"""The price of having chosen: what was promised where it was chosen, less what was kept."""

import importlib
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def choice(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("choice")


def test_the_best_so_far_is_taken_and_measured_on_the_next_origin(choice):
    auc = np.array([[0.70, 0.75, 0.71], [0.70, 0.71, 0.72], [0.70, 0.70, 0.76], [0.70, 0.60, 0.71]])
    first, second = choice.choices(["a", "b", "c"], auc)
    # Before the third origin the means are 0.70, 0.73 and 0.715, of all 0.715; before the fourth 0.70, 0.72 and 0.73.
    assert (first.name, second.name) == ("b", "c")
    assert (first.promised, first.kept) == (pytest.approx(0.015), pytest.approx(0.70 - 0.72))
    assert (second.promised, second.kept) == (pytest.approx(0.73 - 2.15 / 3), pytest.approx(0.71 - 0.67))


@pytest.mark.parametrize("outcome", ["market", "exit", "acquisition"])
def test_the_setting_of_the_benchmark_is_among_those_compared_and_each_is_another(choice, outcome):
    some = list(choice.settings(outcome).values())
    assert choice.configuration(outcome, holdout=True).booster in some
    assert len({repr(one) for one in some}) == len(some)
