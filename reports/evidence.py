"""The evidence for and against a model, in words: its metrics beside those of simple baselines."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from littlegiants.models.manifest import Figure, Manifest, Reliability
from littlegiants.reports.metric_names import MEANINGS
from littlegiants.reports.wording import NOTHING, number, percent

# 97.5 % quantile of the normal distribution, for intervals at 95 %.
Z95 = 1.959963984540054
_BEST = re.compile(r"precision_at_([0-9.]+%?)")
_BASELINES = ("logistic regression", "total raised", "base rate")


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One metric: its name, its meaning, which direction is better, and one cell for each model."""

    name: str
    meaning: str
    better: str
    cells: tuple["Cell | None", ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A measured number and its interval at 95 %, as text."""

    value: str
    interval: str


@dataclass(frozen=True, slots=True)
class BestRow:
    """The result of backing the best firms of the test date."""

    best: str
    share: str
    share_range: str
    lift: str


def baseline_names(manifest: Manifest) -> list[str]:
    """Return the names of the baselines, the strongest first; a manifest does not keep their order."""
    return sorted(
        manifest.baselines, key=lambda name: (_BASELINES.index(name) if name in _BASELINES else len(_BASELINES), name)
    )


def metric_rows(manifest: Manifest) -> Iterator[MetricRow]:
    """Yield the metrics of skill and calibration, the model's own and then those of `baseline_names`."""
    for key, (name, meaning, better) in MEANINGS.items():
        if key in manifest.metrics:
            found = [manifest.metrics[key], *(manifest.baselines[name].get(key) for name in baseline_names(manifest))]
            yield MetricRow(name, meaning, better, tuple(map(_cell, found)))


def best_rows(manifest: Manifest) -> Iterator[BestRow]:
    """Yield the share of successes among the best firms, for each measured number of firms in ascending order."""
    measured = (found[1] for key in manifest.metrics if (found := _BEST.fullmatch(key)) is not None)
    for best in sorted(measured, key=lambda text: (text.endswith("%"), float(text.rstrip("%")))):
        share, lift = manifest.metrics[f"precision_at_{best}"], manifest.metrics.get(f"lift_at_{best}")
        times = NOTHING if lift is None else f"{number(lift.value, 1)} times"
        yield BestRow(f"the best {best}", percent(share.value, 0), _range(share), times)


def observed_rate(bins: tuple[Reliability, ...]) -> float:
    """Return the share of all firms of the bins that succeeded; NaN without bins."""
    firms = sum(b.firms for b in bins)
    return sum(b.observed * b.firms for b in bins) / firms if firms else math.nan


def wilson(share: float, firms: int) -> tuple[float, float]:
    """Return the interval at 95 % of a share observed among a number of firms (Wilson 1927).

    Examples
    --------
    >>> [round(end, 3) for end in wilson(0.5, 100)]
    [0.404, 0.596]
    """
    spread = Z95**2 / firms
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * share * (1 - share) + spread**2 / 4) / (1 + spread)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _range(figure: Figure) -> str:
    return f"{percent(figure.low, 0)} to {percent(figure.high, 0)}"


def _cell(figure: Figure | None) -> Cell | None:
    if figure is None:
        return None
    return Cell(number(figure.value, 3), f"{number(figure.low, 3)} to {number(figure.high, 3)}")
