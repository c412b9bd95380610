"""Which origins a backtest has."""

from datetime import date

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.training.backtest.settings import BacktestConfig
from tests.small_model import small_config

END = date(2025, 12, 31)


def test_the_newest_origin_is_the_newest_complete_window_and_the_others_are_a_year_apart():
    # 24 months before the end of 2025, then twelve months back each.
    found = BacktestConfig(count=3).dates(small_config(), END)
    assert found == (date(2021, 12, 31), date(2022, 12, 31), date(2023, 12, 31))


def test_a_reporting_gap_holds_back_the_newest_origin_too():
    assert BacktestConfig(count=1).dates(small_config(dates={"gap_months": 6}), END) == (date(2023, 6, 30),)


def test_what_cannot_be_is_refused():
    with pytest.raises(
        ConfigError, match="ends on 2026-12-31, after 2025-12-31; choose origins on or before 2023-12-31"
    ):
        BacktestConfig(origins=(date(2024, 12, 31),)).dates(small_config(), END)
    with pytest.raises(ConfigError, match="ascending and distinct, not 2022-12-31, 2021-12-31"):
        BacktestConfig(origins=(date(2022, 12, 31), date(2021, 12, 31))).dates(small_config(), END)
    single = small_config(dates={"fit": [date(2015, 12, 31)], "calibrate": date(2018, 12, 31)})
    with pytest.raises(ConfigError, match="chooses them at each origin: remove them"):
        BacktestConfig().dates(single, END)
    with pytest.raises(ConfigError, match="names fit, calibrate or test; a backtest chooses them"):
        BacktestConfig().dates(small_config(dates={"test": date(2018, 12, 31)}), END)
