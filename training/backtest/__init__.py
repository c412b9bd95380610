"""Measuring a recipe as live use would have: a model at each origin, its rivals, its leaky twin, what luck explains."""

from littlegiants.training.backtest.findings import Backtest
from littlegiants.training.backtest.run import backtest
from littlegiants.training.backtest.settings import BacktestConfig

__all__ = ["Backtest", "BacktestConfig", "backtest"]
