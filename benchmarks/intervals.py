"""The interval of a firm's probability, held to what it says.

    python benchmarks/intervals.py --data ../shared/data

On a simulated economy: for how many firms does the probability by the same recipe, trained on twenty times as many
firms of the same world, lie in the interval? By tenth of the probability and of the events known, and how wide it is.
On the 2013 export, at rolling origins: for how many groups of 200 firms of like probability does the share that
succeeded lie in the group's mean interval, binomial noise counted, with and without the drift of base rates? And what
the interval adds to the cost of a score.
"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from time import process_time
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from crunchbase_2013 import AS_OF, OUTCOMES, Share, configuration, load
from recipes import LAST, ORIGINS
from threadpoolctl import threadpool_limits

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FEATURES, FeatureMatrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.booster import log_odds
from littlegiants.models.scoring.calibration import probability
from littlegiants.models.scoring.model import Model
from littlegiants.training.config import DatesConfig, TrainConfig
from littlegiants.training.data_end import known_on
from littlegiants.training.origins import configuration_at
from littlegiants.training.panel import PanelSource
from littlegiants.training.pipeline import fit, train
from littlegiants.training.simulator import simulate
from littlegiants.training.simulator.economy import Economy

KNOWN_BY = date(2025, 12, 31)
TEST = date(2023, 12, 31)
# Nothing but P(market) and its interval is looked at.
_CONFIG = TrainConfig(dates=DatesConfig(known_by=KNOWN_BY), min_subsidised=2**31)
GROUP = 200
_RUNS = 200  # of one firm, for one time
TENTHS = 10
FEW, MANY = 3, 30  # events known
_DEVIATIONS = 1.2815515655446004  # beyond which 10 % of a normal distribution lie on either side
_EVENTS = FEATURES.index("events_known")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Firms of a simulated economy whose probability by the recipe with far more firms lies in their interval.

    Attributes
    ----------
    firms, times
        Firms judged, and how many times as many firms the other model was trained on.
    drift
        The model's, in log-odds.
    inside, inside_without_drift
        Share of the firms.
    by_probability, by_events
        The same by tenth, the lowest first, equal numbers of events in one tenth.
    edge
        Share of the firms whose probability is an end of its interval.
    width
        Median width; ``width_by_events`` by tenth of the events known, ``few`` and ``many`` of firms of which at most
        `FEW` and at least `MANY` events are known.
    """

    firms: int
    times: int
    drift: float
    inside: float
    inside_without_drift: float
    by_probability: tuple[float, ...]
    by_events: tuple[float, ...]
    edge: float
    width: float
    width_by_events: tuple[float, ...]
    few: float
    many: float


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of firms of like probability at one origin, the observed share of which lies in the mean interval."""

    as_of: str
    drift: float
    groups: int
    inside: int
    inside_without_drift: int
    width: float


def on_simulation(firms: int, times: int, seed: int, folder: Path) -> tuple[Coverage, dict[str, float]]:
    """Simulate, train on a sample of the firms and on all, and compare; also return what the interval costs.

    Parameters
    ----------
    firms, times
        Firms of the sample, and how many times as many there are in all.
    seed
        Of the economy.
    folder
        Where the economy is written.
    """
    # As many investors as a world of the sample's size has: with more firms, more is known of each.
    economy = Economy(firms_per_investor=Economy().firms_per_investor * times)
    simulate(folder, firms=firms * times, seed=seed, fmt="parquet", economy=economy)
    tables = known_on(read_tables(folder), KNOWN_BY)
    ids = np.sort(np.random.default_rng(seed).choice(tables.firm_ids, firms, replace=False))
    sample = tables.take(ids)
    model = train(sample, _CONFIG, measured=False).model
    matrix = _matrix(sample, model.population)
    return compared(model, with_more_firms(tables, sample), matrix, times), cost(model, matrix)


def with_more_firms(tables: Tables, sample: Tables) -> Floats:
    """Return the probabilities of the sample's firms by the recipe as trained on all firms."""
    rule = _CONFIG.label.rule()
    schedule = _CONFIG.dates.schedule(rule.timespan, KNOWN_BY)
    source = PanelSource(tables.known_by(TEST), TEST, rule, _CONFIG.cohort.require_round, frozenset())
    with threadpool_limits(limits=1, user_api="blas"):
        fitted = fit(source, schedule, _CONFIG, interval=False)
    scores = log_odds(fitted.market.booster, _matrix(sample, fitted.population).values)
    return fitted.market.calibration.probability(scores)


