"""A backtest of the small universe, made once, and one origin of it."""

from datetime import date

import pandas as pd
import pytest

from littlegiants.training.backtest.settings import BacktestConfig
from tests.small_model import small_config

ORIGINS = (date(2021, 12, 31), date(2023, 12, 31))
END = date(2025, 12, 31)
CONFIG = small_config(dates={"known_by": END}, booster={"trees": 40})
TOO_EARLY = date(2006, 12, 31)
SETTINGS = BacktestConfig(origins=(TOO_EARLY, *ORIGINS), picks=(10,), refits=2, explained=200, folds=2)


@pytest.fixture(scope="session")
def truth(universe):
    return pd.read_parquet(universe / "truth" / "truth.parquet")


@pytest.fixture(scope="session")
def known(tables):
    from littlegiants.training.data_end import known_on

    return known_on(tables, END)


@pytest.fixture(scope="session")
def origin(known, truth):
    """The model of the last origin, and what it says."""
    from littlegiants.training.backtest.origin import run_origin

    return run_origin(known, CONFIG, ORIGINS[-1], END, frozenset(), truth, lambda _: None)


@pytest.fixture(scope="session")
def found(tables, truth, universe):
    """The whole backtest."""
    from littlegiants.training.backtest import backtest

    return backtest(tables, CONFIG, SETTINGS, truth=truth, location=universe)
