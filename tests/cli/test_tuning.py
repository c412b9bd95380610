"""``giants tune``: settings chosen by trials, a file that ``giants train`` takes, and the runs in the store."""

import json
from pathlib import Path

from mlflow import MlflowClient

from littlegiants.training.config import TrainConfig
from tests.cli.conftest import giants


def tuned(world, *more):
    options = ("--config", world.config, "--trials", 2, "--origins", 1, "--store", "sqlite:///own.db")
    return giants("tune", "--data", world.data, "--out", "tuned.toml", *options, *more)


def test_the_settings_chosen_are_taken_by_the_training(world):
    done = tuned(world, "--json")
    assert (done.code, done.err) == (0, "")
    result = json.loads(done.out)
    config = TrainConfig.from_toml(Path("tuned.toml"))
    assert config.chosen.model_dump(mode="json") == result["chosen"]
    best = next(trial for trial in result["trials"] if trial["number"] == result["best"])
    assert config.booster.trees == best["settings"]["trees"]
    run = MlflowClient("sqlite:///own.db").get_run(result["run_id"])
    assert run.data.params["protocol"] == result["chosen"]["protocol"]

    trained = giants("train", "--data", world.data, "--config", "tuned.toml", "--store", "sqlite:///own.db", "--json")
    assert trained.code == 0, trained.err
    assert json.loads(trained.out)["dates"]["test"] >= result["chosen"]["known_by"]
    earlier = giants("train", "--data", world.data, "--config", "tuned.toml", "--known-by", "2024-06-30")
    assert earlier.code == 2
    assert "the test would flatter" in earlier.err


def test_people_are_told_the_trials_and_that_the_best_flatters(world):
    done = tuned(world)
    assert done.code == 0, done.err
    assert "0, as given" in done.out
    assert "2 trials at 2021-12-31; outcomes known by 2023-12-31" in done.out
    assert "The best of many trials looks better than it is" in done.out


def test_settings_are_never_overwritten(world):
    Path("tuned.toml").write_text("mine", encoding="utf-8")
    done = tuned(world)
    assert (done.code, done.err) == (
        2,
        "giants: tuned.toml exists already; settings are never overwritten, name another file\n",
    )