def _matrix(tables: Tables, population: Population) -> FeatureMatrix:
    snapshot = Snapshot(tables, TEST, population)
    return FeatureMatrix.of(snapshot, cohort(snapshot, _CONFIG.cohort.require_round))


def compared(model: Model, wanted: Floats, matrix: FeatureMatrix, times: int) -> Coverage:
    """Return how often probabilities lie in a model's intervals.

    Parameters
    ----------
    model
        Gives the intervals.
    wanted : ndarray, shape (n,)
        The probabilities by a model of far more firms.
    matrix
        The signals of the same firms.
    times
        How many times as many firms.
    """
    values, events = matrix.values, matrix.events
    p, low, high = model.interval(values)
    inside, width = (low <= wanted) & (wanted <= high), high - low
    calibrated = model.market.calibration.calibrated(log_odds(model.market.booster, values))
    lower, upper = model.spread.interval(calibrated, values, drift=False)
    return Coverage(
        firms=len(p),
        times=times,
        drift=model.spread.drift,
        inside=float(inside.mean()),
        inside_without_drift=float(((lower <= wanted) & (wanted <= upper)).mean()),
        by_probability=_means(inside, tenths(p)),
        by_events=_means(inside, tenths(events)),
        edge=float(((p == low) | (p == high)).mean()),
        width=float(np.median(width)),
        width_by_events=tuple(float(np.median(width[rows])) for rows in tenths(events)),
        few=float(np.median(width[events <= FEW])),
        many=float(np.median(width[events >= MANY])),
    )


def tenths(values: npt.NDArray[Any]) -> list[npt.NDArray[np.bool_]]:
    """Return masks of the tenths of some values, the lowest first; equal values are in one of them."""
    bounds = np.unique(np.quantile(values, np.arange(1, TENTHS) / TENTHS))
    place = np.searchsorted(bounds, values, "left")
    return [place == tenth for tenth in np.unique(place)]


def _means(inside: npt.NDArray[np.bool_], parts: Sequence[npt.NDArray[np.bool_]]) -> tuple[float, ...]:
    return tuple(float(inside[rows].mean()) for rows in parts)


