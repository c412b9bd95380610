"""One origin: what the model says of the firms at risk, and what is known of them besides."""

from datetime import date

import numpy as np
import pandas as pd

from littlegiants.features.matrix import FEATURES
from littlegiants.training.backtest.origin import matrix_of
from littlegiants.training.origins import configuration_at
from littlegiants.training.pipeline import train
from tests.training.backtest.conftest import CONFIG, END, ORIGINS


def test_the_model_is_that_of_a_training_with_its_dates(tables, origin):
    trained = train(tables, configuration_at(CONFIG, ORIGINS[-1], END), measured=False)
    assert trained.model.manifest.metrics == {}
    assert (trained.probabilities == origin.probabilities).all()
    assert (trained.fitting.values == origin.fitting.values)[~np.isnan(origin.fitting.values)].all()


def test_intervals_hold_their_probability(origin):
    assert ((origin.low <= origin.probabilities) & (origin.probabilities <= origin.high)).all()
    assert origin.low.min() >= 0
    assert origin.high.max() <= 1


def test_signals_of_the_same_firms_in_the_same_order(known, origin):
    matrix = matrix_of(known, origin.as_of, origin.model.population, origin.test)
    assert matrix.firm_ids.tolist() == origin.test.firm_ids.tolist()
    assert np.array_equal(matrix.values, origin.test.values, equal_nan=True)
    later = matrix_of(known, END, origin.model.population, origin.test)
    assert later.firm_ids.tolist() == origin.test.firm_ids.tolist()
    events = FEATURES.index("events_known")
    assert later.values[:, events].sum() > matrix.values[:, events].sum()


def test_withheld_firms_are_measured_with_their_reason(origin):
    nothing = origin.test.values[:, FEATURES.index("events_known")] == 0
    assert nothing.any()
    assert set(origin.reasons[nothing]) == {"nothing_known"}
    assert len(origin.probabilities) == len(origin.reasons) == len(origin.test)


def test_the_truth_is_that_of_the_firm_and_the_date(truth, origin):
    then = truth[pd.to_datetime(truth["as_of_date"]) == pd.Timestamp(origin.as_of)]
    expected = dict(zip(then["firm_id"], then["p_market"], strict=True))
    known = [firm in expected for firm in origin.test.firm_ids]
    assert np.isnan(origin.truth).tolist() == [not one for one in known]
    assert origin.truth[known].tolist() == [expected[firm] for firm in origin.test.firm_ids[known]]


def test_the_last_stage_is_the_origins(origin):
    assert origin.as_of == ORIGINS[-1]
    assert max(origin.fitting.dates) == date(2021, 12, 31)
