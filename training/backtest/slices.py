"""Where a model is good and where it fails: figures by country, sector, age, stage and public money."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from littlegiants.features.matrix import FEATURES
from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Figure
from littlegiants.training.backtest.origin import Origin
from littlegiants.training.backtest.result import Result
from littlegiants.training.backtest.settings import BacktestConfig
from littlegiants.training.evaluation.bootstrap import Bootstrap, figures
from littlegiants.training.evaluation.metrics import CALIBRATION, SKILL, Labels, lift_at
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes

Names = npt.NDArray[np.object_]
UNKNOWN = "not known"
_AGES = ((2.0, "under 2 years"), (5.0, "2 to 5 years"), (10.0, "5 to 10 years"), (np.inf, "10 years and over"))
_STAGES = ("angel or crowd", "seed or note", "venture or A", "B", "C and later", "private equity", "after an IPO")
_MOSTLY = 0.5
_LIFT = lift_at(0.1)


class Slice(Result):
    """One slice of the firms.

    Attributes
    ----------
    by, name
        What the firms are sliced by, and which slice it is.
    rows, successes
        Rows of the slice, and successes among them.
    rate, predicted
        Share of successes, and mean probability.
    metrics
        By name, with bootstrap intervals over firms; empty if the slice is too small.
    note
        Why there are no figures, or empty.
    """

    by: str
    name: str
    rows: int
    successes: int
    rate: float
    predicted: float
    metrics: dict[str, Figure]
    note: str


def slice_names(values: Floats, categories: Mapping[str, tuple[str, ...]]) -> dict[str, Names]:
    """Return the slice that each row belongs to, by each way of slicing.

    Parameters
    ----------
    values
        Feature matrix, (n, k), as known on the as-of date.
    categories
        The words behind the codes of category columns.
    """

    def column(name: str) -> Floats:
        return values[:, FEATURES.index(name)]

    grants, share = column("grants_count"), column("grant_share")
    public = np.where(share > _MOSTLY, "mostly public money", "some public money").astype(object)
    public[grants == 0] = "no public money"
    public[np.isnan(grants)] = UNKNOWN
    return {
        "country": _category_names(column("country_code"), categories["country_code"]),
        "sector": _category_names(column("sector_code"), categories["sector_code"]),
        "age": _named(column("age_years"), lambda age: next(name for below, name in _AGES if age < below), UNKNOWN),
        "stage": _named(column("funding_stage"), lambda stage: _STAGES[int(stage) - 1], "no round of a stage"),
        "public money": public,
    }


def by_slice(
    origins: tuple[Origin, ...],
    outcomes: PooledOutcomes,
    probabilities: Floats,
    settings: BacktestConfig,
    bootstrap: Bootstrap,
) -> tuple[Slice, ...]:
    """Measure each slice of the firms, largest first within each way of slicing.

    Parameters
    ----------
    origins
        One or several, in the order of ``outcomes``; rows of several are taken as one.
    outcomes, probabilities
        Outcomes and probabilities of all their rows.
    settings
        How small a part may be.
    bootstrap
        The resampling behind the intervals.
    """
    found = [slice_names(origin.test.values, origin.model.manifest.categories) for origin in origins]
    slices: list[Slice] = []
    for by in found[0]:
        names = np.concatenate([parts[by] for parts in found])
        parts = [_slice(by, name, names == name, outcomes, probabilities, settings, bootstrap) for name in _each(names)]
        slices += sorted(parts, key=lambda part: -part.rows)
    return tuple(slices)


def _each(names: Names) -> Iterator[str]:
    yield from sorted(set(names.tolist()))


def _slice(
    by: str,
    name: str,
    mask: npt.NDArray[np.bool_],
    outcomes: PooledOutcomes,
    probabilities: Floats,
    settings: BacktestConfig,
    bootstrap: Bootstrap,
) -> Slice:
    part, chances = outcomes.pooled(mask), probabilities[mask]
    successes = int(part.labels.sum())
    note = _too_small(len(part), successes, settings)
    return Slice(
        by=by,
        name=name,
        rows=len(part),
        successes=successes,
        rate=successes / len(part),
        predicted=float(chances.mean()),
        metrics={} if note else figures(bootstrap.replicates(part, chances, on_all=_measure)),
        note=note,
    )


def _measure(labels: Labels, probabilities: Floats) -> dict[str, float]:
    errors = {name: CALIBRATION[name](labels, probabilities) for name in ("brier", "ece")}
    return {
        **{name: metric(labels, probabilities) for name, metric in SKILL.items()},
        **errors,
        "lift_at_10%": _LIFT(labels, probabilities),
    }


def _too_small(rows: int, successes: int, settings: BacktestConfig) -> str:
    if rows >= settings.slice_firms and min(successes, rows - successes) >= settings.slice_class:
        return ""
    return (
        f"too few to measure: {rows:,} rows, {successes:,} successes; at least {settings.slice_firms:,} rows with "
        f"{settings.slice_class:,} successes and as many failures are needed"
    )


def _category_names(codes: Floats, words: tuple[str, ...]) -> Names:
    return _named(codes, lambda code: words[int(code)], "rare or not stated")


def _named(values: Floats, name: Callable[[float], str], missing: str) -> Names:
    return np.array([missing if np.isnan(value) else name(value) for value in values.tolist()], object)
