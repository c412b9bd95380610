"""Pictures of a backtest, drawn from what was measured; each is told apart by line and mark, not by colour alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import MaxNLocator, PercentFormatter

from littlegiants.models.manifest import Figure
from littlegiants.reports.figures import blank
from littlegiants.reports.palette import ACCENT, INK, QUIET
from littlegiants.training.backtest.abstention import RiskPoint
from littlegiants.training.backtest.intervals import IntervalBin

WIDTH = 4.6
_DASHED = (0, (4, 3))
_MARKS = ("s", "^", "D", "v", "X")
_LINES: tuple[Any, ...] = ("-", _DASHED, (0, (1, 2)), (0, (6, 2, 1, 2)), "-")
_SMALL = 8


def gain_curve(points: Sequence[tuple[float, float]], best: float) -> Canvas:
    """Draw which share of all successes the firms ranked highest hold.

    Parameters
    ----------
    points
        Share of the firms and share of the successes, ascending.
    best
        Share of the firms that succeeded: as many picks would hold all successes if nobody erred.
    """
    canvas, axes = blank(WIDTH, 0.85 * WIDTH)
    axes.plot([0, 1], [0, 1], color=QUIET, linewidth=1, linestyle=_DASHED)
    axes.plot([0, best, 1], [0, 1, 1], color=QUIET, linewidth=1)
    firms, share = zip((0.0, 0.0), *points, strict=True)
    axes.plot(firms, share, color=ACCENT, linewidth=1.5, marker="o", markersize=4)
    axes.set(xlabel="share of the firms, the best first", ylabel="share of all successes", xlim=(0, 1), ylim=(0, 1.02))
    _percent(axes.xaxis, axes.yaxis)
    return canvas


def over_time(series: Mapping[str, Mapping[date, Figure]], ylabel: str) -> Canvas:
    """Draw a figure of several contenders by origin, with intervals; the first contender is the one to look at."""
    canvas, axes = blank(1.5 * WIDTH, 0.8 * WIDTH)
    days = sorted({day for found in series.values() for day in found})
    middle = (len(series) - 1) / 2
    for place, (name, found) in enumerate(series.items()):
        own = place == 0
        colour = ACCENT if own else QUIET
        x = [days.index(day) + 0.07 * (place - middle) for day in found]
        axes.vlines(x, [f.low for f in found.values()], [f.high for f in found.values()], color=colour, linewidth=1.4)
        axes.plot(
            x,
            [f.value for f in found.values()],
            color=colour,
            linewidth=1.5 if own else 1,
            linestyle=_LINES[place % len(_LINES)],
            marker="o" if own else _MARKS[(place - 1) % len(_MARKS)],
            markersize=5 if own else 4,
            label=name,
        )
    axes.set_xticks(range(len(days)), [day.isoformat() for day in days])
    axes.set_xlim(-0.4, len(days) - 0.6)
    axes.set_ylabel(ylabel)
    axes.legend(frameon=False, fontsize=_SMALL, labelcolor=INK, loc="upper center", bbox_to_anchor=(0.5, 1.2), ncols=3)
    return canvas


def interval_bins(bins: Sequence[IntervalBin]) -> Canvas:
    """Draw for each bin of the score the mean interval given, and beside it the observed rate with its own."""
    canvas, axes = blank(WIDTH, 0.85 * WIDTH)
    places = range(1, len(bins) + 1)
    given, came = [x - 0.12 for x in places], [x + 0.12 for x in places]
    axes.vlines(given, [b.low for b in bins], [b.high for b in bins], color=ACCENT, linewidth=5, alpha=0.5)
    axes.plot(given, [b.predicted for b in bins], color=ACCENT, linestyle="", marker="o", markersize=4, label="given")
    axes.vlines(came, [b.observed_low for b in bins], [b.observed_high for b in bins], color=INK, linewidth=1.2)
    axes.plot(came, [b.observed for b in bins], color=INK, linestyle="", marker="s", markersize=4, label="came")
    axes.set(xlabel="tenth of the firms, the lowest scores first", ylabel="probability and share that succeeded")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    _percent(axes.yaxis)
    axes.legend(frameon=False, fontsize=_SMALL, labelcolor=INK, loc="upper left")
    return canvas


def risk_coverage(points: Sequence[RiskPoint]) -> Canvas:
    """Draw the skill among the firms kept, from the narrowest intervals to all."""
    canvas, axes = blank(WIDTH, 0.85 * WIDTH)
    known = [point for point in points if point.skill is not None]
    axes.axhline(0, color=QUIET, linewidth=1, linestyle=_DASHED)
    axes.plot(
        [p.coverage for p in known], [p.skill for p in known], color=ACCENT, linewidth=1.5, marker="o", markersize=4
    )
    axes.set(xlabel="share of the firms answered, the narrowest intervals first", ylabel="skill over their base rate")
    axes.set_xlim(0, 1.02)
    _percent(axes.xaxis, axes.yaxis)
    return canvas


def _percent(*axes: Any) -> None:
    for axis in axes:
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
