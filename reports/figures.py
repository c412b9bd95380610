"""Figures of a model, plotted from numbers that are computed elsewhere."""

import io
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator, PercentFormatter

from littlegiants.models.manifest import Reliability
from littlegiants.reports.palette import ACCENT, INK, QUIET

_TOP = 15
_DASHED = (0, (4, 3))
_FONT = re.compile(r"font-family: [^;\"]+;? ?")
_STYLE_ELEMENT = re.compile(r" *<defs>\s*<style.*?</style>\s*</defs>\n", re.DOTALL)
_ID, _REFERENCE = re.compile(r' id="([^"]+)"'), re.compile(r'(?:url\(|href=")#([^")]+)')


def reliability_figure(
    bins: Sequence[Reliability], intervals: Sequence[tuple[float, float]] | None = None, width: float = 4.2
) -> Canvas:
    """Draw observed against predicted rates, one point a bin of equal size.

    Parameters
    ----------
    bins
        The bins of a test date.
    intervals
        Lower and upper end of each observed rate, where they are to be drawn.
    width
        Inches.
    """
    canvas, axes = blank(width, 0.92 * width)
    rates = [rate for b in bins for rate in (b.predicted, b.observed)] + [high for _, high in intervals or ()]
    top = min(1.06 * max(rates, default=1.0), 1.03)
    predicted = [b.predicted for b in bins]
    axes.plot([0, top], [0, top], color=QUIET, linewidth=1, linestyle=_DASHED)
    if intervals:
        axes.vlines(predicted, *zip(*intervals, strict=True), color=ACCENT, linewidth=1.2, alpha=0.6)
    axes.plot(predicted, [b.observed for b in bins], color=ACCENT, linewidth=1.3, marker="o", markersize=4.5)
    axes.set(xlabel="predicted probability", ylabel="share that succeeded", xlim=(0, top), ylim=(0, top))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return canvas


def gain_figure(gain: Mapping[str, float]) -> Canvas:
    """Draw the columns with the largest share of the split gain."""
    strongest = sorted(gain.items(), key=lambda item: -item[1])[:_TOP][::-1]
    canvas, axes = blank(5.6, 4.0)
    axes.barh([name for name, _ in strongest], [100 * share for _, share in strongest], color=ACCENT)
    axes.set_xlabel("share of the model's gain, %")
    return canvas


def distribution_figure(
    edges: Sequence[float], firms: Sequence[int], base_rate: float | None = None, width: float = 4.2
) -> Canvas:
    """Draw a histogram of probabilities.

    Parameters
    ----------
    edges, firms
        The ``n + 1`` edges of the bins, ascending, and the number of firms in each.
    base_rate
        A share of successes to draw as a line for comparison.
    width
        Inches.
    """
    canvas, axes = blank(width, 0.92 * width)
    middle = [(low + high) / 2 for low, high in pairwise(edges)]
    axes.bar(middle, firms, width=0.84 * (edges[1] - edges[0]), color=ACCENT)
    if base_rate is not None:
        axes.axvline(base_rate, color=INK, linewidth=1, linestyle=_DASHED)
    axes.set(xlabel="probability of success", ylabel="firms", xlim=(edges[0], edges[-1]))
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    return canvas


def years_figure(rows: Mapping[int, int], added: Mapping[int, int] | None = None, width: float = 4.2) -> Canvas:
    """Draw the rows of a table by calendar year.

    Parameters
    ----------
    rows
        Number of rows by year; a year that is not named has none.
    added
        How many of them came with a later export, drawn on top of the others in another colour.
    width
        Inches.
    """
    canvas, axes = blank(width, 0.5 * width)
    years = list(range(min(rows, default=0), max(rows, default=0) + 1))
    new = [(added or {}).get(year, 0) for year in years]
    kept = [rows.get(year, 0) - more for year, more in zip(years, new, strict=True)]
    axes.bar(years, kept, width=0.84, color=QUIET if added else ACCENT)
    if added:
        axes.bar(years, new, bottom=kept, width=0.84, color=ACCENT)
    axes.set(ylabel="rows")
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    return canvas


def to_svg(canvas: Canvas, name: str, colours: Mapping[str, str]) -> str:
    """Return a figure as an ``<svg>`` element to stand inside an HTML page; the same figure is always the same text.

    Parameters
    ----------
    canvas
        The figure.
    name
        Unlike that of any other figure of the page: it keeps their ids apart.
    colours
        What stands for `ACCENT`, `QUIET` and `INK` on the page, such as ``var(--accent)``.
    """
    text = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        canvas.savefig(text, format="svg", transparent=True, metadata=nothing)
    # Namespaces belong to XML; the style element would hold for the whole page; the page's own font is the right one.
    svg = text.getvalue().partition("<svg ")[2].partition(">")[2]
    svg = _FONT.sub("", _STYLE_ELEMENT.sub("", svg))
    used = set(_REFERENCE.findall(svg))
    svg = _ID.sub(lambda found: found[0] if found[1] in used else "", svg)
    for colour, word in colours.items():
        svg = svg.replace(colour, word)
    width, height = canvas.get_size_inches() * 72
    return f'<svg viewBox="0 0 {width:g} {height:g}" aria-hidden="true">{svg}'.rstrip()


def blank(width: float, height: float) -> tuple[Canvas, Any]:
    """Return an empty figure of so many inches in the house style, and its axes."""
    # A figure of its own, not pyplot's: no display, no global state, nothing to close.
    canvas = Canvas(figsize=(width, height), layout="constrained")
    axes = canvas.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["bottom", "left"]].set_color(QUIET)
    axes.tick_params(color=QUIET, labelcolor=INK, labelsize=9)
    axes.xaxis.label.set(color=INK, fontsize=9)
    axes.yaxis.label.set(color=INK, fontsize=9)
    return canvas, axes
