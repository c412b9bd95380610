"""The pictures hold the numbers they are given."""

import warnings
from datetime import date

import numpy as np
import pytest

from littlegiants.models.manifest import Figure
from littlegiants.training.reporting import pictures
from littlegiants.training.reporting.page import contenders


def test_gain_curve_begins_at_nothing(found):
    (axes,) = pictures.gain_curve([(0.1, 0.4), (1.0, 1.0)], 0.2).axes
    assert np.asarray(axes.lines[-1].get_xydata()).tolist() == [[0, 0], [0.1, 0.4], [1, 1]]
    assert np.asarray(axes.lines[1].get_xydata()).tolist() == [[0, 0], [0.2, 1], [1, 1]]


def test_over_time_has_one_line_a_contender_each_its_own(found):
    series = contenders(found, "auc")
    (axes,) = pictures.over_time(series, "AUC").axes
    assert [line.get_label() for line in axes.lines] == list(series)
    assert [np.asarray(line.get_ydata()).tolist() for line in axes.lines] == [
        [figure.value for figure in found.values()] for found in series.values()
    ]
    assert len({(line.get_linestyle(), line.get_marker()) for line in axes.lines}) == len(series)


def test_one_day_can_be_drawn():
    figure = Figure(value=0.6, low=0.5, high=0.7)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (axes,) = pictures.over_time({"this model": {date(2020, 1, 1): figure}}, "AUC").axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["2020-01-01"]


def test_interval_bins_stand_beside_what_came(found):
    bins = found.pooled.intervals.bins
    (axes,) = pictures.interval_bins(bins).axes
    given, came = axes.lines
    assert np.asarray(given.get_ydata()).tolist() == [b.predicted for b in bins]
    assert np.asarray(came.get_ydata()).tolist() == [b.observed for b in bins]
    ends = [np.asarray(path.vertices)[:, 1].tolist() for path in axes.collections[0].get_paths()]
    assert ends == [[b.low, b.high] for b in bins]


def test_risk_coverage_leaves_out_what_has_no_skill(found):
    points = found.pooled.abstention.by_width
    without = (points[0].model_copy(update={"skill": None}), *points[1:])
    (axes,) = pictures.risk_coverage(without).axes
    assert np.asarray(axes.lines[-1].get_xdata()) == pytest.approx([point.coverage for point in points[1:]])
