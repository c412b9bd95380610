"""Supplied rates and constant prices, from the configuration through the model to the scores."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import CONFIG, giants, read, score


@pytest.fixture
def with_rates(world):
    shutil.copytree(world.data, "rated")
    Path("rated/rates.csv").write_text("currency,published_on,usd\nEUR,2015-01-02,1.2\nCNY,31.12.2015,0.16\n")
    return Path("rated")


def test_a_model_in_constant_prices_is_scored_in_them(world, with_rates, store):
    Path("real.toml").write_text(f"constant_prices = 2015\n{CONFIG}")
    given = ("--config", "real.toml", "--artefact", "real", "--store", store, "--json")
    trained = giants("train", "--data", with_rates, *given)
    assert trained.code == 0, trained.err
    sums = json.loads(trained.out)["tables"][0]
    assert (sums["table"], sums["read"], sums["used"], sums["by_code"]) == ("rates", 2, 1, {"impossible_date": 1})
    money = json.loads(Path("real/manifest.json").read_text())["money"]
    assert money["constant_prices"] == 2015
    assert len(money["rates"]) == 64
    assert score(world, data=with_rates, model="real").code == 0
    assert len(read(Path("scores.csv"))) > 100
    refused = score(world, data=world.data, model="real", out="other.csv")
    assert refused.code != 0
    assert "the tables' money is made with the bundled rates, prices of 2015, the model's with a table" in refused.err
    assert not Path("other.csv").exists()


def test_a_base_year_without_prices_is_refused(world):
    Path("real.toml").write_text("constant_prices = 1950")
    run = giants("train", "--data", world.data, "--config", "real.toml", "--store", "sqlite:///new.db")
    assert run.code == 2
    assert run.err.splitlines()[-1] == "giants: constant_prices is 1950; choose a year from 1961 to 2027, or none"


def test_the_table_of_rates_is_not_written_over(world, with_rates):
    run = score(world, data=with_rates, out=with_rates / "rates.csv")
    assert run.code == 2
    assert "is a table that is to be read; name another file" in run.err
