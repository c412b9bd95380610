"""The backtest of the small universe, and ways to change what it found."""

import copy
from collections.abc import Callable

from littlegiants.training.backtest import Backtest
from tests.training.backtest.conftest import found, truth

__all__ = ["altered", "found", "truth"]


def altered(results: Backtest, change: Callable[[dict], object]) -> Backtest:
    """The results with something changed in their plain form."""
    plain = copy.deepcopy(results.model_dump())
    change(plain)
    return Backtest.model_validate(plain)
