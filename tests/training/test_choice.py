from datetime import date

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.training.choice import check_choice, settings_digest
from littlegiants.training.config import ChosenConfig, TrainConfig
from littlegiants.training.split import Schedule
from tests.small_model import small_config

SCHEDULE = Schedule((date(2017, 1, 1),), date(2019, 1, 1), date(2021, 1, 1))


def chosen(config: TrainConfig, known_by: date) -> TrainConfig:
    choice = ChosenConfig(protocol="p" * 64, settings=settings_digest(config), known_by=known_by)
    return config.model_copy(update={"chosen": choice})


def test_settings_that_nobody_chose_are_not_asked_about():
    check_choice(small_config(), SCHEDULE)


def test_settings_chosen_by_what_was_known_when_the_test_began_are_sound():
    check_choice(chosen(small_config(), date(2021, 1, 1)), SCHEDULE)


def test_e19_settings_chosen_on_the_test_window_are_refused():
    with pytest.raises(
        ConfigError, match="known by 2021-01-02, after the test date 2021-01-01: the test would flatter"
    ):
        check_choice(chosen(small_config(), date(2021, 1, 2)), SCHEDULE)


def test_without_a_test_nothing_can_flatter():
    check_choice(chosen(small_config(), date(2030, 1, 1)), Schedule(SCHEDULE.fit, SCHEDULE.calibrate, None))


def test_e19_settings_changed_after_the_choice_are_refused():
    config = chosen(small_config(), date(2021, 1, 1))
    changed = config.model_copy(update={"recency_half_life_months": 13.0})
    with pytest.raises(ConfigError, match=r"not those that \[chosen\] speaks of"):
        check_choice(changed, SCHEDULE)


def test_dates_threads_and_intervals_are_no_choice():
    config = small_config()
    other = small_config(booster={"threads": 2}, dates={"fit_dates": 3}, bootstrap=50, stability_fits=1)
    assert settings_digest(config) == settings_digest(other)
    assert settings_digest(config) != settings_digest(small_config(booster={"trees": 61}))
