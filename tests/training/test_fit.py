"""The two fits of a head: calibrated on a later panel, and fitted again with its calibration kept."""

import numpy as np
import pytest

from littlegiants.features.population.population import Population
from littlegiants.models.scoring.booster import log_odds, to_text
from littlegiants.models.scoring.calibration import Calibration
from littlegiants.training.fit import fit_head, refit_head
from littlegiants.training.training_sets import TrainingSet
from tests.training.plain_model import CALIBRATE, CONFIG, FIT, plain_panel

EMPTY = Population.empty()


@pytest.fixture(scope="module")
def training_set():
    panel = plain_panel(seed=1)
    return TrainingSet(panel, panel.market)


@pytest.fixture(scope="module")
def later():
    return plain_panel(seed=2, dates=(CALIBRATE,))


@pytest.fixture(scope="module")
def head(training_set, later):
    return fit_head(training_set, later, "market", EMPTY, CONFIG)


def test_the_booster_knows_its_training_set_alone_and_the_calibration_the_later_panel(head, training_set, later):
    assert to_text(head.booster) == to_text(training_set.fit(EMPTY, CONFIG, CONFIG.seed))
    expected = Calibration.fit(log_odds(head.booster, later.values), later.market)
    assert head.calibration.to_file() == expected.to_file()
    # Platt's map with an intercept: the mean probability is the rate of the rows it was fitted on.
    mean = head.calibration.probability(log_odds(head.booster, later.values)).mean()
    assert mean == pytest.approx(later.market.mean(), abs=1e-6)


def test_an_outcome_that_there_is_not_is_no_outcome(training_set, later):
    with pytest.raises(KeyError, match="exit"):
        fit_head(training_set, later, "exit", EMPTY, CONFIG)


def test_fitted_again_it_keeps_its_slope_and_meets_the_rate_of_the_newest_date(head, later):
    # Two dates in one panel, 300 rows each: only the later one decides the level.
    both = plain_panel(seed=3, firms=600, dates=(FIT, CALIBRATE))
    again = refit_head(head, TrainingSet(both, both.market), "market", EMPTY, CONFIG)
    assert again.calibration.slope == head.calibration.slope
    newest = both.rows(np.arange(600) >= 300)
    mean = again.calibration.probability(log_odds(again.booster, newest.values)).mean()
    assert mean == pytest.approx(newest.market.mean(), abs=1e-9)
    assert newest.market.mean() != both.market.mean()
    assert to_text(again.booster) != to_text(head.booster)
