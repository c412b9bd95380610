"""What the interval is learned from: fits of halves that share no firm, and rates that moved."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.features.population.population import Population
from littlegiants.ingest.errors import TrainingError
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.scoring.booster import log_odds, splits, to_text
from littlegiants.training import spread
from littlegiants.training.fit import fit_head
from littlegiants.training.training_sets import TrainingSet
from tests.training.plain_model import BOOSTER, CALIBRATE, CONFIG, plain_panel

EMPTY, TWO_YEARS = Population.empty(), LabelTimespan(24)
FEW = CONFIG.model_copy(update={"interval_fits": 4})


def fitted(firms):
    panel, later = plain_panel(1, firms), plain_panel(2, firms, (CALIBRATE,))
    training_set = TrainingSet(panel, panel.market)
    head = fit_head(training_set, later, "market", EMPTY, FEW)
    return head, training_set, later


@pytest.fixture(scope="module")
def small():
    return fitted(600)


def test_every_firm_is_in_one_half_of_two_and_no_fit_sees_the_other(small, monkeypatch):
    seen: list[set[str]] = []
    whole = TrainingSet.of_firms

    def of_firms(self, firm_ids):
        seen.append(set(firm_ids))
        return whole(self, firm_ids)

    monkeypatch.setattr(TrainingSet, "of_firms", of_firms)
    head, training_set, later = small
    spread.fit_spread(head, training_set, later, EMPTY, FEW)
    assert [len(half) for half in seen] == [300] * 4
    for one, other in zip(seen[::2], seen[1::2], strict=True):
        assert not one & other
        assert len(one | other) == 600
    assert seen[0] != seen[2]


def test_the_more_firms_the_narrower(small):
    head, training_set, later = small
    few = spread.fit_spread(head, training_set, later, EMPTY, FEW).deviation(later.values, drift=False)
    large_head, large_set, large_later = fitted(6_000)
    many = spread.fit_spread(large_head, large_set, large_later, EMPTY, FEW).deviation(later.values, drift=False)
    # Ten times the firms: a variance of about a tenth, a deviation of a third.
    assert 0.15 < np.median(many) / np.median(few) < 0.6


def test_it_looks_at_signals_of_the_score_only_and_twice_gives_the_same(small):
    head, training_set, later = small
    noisy = later.values.copy()
    noisy[:, FEATURES.index("rounds_count")] = np.arange(len(later))
    found, again = (spread.fit_spread(head, training_set, replace(later, values=noisy), EMPTY, FEW) for _ in "ab")
    for one, other in ((found.bias, again.bias), (found.variance, again.variance)):
        assert [name for name, some in zip(FEATURES, splits(one), strict=True) if some] == ["age_years"]
        assert to_text(one) == to_text(other)


def test_the_bias_is_that_of_the_halves_carried_on(small, monkeypatch):
    head, training_set, later = small
    own = head.calibration.calibrated(log_odds(head.booster, later.values))
    signal = later.values[:, FEATURES.index("age_years")]
    # Halves lie 0.3 above it for firms above 0, and stray by 0.2 on either side.
    monkeypatch.setattr(spread, "_halves", lambda *_: (own + 0.3 * (signal > 0) + s for s in (0.2, -0.2)))
    found = spread.fit_spread(head, training_set, later, EMPTY, FEW)
    ends = later.values[[signal.argmin(), signal.argmax()]]
    # A bias of c n^(-1/3): from n / 2 to n it falls by c n^(-1/3) (2^(1/3) - 1), from n to 20 n by 2.43 times as much.
    np.testing.assert_allclose(log_odds(found.bias, ends), [0, -0.3 * 2.43], atol=0.05)
    np.testing.assert_allclose(found.deviation(ends, drift=False), [0.2, 0.2], rtol=0.1)


def test_halves_too_small_for_a_split_say_the_same_of_every_firm(small):
    _, training_set, later = small
    coarse = FEW.model_copy(update={"booster": BOOSTER.model_copy(update={"leaf_firms": 160})})
    head = fit_head(training_set, later, "market", EMPTY, coarse)
    with pytest.raises(TrainingError, match="no signal splits 300 firms"):
        training_set.of_firms(np.unique(later.firm_ids)[:300]).fit(EMPTY, coarse, 8)
    found = spread.fit_spread(head, training_set, later, EMPTY, coarse)
    # Halves say the rate of all, from which the whole differs: far more firms would carry that on.
    own = head.calibration.calibrated(log_odds(head.booster, later.values))
    rate = later.market.mean()
    expected = 2.43 * (own - np.log(rate / (1 - rate)))
    assert np.ptp(own) > 1
    assert np.abs(log_odds(found.bias, later.values) - expected).mean() < 0.2


def test_drift_by_hand(small):
    head, _, later = small
    # The same rows two windows before and one window before, the first with other labels: log-odds moved from there.
    before = replace(later, dates=(date(2017, 12, 31),))
    assert spread.base_rate_drift(head, before, later, TWO_YEARS) == pytest.approx(0, abs=1e-6)
    p = head.calibration.probability(log_odds(head.booster, later.values))
    moved = p * np.exp(0.4) / (1 - p + p * np.exp(0.4))
    labels = (np.arange(len(p)) < round(moved.sum())).astype(np.int8) * 2
    before = replace(before, labels=labels)
    # 0.4 in two windows: a variance of 0.16 in two, of 0.08 in one.
    assert spread.base_rate_drift(head, before, later, TWO_YEARS) == pytest.approx(np.sqrt(0.08), abs=0.01)
    before = replace(before, dates=(date(2019, 12, 31),))
    assert spread.base_rate_drift(head, before, later, TWO_YEARS) == pytest.approx(0.4, abs=0.015)