def cost(model: Model, matrix: FeatureMatrix, repeats: int = 7) -> dict[str, float]:
    """Return how many times as long scores without reasons take as without intervals, signals made before."""
    found = {}
    for name, rows in (("one firm", 1), ("2,000 firms", 2_000)):
        some = replace(
            matrix,
            firm_ids=matrix.firm_ids[:rows],
            values=matrix.values[:rows],
            unseen=matrix.unseen[:rows],
            events=matrix.events[:rows],
        )
        calibrated = np.zeros(len(some))
        runs = max(_RUNS // rows, 1)
        # Taken in turn, and the shortest of each: other work on the machine can only lengthen a time.
        pairs = [
            (
                _seconds(partial(model.score, some, explain=False), runs),
                _seconds(partial(model.spread.interval, calibrated, some.values), runs),
            )
            for _ in range(repeats)
        ]
        whole, added = np.min(pairs, axis=0)
        found[name] = float(whole / (whole - added))
    return found


def _seconds(work: Callable[[], object], runs: int) -> float:
    began = process_time()
    for _ in range(runs):
        work()
    return process_time() - began


def on_origins(data: Path, outcome: str, share: float, folder: Path) -> list[Groups]:
    """Return for each origin in how many groups the share that succeeded lies in the mean interval."""
    tables, undated, _, _ = load(data, folder, share, outcome == "listed")
    chosen = configuration(OUTCOMES[outcome], holdout=True)
    found = []
    for day in (*ORIGINS, LAST):
        try:
            trained = train(tables, configuration_at(chosen, day, AS_OF), undated, measured=False)
        except TrainingError as error:
            print(f"{outcome}, no model of {day}: {error}")
            continue
        test, model = trained.test, trained.model
        assert test is not None  # noqa: S101 - the dates hold a window out
        calibrated = model.market.calibration.calibrated(log_odds(model.market.booster, test.values))
        intervals = [model.spread.interval(calibrated, test.values, drift) for drift in (True, False)]
        inside = [grouped(test.market, probability(calibrated), *interval) for interval in intervals]
        low, high = intervals[0]
        found.append(
            Groups(
                as_of=str(day),
                drift=model.spread.drift,
                groups=len(inside[0]),
                inside=int(inside[0].sum()),
                inside_without_drift=int(inside[1].sum()),
                width=float(np.median(high - low)),
            )
        )
    return found


def grouped(labels: npt.NDArray[np.int8], p: Floats, low: Floats, high: Floats) -> npt.NDArray[np.bool_]:
    """Return for each group of `GROUP` firms, by probability, whether the observed share lies in the mean interval.

    The share is of few firms: its binomial noise widens the interval, as the variance of another source does.

    Parameters
    ----------
    labels, p, low, high
        Outcome, probability and ends of the interval of each firm, (n,).

    Examples
    --------
    >>> labels, p = np.repeat([1, 0], [60, 140]).astype(np.int8), np.full(200, 0.3)
    >>> grouped(labels, p, p - 0.02, p + 0.02).tolist(), grouped(labels, p - 0.2, p - 0.25, p - 0.15).tolist()
    ([True], [False])
    """
    order = np.argsort(p, kind="stable")
    found = []
    for rows in np.array_split(order, max(len(order) // GROUP, 1)):
        middle, share = p[rows].mean(), labels[rows].mean()
        noise = _DEVIATIONS * np.sqrt((p[rows] * (1 - p[rows])).sum()) / len(rows)
        reach = middle - low[rows].mean() if share < middle else high[rows].mean() - middle
        found.append(abs(share - middle) <= np.hypot(reach, noise))
    return np.array(found, bool)


def show_simulation(coverage: Coverage, costs: dict[str, float]) -> None:
    """Print what was measured on the simulation."""
    print(f"simulation: {coverage.firms:,} firms, against the recipe with {coverage.times} times as many")
    print(f"  inside {coverage.inside:.1%}, without drift ({coverage.drift:.3f}) {coverage.inside_without_drift:.1%}")
    for name, shares in (("probability", coverage.by_probability), ("events known", coverage.by_events)):
        print(f"  by tenth of {name:<13} {' '.join(f'{share:.0%}' for share in shares)}")
    widths = " ".join(f"{100 * width:.1f}" for width in coverage.width_by_events)
    print(f"  width in percentage points: median {100 * coverage.width:.1f}; by tenth of events known {widths}")
    print(f"  at most {FEW} events {100 * coverage.few:.1f}, at least {MANY} {100 * coverage.many:.1f}")
    print(f"  probability on the edge: {coverage.edge:.1%}")
    print(f"  cost of a score: {', '.join(f'{name} {times:.2f} times' for name, times in costs.items())}")


def show_origins(outcome: str, origins: Sequence[Groups]) -> None:
    """Print what was measured at the origins of one outcome."""
    groups = sum(part.groups for part in origins)
    inside, without = sum(part.inside for part in origins), sum(part.inside_without_drift for part in origins)
    print(
        f"{outcome}: {inside} of {groups} groups inside ({inside / groups:.0%}), {without / groups:.0%} without drift"
    )
    for part in origins:
        shares = f"{part.inside:>3} and {part.inside_without_drift:>3} of {part.groups:>3}"
        print(f"  {part.as_of}  {shares}, drift {part.drift:.3f}, median width {100 * part.width:.1f}", flush=True)


def main(
    data: Annotated[
        Path | None, typer.Option(help="Folder of the public data; without it the simulation alone.")
    ] = None,
    firms: Annotated[int, typer.Option(help="Firms of the simulation; 0 leaves it out.")] = 20_000,
    times: Annotated[int, typer.Option(min=2, help="How many times as many firms the other model sees.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the economy.")] = 7,
    share: Share = 1,
    outcome: Annotated[list[str] | None, typer.Option(help="Only this outcome: market, exit or listed.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure intervals on a simulation and at rolling origins."""
    written: dict[str, Any] = {}
    if firms:
        with tempfile.TemporaryDirectory() as scratch:
            coverage, costs = on_simulation(firms, times, seed, Path(scratch) / "economy")
        show_simulation(coverage, costs)
        written |= {"simulation": asdict(coverage), "cost": costs}
    if data is not None:
        for name in outcome or OUTCOMES:
            with tempfile.TemporaryDirectory() as scratch:
                origins = on_origins(data, name, share, Path(scratch) / "tables")
            show_origins(name, origins)
            written[name] = [asdict(part) for part in origins]
    if as_json is not None:
        as_json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
