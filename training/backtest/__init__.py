"""A recipe measured as in live use: a model at each origin, its baselines, its leaky twin, and what luck explains."""

from littlegiants.training.backtest.findings import Backtest
from littlegiants.training.backtest.run import backtest
from littlegiants.training.backtest.settings import BacktestConfig

__all__ = ["Backtest", "BacktestConfig", "backtest"]
