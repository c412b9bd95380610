"""Metrics in words: in a fixed order, beside those of the baselines that have them."""

import math

import pytest
from scipy.stats import binomtest

from littlegiants.models.manifest import Figure, Reliability
from littlegiants.reports.evidence import baseline_names, best_rows, metric_rows, observed_rate, wilson


@pytest.fixture
def manifest(model):
    def figure(value: float) -> Figure:
        return Figure(value=value, low=value - 0.1, high=value + 0.1)

    metrics = {"brier": 0.15, "auc": 0.8, "precision_at_5%": 0.61, "precision_at_100": 0.7, "precision_at_20": 0.8}
    others = {"lift_at_20": 3.21, "metric_of_a_later_version": 1.0}
    baselines = {"base rate": {"brier": figure(0.2)}, "a later one": {}, "total raised": {"auc": figure(0.65)}}
    measured = {name: figure(value) for name, value in {**metrics, **others}.items()}
    return model.manifest.model_copy(update={"metrics": measured, "baselines": baselines})


def test_rivals_stand_in_a_fixed_order(manifest):
    assert baseline_names(manifest) == ["total raised", "base rate", "a later one"]


def test_metric_has_a_cell_for_the_model_and_for_each_rival(manifest):
    auc, brier = metric_rows(manifest)
    assert (auc.name, brier.name) == ("AUC", "Brier score")
    assert [cell and cell.value for cell in auc.cells] == ["0.800", "0.650", None, None]
    assert [cell and cell.interval for cell in brier.cells] == ["0.050 to 0.250", None, "0.100 to 0.300", None]


def test_best_firms_fewest_first_numbers_before_shares(manifest):
    rows = list(best_rows(manifest))
    assert [row.best for row in rows] == ["the best 20", "the best 100", "the best 5%"]
    assert (rows[0].share, rows[0].share_range, rows[0].lift) == ("80%", "70% to 90%", "3.2 times")
    assert rows[1].lift == "–"


def test_observed_rate_weighs_bins_by_their_firms():
    bins = (Reliability(predicted=0.1, observed=0.2, firms=10), Reliability(predicted=0.5, observed=0.5, firms=30))
    assert observed_rate(bins) == pytest.approx((2 + 15) / 40)
    assert math.isnan(observed_rate(()))


@pytest.mark.parametrize(("successes", "firms"), [(0, 7), (3, 10), (10, 10), (211, 1_000)])
def test_wilson_against_scipy(successes, firms):
    expected = binomtest(successes, firms).proportion_ci(0.95, "wilson")
    assert wilson(successes / firms, firms) == pytest.approx((expected.low, expected.high), abs=1e-12)
