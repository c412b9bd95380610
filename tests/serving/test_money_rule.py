"""A model scores amounts that were converted as those that it learned from, and no others."""

import shutil
from datetime import date

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.money import MoneyRule
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.serving.scorer import Scorer
from littlegiants.training.config import TrainConfig
from littlegiants.training.pipeline import train
from tests.small_model import AS_OF, SMALL

RATES = "currency,published_on,usd\nEUR,2015-01-02,1.2\nCNY,2015-01-02,0.16\n"


@pytest.fixture(scope="module")
def with_rates(universe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rates") / "universe"
    shutil.copytree(universe, folder)
    (folder / "rates.csv").write_text(RATES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def real(with_rates, tmp_path_factory):
    """Return the scorer of a model of constant prices and supplied rates, by way of its artefact."""
    config = TrainConfig.model_validate({**SMALL, "constant_prices": 2015})
    write_artefact(train(read_tables(with_rates, 2015), config).model, folder := tmp_path_factory.mktemp("m") / "model")
    return Scorer(read_artefact(folder))


def test_the_manifest_says_how_money_was_made(model, real, with_rates):
    assert model.manifest.money == MoneyRule("bundled", None)
    manifest = real.model.manifest
    assert manifest.money == read_tables(with_rates, 2015).money.rule(manifest.dates.known_by)
    assert manifest.money.constant_prices == manifest.config["constant_prices"] == 2015


def test_a_model_scores_tables_of_its_own_rule(real, with_rates):
    assert len(real.score(read_tables(with_rates, 2015), AS_OF)) > 100


def test_rates_published_after_the_training_are_the_same_rule(real, with_rates, tmp_path):
    shutil.copytree(with_rates, tmp_path / "later")
    with (tmp_path / "later" / "rates.csv").open("a", encoding="utf-8") as file:
        file.write("EUR,2026-01-02,1.1\nINR,2026-01-02,0.011\n")
    scores = [real.score(read_tables(folder, 2015), AS_OF) for folder in (with_rates, tmp_path / "later")]
    assert scores[0].equals(scores[1])


@pytest.mark.parametrize("year", [None, 2016])
def test_other_prices_are_refused(year, real, with_rates):
    with pytest.raises(ConfigError, match=r"the tables' money is made with .*; .* read them with constant_prices 2015"):
        real.score(read_tables(with_rates, year), AS_OF)


def test_other_rates_are_refused(real, model, universe, with_rates, tmp_path):
    shutil.copytree(with_rates, tmp_path / "other")
    (tmp_path / "other" / "rates.csv").write_text(RATES.replace("0.16", "0.17"), encoding="utf-8")
    for folder in (universe, tmp_path / "other"):
        with pytest.raises(
            ConfigError, match=r"the model's with a table of rates \([0-9a-f]{12}\), prices of 2015; give"
        ):
            real.score(read_tables(folder, 2015), AS_OF)
    with pytest.raises(ConfigError, match="the model's with the bundled rates, amounts as paid; give the tables the"):
        Scorer(model).score(read_tables(with_rates), date(2025, 12, 31))


def test_tables_of_other_prices_than_the_configuration_says_teach_nothing(tables):
    config = TrainConfig.model_validate({**SMALL, "constant_prices": 2015})
    with pytest.raises(
        ConfigError, match="read with constant_prices None, and the configuration says 2015; give read_"
    ):
        train(tables, config)
