"""Survival tools against their definitions, written out pair by pair and firm by firm, and against lifelines."""

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import CoxPHFitter
from lifelines.utils import concordance_index
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from littlegiants.ingest.errors import TrainingError
from tests.benchmarks.commands import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from survival import Spells, concordance, fit_cox, person_periods


def watched(left, event):
    return Spells(np.zeros(len(left)), np.asarray(left, float), np.asarray(event, bool))


def pair_by_pair(left, event, risk):
    agree = pairs = 0.0
    for i in range(len(left)):
        for j in range(len(left)):
            if event[i] and (left[j] > left[i] or (left[j] == left[i] and not event[j])):
                pairs += 1
                agree += 1.0 if risk[i] > risk[j] else 0.5 if risk[i] == risk[j] else 0.0
    return agree / pairs if pairs else None


firms = st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.integers(0, 4)), min_size=2, max_size=25)


@given(firms)
def test_concordance_is_the_share_of_ordered_pairs(rows):
    left, event, risk = (np.array(column) for column in zip(*rows, strict=True))
    expected = pair_by_pair(left, event, risk)
    if expected is None:
        with pytest.raises(TrainingError, match="can be compared"):
            concordance(watched(left, event), risk)
    else:
        assert concordance(watched(left, event), risk.astype(float)).value == pytest.approx(expected)


@given(firms)
def test_concordance_as_lifelines_has_it(rows):
    left, event, risk = (np.array(column) for column in zip(*rows, strict=True))
    if pair_by_pair(left, event, risk) is not None:
        expected = concordance_index(left, -risk, event)
        assert concordance(watched(left, event), risk.astype(float)).value == pytest.approx(expected)


def test_with_one_day_for_all_concordance_is_the_auc():
    random = np.random.default_rng(3)
    event, risk = random.random(300) < 0.2, random.normal(size=300)
    assert concordance(watched(np.ones(300), event), risk).value == pytest.approx(roc_auc_score(event, risk))


def test_the_interval_resamples_firms():
    random = np.random.default_rng(5)
    left, event, risk = random.integers(1, 40, 60), random.random(60) < 0.5, random.normal(size=60)
    draws = np.random.default_rng(11)
    drawn = [draws.integers(0, 60, 60) for _ in range(50)]
    low, high = np.percentile([pair_by_pair(left[d], event[d], risk[d]) for d in drawn], (2.5, 97.5))
    figure = concordance(watched(left, event), risk, resamples=50, seed=11)
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=1e-6)


def test_concordance_refuses_late_entry():
    with pytest.raises(TrainingError, match="entered late"):
        concordance(Spells(np.array([0.0, 1.0]), np.array([2.0, 3.0]), np.array([True, False])), np.array([1.0, 0.0]))


def minus_log_likelihood(coefficients, strata, penalty):
    """Cox's partial likelihood by its definition, late entry and Breslow's ties included."""
    total = -penalty / 2 * (coefficients**2).sum()
    for values, spells in strata:
        for i in np.flatnonzero(spells.event):
            at_risk = (spells.entered < spells.left[i]) & (spells.left >= spells.left[i])
            total += values[i] @ coefficients - np.log(np.exp(values[at_risk] @ coefficients).sum())
    return -total


def test_cox_finds_the_maximum_of_the_penalised_partial_likelihood():
    random = np.random.default_rng(9)
    strata = []
    for n in (70, 40):
        values, entered = random.normal(size=(n, 3)), random.integers(0, 8, n).astype(float)
        left = entered + random.integers(1, 12, n).astype(float)
        strata.append((values, Spells(entered, left, random.random(n) < 0.4)))
    expected = minimize(minus_log_likelihood, np.zeros(3), (strata, 2.0), tol=1e-10).x
    assert fit_cox(strata, 2.0) == pytest.approx(expected, abs=1e-5)


@pytest.mark.filterwarnings("ignore")  # of lifelines about pandas
def test_cox_as_lifelines_has_it():
    # Each event has a day of its own: lifelines takes ties Efron's way. It penalises per firm and unit of deviation.
    random, strata, frames = np.random.default_rng(4), [], []
    for stratum, n in enumerate((60, 50)):
        values, entered = random.normal(size=(n, 3)), random.integers(0, 20, n).astype(float)
        left = 20.0 + random.permutation(n)
        event = random.random(n) < 0.5
        strata.append((values, Spells(entered, left, event)))
        frame = pd.DataFrame(values).add_prefix("x")
        frames.append(frame.assign(entered=entered, left=left, event=event, stratum=stratum))
    firms = pd.concat(frames, ignore_index=True)
    penalty = 2.0 / len(firms) / firms[["x0", "x1", "x2"]].std().to_numpy() ** 2
    fitter = CoxPHFitter(penalizer=penalty, l1_ratio=0.0)
    fitter.fit(firms, "left", "event", entry_col="entered", strata="stratum")
    assert fit_cox(strata, 2.0) == pytest.approx(fitter.params_.to_numpy(), abs=1e-4)


def test_cox_of_two_groups_by_hand():
    # Deaths of the group x = 1 on days 1 and 3, of x = 0 on day 2, one of each left on day 4. With h the hazard ratio
    # the likelihood is h/(3h+2) * 1/(2h+2) * h/(2h+1), whose log has slope 2/h - 3/(3h+2) - 1/(h+1) - 2/(2h+1) = 0.
    values = np.array([[1.0], [0.0], [1.0], [1.0], [0.0]])
    spells = watched([1, 2, 3, 4, 4], [True, True, True, False, False])
    ratio = float(np.exp(fit_cox([(values, spells)], 0.0)[0]))
    assert 2 / ratio - 3 / (3 * ratio + 2) - 1 / (ratio + 1) - 2 / (2 * ratio + 1) == pytest.approx(0, abs=1e-8)


def test_cox_without_events_says_so():
    with pytest.raises(TrainingError, match="no firm has the event"):
        fit_cox([(np.ones((2, 1)), watched([1, 2], [False, False]))], 1.0)


def test_person_periods_by_hand():
    # Periods of 10 days. The first firm is watched (0, 25] and has the event in the third; the second enters on day
    # 12 and is censored on day 20, the last day of the second period.
    spells = Spells(np.array([0.0, 12.0]), np.array([25.0, 20.0]), np.array([True, False]))
    firm, period, event = person_periods(spells, 10)
    assert firm.tolist() == [0, 0, 0, 1]
    assert period.tolist() == [0, 1, 2, 1]
    assert event.tolist() == [0, 0, 1, 0]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30), st.booleans()), min_size=1, max_size=20))
def test_person_periods_hold_each_event_once(rows):
    entered, length, event = (np.array(column) for column in zip(*rows, strict=True))
    spells = Spells(entered.astype(float), (entered + length).astype(float), event.astype(bool))
    firm, _, happened = person_periods(spells, 7)
    assert np.bincount(firm, happened, len(rows)).tolist() == event.astype(int).tolist()
