"""How fast signals are computed, against NumPy by hand, DuckDB, Polars and pandas.

    python benchmarks/features.py                        # 100,000 firms, 1.6 m events
    python benchmarks/features.py --firms 1000000 --full # 16 m events, and the slope up to 1e7 events

Sixteen signals are timed in every engine, each run in a process of its own, engines taking turns, and must agree. Then
all signals: time, peak memory, how time grows with the events, and what one firm's request takes. DuckDB and Polars
come with ``pip install -e .[bench]``; without them their lines are left out.
"""

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from engines import AS_OF, ENGINES, NAMES, Signals, missing
from rich.console import Console
from rich.table import Table
from universe import EVENTS_PER_FIRM, universe

from littlegiants.features.matrix import FEATURES, feature_matrix
from littlegiants.features.population.population import Population

OURS, PANDAS, BY_HAND = "littlegiants", "pandas groupby", "NumPy by hand"
_LEARNED_BY = date(2020, 12, 31)
_LEARNED_FROM = 20_000
_REQUESTS = 300
_TOLERANCE = 1e-9


def measure(engine: str, firms: int, keep: bool) -> tuple[dict[str, float], Signals]:
    """Time one engine in this process, warmed up on a small universe; also return its signals if they are kept."""
    make = ENGINES[engine]
    make(universe(500))()
    run = make(universe(firms))
    taken, signals = _timed(run)
    return taken, signals if keep else {}


def measure_all(firms: int) -> dict[str, float]:
    """Time the whole feature matrix in this process."""
    tables = universe(firms)
    population = Population.fit(tables.slice(0, min(firms, _LEARNED_FROM)), _LEARNED_BY)
    feature_matrix(tables.slice(0, 500), AS_OF, population)
    return _timed(lambda: feature_matrix(tables, AS_OF, population))[0]


def measure_one() -> dict[str, float]:
    """Time requests of one firm, all signals, its rows already loaded; milliseconds."""
    tables = universe(_LEARNED_FROM)
    population = Population.fit(tables, _LEARNED_BY)
    alone = [tables.take(tables.firm_ids[[place]]) for place in range(_REQUESTS)]
    feature_matrix(alone[0], AS_OF, population)
    times = [1e3 * _timed(lambda one=one: feature_matrix(one, AS_OF, population))[0]["seconds"] for one in alone]
    return {"median": statistics.median(times), "p99": float(np.percentile(times, 99))}


def _timed(run: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    wall, processor = time.perf_counter(), time.process_time()
    result = run()
    taken = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - processor}
    # Kilobytes on Linux, bytes on macOS; the data themselves are in it.
    unit = 1 if sys.platform == "darwin" else 1024
    return taken | {"peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30}, result


def alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a fresh process, so that its peak memory is its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def compare(firms: int, runs: int) -> dict[str, dict[str, float]]:
    """Time every engine that is installed, in turns; medians, and the ratio of each time to ours."""
    engines = [name for name in ENGINES if name not in missing()]
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in engines}
    expected: Signals = {}
    for turn in range(runs):
        for name in engines:
            figures, signals = alone(measure, name, firms, turn == 0)
            taken[name].append(figures)
            expected = expected or signals
            check(name, signals, expected)
    middle = {
        name: {key: statistics.median(run[key] for run in found) for key in found[0]} for name, found in taken.items()
    }
    return {name: found | {"times_ours": found["seconds"] / middle[OURS]["seconds"]} for name, found in middle.items()}


def check(engine: str, signals: Signals, expected: Signals) -> None:
    """Raise if an engine computed something else."""
    for name, values in signals.items():
        np.testing.assert_allclose(values, expected[name], _TOLERANCE, _TOLERANCE, err_msg=f"{engine}: {name}")


def slope(full: bool, runs: int) -> dict[str, Any]:
    """Time the whole matrix at ten times more and more events; the slope of log time over log events."""
    events = [10**power for power in range(4, 8 if full else 7)]
    seconds = [
        statistics.median(alone(measure_all, number // EVENTS_PER_FIRM)["seconds"] for _ in range(runs))
        for number in events
    ]
    logs = np.log(events), np.log(seconds)
    return {
        "events": events,
        "seconds": seconds,
        "slope": float(np.polyfit(*logs, 1)[0]),
        "last_slope": float((np.diff(logs[1]) / np.diff(logs[0]))[-1]),
    }


def show(found: dict[str, Any], console: Console) -> None:
    """Print the figures as tables."""
    events = found["firms"] * EVENTS_PER_FIRM
    grid = Table(
        "engine", "seconds", "CPU seconds", "peak GiB", "times ours", title=f"{len(NAMES)} signals, {events:,} events"
    )
    for name, row in found["engines"].items():
        keys = ("seconds", "cpu_seconds", "peak_gib", "times_ours")
        grid.add_row(name, *(f"{row[key]:.2f}" for key in keys))
    console.print(grid)
    for name, package in found["left_out"].items():
        console.print(f"{name} left out: {package} is not installed, see pip install -e .\\[bench]")
    every, grown, one = found["all"], found["slope"], found["one_firm_ms"]
    console.print(f"all {len(FEATURES)} signals: {every['seconds']:.2f} s, peak {every['peak_gib']:.2f} GiB")
    steps = ", ".join(f"{n:.0e}: {s:.3f} s" for n, s in zip(grown["events"], grown["seconds"], strict=True))
    console.print(f"by events {steps}; slope {grown['slope']:.2f}, of the last step {grown['last_slope']:.2f}")
    console.print(f"one firm, all signals: median {one['median']:.2f} ms, p99 {one['p99']:.2f} ms")


def main(
    firms: Annotated[int, typer.Option(min=1_000, help="Firms; sixteen events each.")] = 100_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each engine; medians are shown.")] = 3,
    full: Annotated[bool, typer.Option("--full", help="Measure the slope up to ten million events.")] = False,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure and compare."""
    found = {
        "firms": firms,
        "engines": compare(firms, runs),
        "left_out": missing(),
        "all": alone(measure_all, firms),
        "slope": slope(full, runs),
        "one_firm_ms": alone(measure_one),
    }
    show(found, Console())
    if as_json is not None:
        as_json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
