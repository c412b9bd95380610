"""The window: a model's scores of its firms, measured on the same resamples as every other model's."""

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pytest

from littlegiants.ingest.errors import TrainingError
from littlegiants.training.data_end import data_end
from littlegiants.training.evaluation.metrics import SKILL
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes
from littlegiants.training.panel import Panel
from littlegiants.training.promotion.evaluation_window import EvaluationWindow, bootstrap, open_window
from littlegiants.training.promotion.policy import Policy
from tests.small_model import small_config
from tests.training.plain_model import END, TEST, plain_model, plain_panel

POLICY = Policy(resamples=20)


@dataclass
class Source:
    """Gives one panel, and counts how often it is made."""

    made: Panel
    known_by: date = END
    dates: list[list[date]] = field(default_factory=list)

    def panel(self, dates, _population):
        self.dates.append(dates)
        return self.made


@pytest.fixture
def window():
    panel = plain_panel(seed=5, dates=(TEST,))
    outcomes = PooledOutcomes(panel.market, panel.firm_ids, np.zeros(len(panel), np.int64))
    return EvaluationWindow(Source(panel), TEST, outcomes, {}, {}, POLICY)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def model():
    return plain_model()


def test_a_model_is_scored_and_measured_on_all_firms_and_each_resample(window, model):
    scored = window.score(model)
    values = window.source.made.values
    assert scored.probabilities.tolist() == model.probabilities(values).tolist()
    assert (scored.low <= scored.probabilities).all()
    assert (scored.probabilities <= scored.high).all()
    assert set(scored.replicates) == {*SKILL, "ece", "slope"}
    assert {len(found) for found in scored.replicates.values()} == {1 + POLICY.resamples}
    expected = SKILL["auc"](window.outcomes.labels, scored.probabilities)
    assert scored.replicates["auc"][0] == expected > 0.7
    assert window.known_by == END


def test_two_models_meet_on_the_same_resamples(window, model):
    one, two = window.score(model), window.score(model)
    for name, found in one.replicates.items():
        assert found.tolist() == two.replicates[name].tolist()
    assert (bootstrap(POLICY).resamples, bootstrap(POLICY).seed) == (20, 7)


def test_signals_are_computed_once_for_each_population(window, model):
    window.score(model)
    window.score(replace(model, manifest=model.manifest.model_copy(update={"seed": 8})))
    assert window.source.dates == [[TEST]]
    window.score(replace(model, manifest=model.manifest.model_copy(update={"files": {"context.parquet": "2" * 64}})))
    assert window.source.dates == [[TEST], [TEST]]


def test_a_model_whose_scores_are_no_numbers_is_not_measured(window, model):
    broken = replace(model, market=replace(model.market, calibration=replace(model.market.calibration, slope=np.nan)))
    scored = window.score(broken)
    assert np.isnan(scored.probabilities).all()
    assert scored.replicates == {}


def test_the_newest_complete_window_is_opened_with_its_baselines(tables):
    config = small_config()
    window = open_window(tables, frozenset(), config, POLICY)
    end = data_end(tables)
    assert window.known_by == end
    assert window.as_of == config.label.rule().timespan.latest_before(end)
    assert 0 < window.outcomes.labels.sum() < len(window.outcomes)
    assert "logistic regression" in window.baselines
    for found in window.baselines.values():
        assert set(found) == set(SKILL)
    assert {len(names) for names in window.parts.values()} == {len(window.outcomes)}
    earlier = open_window(tables, frozenset(), config, POLICY, known_by=END.replace(year=end.year - 2))
    assert earlier.as_of < window.as_of


def test_dates_without_firms_give_no_window(tables):
    with pytest.raises(TrainingError):
        open_window(tables, frozenset(), small_config(), POLICY, known_by=date(2006, 12, 31))
