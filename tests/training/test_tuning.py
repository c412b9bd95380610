"""Settings are chosen by what was known, and nothing that came later has a say."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from littlegiants.ingest.errors import ConfigError, TrainingError
from littlegiants.ingest.tables.days import day_number
from littlegiants.training.backtest.origin import run_origin
from littlegiants.training.choice import settings_digest
from littlegiants.training.config import TrainConfig, to_toml
from littlegiants.training.data_end import data_end
from littlegiants.training.evaluation.metrics import CALIBRATION
from littlegiants.training.tuning import SPACE, protocol, tune
from tests.small_model import small_config

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def config():
    return small_config(booster={"leaf_firms": 20})


@pytest.fixture(scope="module")
def tuned(tables, config):
    return tune(tables, config, trials=3, origins=2)


def test_the_settings_given_are_the_first_trial(tuned, config):
    assert sorted([*(trial.number for trial in tuned.trials), *tuned.failed]) == [0, 1, 2]
    given = {**config.booster.model_dump(), **config.model_dump()}
    assert tuned.trials[0].drawn == {name: given[name] for name in SPACE}


def test_a_trial_is_the_backtest_of_its_settings(tuned, tables, config):
    day, known_by = tuned.origins[0], tuned.config.chosen.known_by
    origin = run_origin(tables, config, day, known_by, frozenset(), None, lambda _: None)
    expected = CALIBRATION["log_loss"](origin.test.market, origin.probabilities)
    assert tuned.trials[0].by_origin[0] == expected


def test_the_best_trial_gives_the_settings(tuned):
    best = min(tuned.trials, key=lambda trial: trial.figures["log_loss"])
    assert tuned.best == best.number
    plain = {**tuned.config.booster.model_dump(), **tuned.config.model_dump()}
    assert {name: plain[name] for name in SPACE} == best.drawn
    assert tuned.config.chosen.settings == settings_digest(tuned.config)
    assert tuned.config.chosen.protocol == protocol(small_config(booster={"leaf_firms": 20}), tuned.origins, 3)


def test_the_test_of_a_training_begins_no_earlier_than_all_that_was_looked_at(tuned, tables, config):
    test = config.dates.schedule(config.label.rule().timespan, data_end(tables)).test
    assert tuned.config.chosen.known_by <= test
    assert all(config.label.rule().timespan.end(day) <= tuned.config.chosen.known_by for day in tuned.origins)


def test_nothing_that_became_known_later_has_a_say(tuned, tables, config):
    day = day_number(tuned.config.chosen.known_by)

    def other(rows):
        # All that is learned later is shuffled among the firms; what is known by the day stays.
        later = np.flatnonzero(rows.known > day)
        firm = rows.firm.copy()
        firm[later] = np.random.default_rng(3).permutation(firm[later])
        order = np.lexsort((rows.day, firm))
        return replace(rows, firm=firm).take(order)

    events = {name: None if rows is None else other(rows) for name, rows in tables.events.items()}
    again = tune(replace(tables, events=events), config, trials=3, origins=2)
    assert again == tuned


def test_the_same_again_and_another_seed(tuned, tables, config):
    assert tune(tables, config, trials=2, origins=2).trials == tuned.trials[:2]
    assert tune(tables, config.model_copy(update={"seed": 8}), trials=2, origins=2).trials[1].drawn != (
        tuned.trials[1].drawn
    )


def test_the_settings_are_read_back_from_their_text(tuned, tmp_path):
    path = tmp_path / "tuned.toml"
    path.write_text(to_toml(tuned.config), encoding="utf-8")
    assert TrainConfig.from_toml(path) == tuned.config


def test_dates_of_a_single_training_are_refused(tables, config):
    dates = config.dates.model_copy(update={"fit": (date(2019, 1, 1),), "calibrate": date(2021, 1, 1)})
    with pytest.raises(ConfigError, match="remove them"):
        tune(tables, config.model_copy(update={"dates": dates}), trials=1)


def test_no_origin_before_the_data_begin(tables, config):
    known_by = data_end(tables) - timedelta(days=1)
    dates = config.dates.model_copy(update={"known_by": known_by})
    tuned = tune(tables, config.model_copy(update={"dates": dates}), trials=1, origins=1)
    assert tuned.origins[-1] < known_by


def test_an_origin_with_too_little_to_fit_the_given_settings_is_named(tables):
    with pytest.raises(TrainingError, match=r"in a leaf at least; .* at the origin \d{4}-\d\d-\d\d, which fewer"):
        tune(tables, small_config(booster={"leaf_firms": 5_000}), trials=1, origins=2)
