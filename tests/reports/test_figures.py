"""Figures: drawn from the numbers given, and as text that can stand inside a page."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from littlegiants.models.manifest import Reliability
from littlegiants.reports.figures import (
    distribution_figure,
    gain_figure,
    reliability_figure,
    to_svg,
    years_figure,
)
from littlegiants.reports.palette import ACCENT

BINS = (Reliability(predicted=0.1, observed=0.2, firms=10), Reliability(predicted=0.5, observed=0.4, firms=10))
INTERVALS = ((0.1, 0.3), (0.2, 0.6))


def every_figure():
    return {
        "reliability": reliability_figure(BINS, INTERVALS),
        "bare": reliability_figure(BINS),
        "empty": reliability_figure(()),
        "gain": gain_figure({"raised_usd": 0.7, "age_years": 0.3}),
        "distribution": distribution_figure([0.0, 0.5, 1.0], [3, 4], 0.2),
        "years": years_figure({2010: 5, 2012: 4}),
        "added": years_figure({2010: 5, 2012: 4}, {2012: 3}),
        "no years": years_figure({}),
    }


def test_reliability_shows_the_bins_and_their_intervals():
    axes = reliability_figure(BINS, INTERVALS).axes[0]
    assert np.asarray(axes.lines[-1].get_xydata()).tolist() == [[0.1, 0.2], [0.5, 0.4]]
    (strokes,) = axes.findobj(LineCollection)
    first, second = (segment.tolist() for segment in strokes.get_segments())
    assert first == [[0.1, 0.1], [0.1, 0.3]]
    assert second == [[0.5, 0.2], [0.5, 0.6]]


def test_distribution_shows_the_firms_of_each_bin_and_the_base_rate():
    axes = distribution_figure([0.0, 0.5, 1.0], [3, 4], 0.2).axes[0]
    bars = [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
    assert [bar.height for bar in bars] == pytest.approx([3, 4])
    assert [(bar.x0 + bar.x1) / 2 for bar in bars] == pytest.approx([0.25, 0.75])
    assert axes.lines[0].get_xdata() == [0.2, 0.2]


def test_gain_stands_largest_first():
    axes = gain_figure({f"signal_{place}": place / 210 for place in range(21)}).axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [f"signal_{place}" for place in range(6, 21)]


@pytest.mark.parametrize("name", ["reliability", "bare", "empty", "gain", "distribution"])
def test_svg_is_sound_and_the_same_twice(name):
    first, second = (to_svg(every_figure()[name], name, {ACCENT: "var(--accent)"}) for _ in range(2))
    assert first == second
    # As XML it needs the namespace that HTML knows by itself.
    named = first.replace("<svg ", '<svg xmlns:xlink="http://www.w3.org/1999/xlink" ', 1)
    root = ET.fromstring(named)  # noqa: S314 - our own text
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(|href=")#([^)"]+)', first)) == set(ids)


def test_svg_takes_the_colours_and_the_font_of_its_page():
    svg = to_svg(every_figure()["distribution"], "d", {ACCENT: "var(--accent)"})
    assert "var(--accent)" in svg
    assert ACCENT not in svg
    assert not re.search("font-family|<style|http|<metadata|<!", svg)


def test_ids_of_two_figures_are_apart():
    found = [set(re.findall(r' id="([^"]+)"', to_svg(every_figure()["bare"], name, {}))) for name in ("a", "b")]
    assert found[0]
    assert not found[0] & found[1]


def test_years_stack_what_came_later_on_what_was_there():
    axes = years_figure({2010: 5, 2012: 4}, {2012: 3}).axes[0]
    bars = [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
    # 2010, 2011 and 2012 as they were, then what was added to each.
    assert [bar.height for bar in bars] == pytest.approx([5, 0, 1, 0, 0, 3])
    assert [bar.y0 for bar in bars] == pytest.approx([0, 0, 0, 5, 0, 1])
    assert [(bar.x0 + bar.x1) / 2 for bar in bars] == pytest.approx([2010, 2011, 2012] * 2)
