"""The origins of the past, and which dates a model of an origin may learn from."""

from datetime import date

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.training.origins import configuration_at, newest_origins
from tests.small_model import small_config

END = date(2025, 12, 31)


def test_the_newest_origin_is_the_newest_complete_window():
    # 24 months before the end of 2025, then half a year back.
    assert newest_origins(small_config(), END, 2, 6) == (date(2023, 6, 30), date(2023, 12, 31))


def test_a_window_lies_between_the_stages_of_every_origin():
    config = small_config(dates={"fit_dates": 3, "spacing_months": 6, "gap_months": 1})
    for origin in newest_origins(config, END, 5, 12):
        dated = configuration_at(config, origin, END)
        schedule = dated.dates.schedule(dated.label.rule().timespan, END)
        assert schedule.test == origin
        assert len(schedule.fit) == 3
        timespan = dated.label.rule().timespan
        assert timespan.end(schedule.fit[-1]) <= schedule.calibrate
        assert timespan.end(schedule.calibrate) <= origin


def test_dates_of_a_single_training_are_refused():
    with pytest.raises(ConfigError, match="names fit, calibrate or test; a backtest chooses them"):
        newest_origins(small_config(dates={"test": date(2018, 12, 31)}), END, 1, 12)
