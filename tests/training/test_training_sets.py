"""A second booster, of a newer date whose window was cut short: what it learns from, and that it looks no further."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.features.population.population import Population
from littlegiants.ingest.errors import TrainingError
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.scoring.booster import averaged, contributions, log_odds
from littlegiants.training.labels import LabelRule
from littlegiants.training.panel import PanelSource
from littlegiants.training.pipeline import train
from littlegiants.training.training_sets import market_training_set
from tests.small_model import small_config

ASKED = date(2023, 12, 31)
DATES = (date(2019, 12, 31), date(2021, 12, 31))
EARLY = small_config(early_months=12)


@pytest.fixture(scope="module")
def source(tables):
    return PanelSource(tables.known_by(ASKED), ASKED, LabelRule(), False, frozenset())


@pytest.fixture(scope="module")
def population(source):
    return source.population(ASKED)


@pytest.fixture(scope="module")
def training_set(source, population):
    return market_training_set(source, source.panel(DATES, population), ASKED, population, EARLY)


def test_the_newer_date_is_as_late_as_its_shorter_window_allows(training_set, source, population):
    assert training_set.early.dates == (date(2022, 12, 31),)
    year = replace(source, rule=LabelRule(timespan=LabelTimespan(12)))
    expected = year.panel([date(2022, 12, 31)], population)
    assert training_set.early_labels.tolist() == expected.market.tolist()
    assert 0 < training_set.early_labels.mean() < training_set.labels.mean()


def test_without_the_setting_there_is_one_booster(source, population):
    panel = source.panel(DATES, population)
    plain = market_training_set(source, panel, ASKED, population, small_config())
    assert plain.early is None
    booster = plain.fit(population, small_config(), 7)
    assert booster.num_trees() == 60


def test_two_boosters_are_one_of_their_mean_log_odds(training_set, population):
    plain = replace(training_set, early=None, early_labels=None).fit(population, EARLY, 7)
    both = training_set.fit(population, EARLY, 7)
    assert both.num_trees() == 2 * plain.num_trees()
    values = training_set.panel.values[:200]
    again = averaged(plain, both)
    np.testing.assert_allclose(
        log_odds(again, values), (log_odds(plain, values) + log_odds(both, values)) / 2, rtol=1e-12, atol=1e-12
    )
    np.testing.assert_allclose(
        contributions(again, values), (contributions(plain, values) + contributions(both, values)) / 2, atol=1e-9
    )


def test_the_rate_of_a_date_is_no_lesson(training_set, population):
    """Twice as many successes early, and the order of the firms is learned all the same: dates begin at their rate."""
    values, early = training_set.early.values, training_set.early_labels
    shifted = replace(training_set, early_labels=np.where(np.arange(len(early)) % 2, early, 1).astype(np.int8))
    one, other = (log_odds(given.fit(population, EARLY, 7), values).mean() for given in (training_set, shifted))
    rates = [early.mean(), shifted.early_labels.mean()]
    assert rates[1] > 0.4 + rates[0]
    assert abs(other - one) < 0.25 * abs(np.diff(np.log(rates) - np.log1p(-np.array(rates))))


def test_it_knows_the_columns_it_is_given(training_set, population):
    booster = training_set.fit(population, EARLY, 7, FEATURES[:30])
    assert booster.feature_name() == list(FEATURES[:30])


def test_firms_that_all_fared_alike_teach_nothing(source, population):
    exits = replace(source, rule=LabelRule("exit"))
    month = replace(source, rule=LabelRule("exit", LabelTimespan(1)))
    days = [date(year, 6, 30) for year in range(2008, 2020)]
    quiet = next(day for day in days if not month.panel([LabelTimespan(1).latest_before(day)], population).market.any())
    config = small_config(early_months=1, label={"outcome": "exit"})
    with pytest.raises(TrainingError, match="fared alike within 1 months; leave out early_months"):
        market_training_set(exits, exits.panel(DATES, population), quiet, population, config)


def test_a_model_is_trained_calibrated_and_read_back(tables, tmp_path):
    trained = train(tables, EARLY)
    assert trained.training_set.early is not None
    assert trained.test is not None
    assert trained.training_set.early.dates == (date(2022, 12, 31),)
    assert trained.model.market.booster.num_trees() == 120
    assert trained.model.manifest.metrics["auc"].value > 0.7
    assert trained.model.manifest.metrics["ece"].value < 0.06
    written = write_artefact(trained.model, tmp_path / "model")
    values = trained.test.values
    assert (read_artefact(tmp_path / "model").probabilities(values) == trained.probabilities).all()
    assert write_artefact(train(tables, EARLY).model, tmp_path / "again").version == written.version


def test_nothing_known_after_the_test_date_teaches(tables):
    """What came within the year after the newer date but became known later has no say."""
    trained = train(tables, EARLY, measured=False)
    assert trained.test is not None
    day = trained.model.manifest.dates.test
    earlier = EARLY.model_copy(update={"dates": EARLY.dates.model_copy(update={"known_by": day, "holdout": False})})
    alone = train(tables.known_by(day), earlier, measured=False)
    assert isinstance(alone.model.population, Population)
    assert (
        log_odds(alone.model.market.booster, trained.test.values[:100])
        == (log_odds(trained.model.market.booster, trained.test.values[:100]))
    ).all()


def test_a_date_without_any_success_begins_at_half_of_one(training_set):
    # All of the early firms failed: their date begins at the rate 0.5 / n, and nothing is infinite.
    failed = replace(training_set, early_labels=np.zeros(len(training_set.early)))
    both = failed.fit(Population.empty(), EARLY, 7)
    assert np.isfinite(log_odds(both, training_set.panel.values)).all()


def test_the_rows_of_some_firms(training_set):
    chosen = np.unique(training_set.panel.firm_ids)[::3]
    some = training_set.of_firms(chosen)
    for panel, labels, whole, all_labels in (
        (some.panel, some.labels, training_set.panel, training_set.labels),
        (some.early, some.early_labels, training_set.early, training_set.early_labels),
    ):
        rows = [place for place, firm in enumerate(whole.firm_ids) if firm in set(chosen)]
        assert panel.firm_ids.tolist() == whole.firm_ids[rows].tolist()
        assert labels.tolist() == all_labels[rows].tolist()
