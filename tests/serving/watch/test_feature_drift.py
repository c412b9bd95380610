"""Features against the reference: the test is of the right size, and drift is found in every kind of bin."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.models.reference_cohort import ReferenceCohort, reason_counts
from littlegiants.models.scoring.abstain import abstain_reason
from littlegiants.serving.watch.checks import adjusted
from littlegiants.serving.watch.feature_drift import feature_checks, p_value
from littlegiants.serving.watch.summary import CohortSummary, feature_counts
from littlegiants.serving.watch.withheld import withheld_checks
from tests.conftest import LONG

COUNTS = st.lists(st.integers(0, 500), min_size=2, max_size=15)


@given(COUNTS, st.data())
def test_it_is_a_probability_whatever_the_counts(before, data):
    now = data.draw(st.lists(st.integers(0, 500), min_size=len(before), max_size=len(before)))
    before[0], now[-1] = before[0] + 1, now[-1] + 1
    assert 0 <= p_value(np.array(before), np.array(now)) <= 1
    assert p_value(np.array(before), np.array(before)) == 1


def test_bins_with_rows_enough_are_compared_by_the_chi_square_test():
    before, now = np.array([100, 300, 600]), np.array([20, 20, 60])
    assert p_value(before, now) == stats.chi2_contingency([before, now], correction=False).pvalue


def test_bins_with_few_rows_are_joined_with_their_neighbours():
    # Of 100 rows 3, 3, 4 and 90 are expected: the first two make six, the third joins the last.
    before, now = np.array([30, 30, 40, 900]), np.array([9, 1, 0, 90])
    joined = [[60, 940], [10, 90]]
    assert p_value(before, now) == stats.chi2_contingency(joined, correction=False).pvalue


def test_a_bin_without_rows_in_the_reference_is_tested_exactly():
    before, now = np.array([0, 500, 500]), np.array([10, 20, 20])
    exact = stats.fisher_exact([[0, 1000], [10, 40]]).pvalue
    assert p_value(before, now) == 2 * exact < 1e-10
    assert p_value(np.array([0, 500]), np.array([50, 0])) < 1e-10


def test_a_feature_may_move_as_far_as_it_did_in_the_training(model, tables):
    snapshot = Snapshot(tables, date(2023, 12, 31), model.population)
    matrix = FeatureMatrix.of(snapshot, cohort(snapshot))
    scored = CohortSummary(len(matrix), feature_counts(model.cohort, matrix))
    limits = {check.name: check.limit for check in feature_checks(model.cohort, scored, model.columns)}
    assert limits["age_years"] == 0.25
    assert limits["months_since_accounts"] == model.cohort.features["months_since_accounts"].usual > 1


@pytest.mark.slow
@pytest.mark.parametrize(("firms", "runs"), [(50, 20 * LONG), (50_000, 4 * LONG)])
def test_without_drift_at_most_one_run_in_twenty_gives_an_alarm(model, tables, firms, runs):
    snapshot = Snapshot(tables, model.cohort.as_of, model.population)
    matrix = FeatureMatrix.of(snapshot, cohort(snapshot))
    reasons = abstain_reason(matrix, model.manifest.observed_tables)
    random = np.random.default_rng(7)
    alarms = sum(run_of(model, matrix, reasons, firms, random) for _ in range(runs))
    # No more than a rate of 5 % gives by chance, once in a thousand.
    assert alarms <= stats.binom.ppf(0.999, runs, 0.05)


def run_of(model, matrix, reasons, firms, random) -> bool:
    """Compare two cohorts of the same population, and say whether there is an alarm."""
    small = firms < len(matrix)
    order = random.permutation(len(matrix))
    # A small cohort shares no firm with the reference; a large one can only be had by taking firms several times.
    scored = order[:firms] if small else random.choice(len(matrix), firms)
    before = order[firms:] if small else random.choice(len(matrix), len(matrix))
    reference = ReferenceCohort.of(rows(matrix, before), reasons[before], model.manifest.categories, {})
    summary = CohortSummary(firms, feature_counts(reference, rows(matrix, scored)), reason_counts(reasons[scored]))
    checks = [
        *feature_checks(reference, summary, model.columns),
        *withheld_checks(reference, summary.withheld, summary.firms),
    ]
    return any(check.alarm for check in adjusted(checks))


def rows(matrix, chosen):
    taken = {name: getattr(matrix, name)[chosen] for name in ("firm_ids", "values", "unseen", "events")}
    return replace(matrix, **taken)
