"""How many firms the service scores, beside `mlflow models serve` with the same model, on this machine's loopback.

    python benchmarks/serving.py                    # trains a model on a simulated economy first, some five minutes
    python benchmarks/serving.py --model demo/model # with a model that is there already

A request of ours holds one firm's raw events; they are validated, made into signals, and scored with calibration and
interval. A request to MLflow holds the ready row of signals. Both have a worker process for each core of the machine,
wrk (Debian's ``wrk``) puts on the load and shares those cores. Then requests of 500 firms against the booster alone in
this process, and four times the load that gives the most.

The same request with a date that no model answers for is read, checked and refused, and nothing is scored: so many
requests the machine could answer at most if signals and scores took no time at all.
"""

import json
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from firms_json import firms_json
from load import HOST, Load, free_port, has_wrk, program, served, status, to_json, wrk
from rich.console import Console
from rich.table import Table

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import feature_matrix
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.readers.read import read_tables
from littlegiants.models.scoring.booster import log_odds
from littlegiants.serving import Scorer
from littlegiants.training.config import TrainConfig
from littlegiants.training.pipeline import train
from littlegiants.training.simulator import simulate

AS_OF = date(2025, 12, 31)
WORKERS = os.cpu_count() or 1
CONNECTIONS = (1, 8, 32, 64)
OURS, MLFLOW = "giants serve", "mlflow models serve"
_MANY = 500
_HEALTH_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class World:
    """A model, and firms that it has never seen, as JSON and as the matrix of their signals."""

    model: Path
    firms: list[dict[str, Any]]
    names: tuple[str, ...]
    values: Floats


def make_world(model: Path | None, scratch: Path) -> World:
    """Simulate firms to ask about, and where no model is given, an economy to train one on."""
    if model is None:
        from littlegiants.models.artefact.artefact import write_artefact

        simulate(scratch / "economy", firms=20_000, seed=7)
        model = scratch / "model"
        write_artefact(train(read_tables(scratch / "economy"), TrainConfig(), measured=False).model, model)
    simulate(scratch / "asked", firms=2_000, seed=2026)
    tables = read_tables(scratch / "asked")
    at_risk = cohort(Snapshot(tables, AS_OF), require_round=False)
    matrix = feature_matrix(tables, AS_OF, Scorer.from_artefact(model).model.population, at_risk)
    asked = set(matrix.firm_ids.tolist())
    firms = [firm for firm in firms_json(scratch / "asked") if firm["firm_id"] in asked]
    return World(model, firms, matrix.names, matrix.values)


def request(firms: list[dict[str, Any]]) -> bytes:
    """Return the body of a request to score."""
    return to_json({"as_of_date": AS_OF.isoformat(), "firms": firms})


@contextmanager
def ours(model: Path) -> Iterator[int]:
    """Serve the model with as many workers as there are cores; give the port."""
    port = free_port()
    command = [program("giants"), "serve", "--model", str(model), "--port", str(port), "--workers", str(WORKERS)]
    with served(command, port, "/health/ready", os.environ):
        yield port


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each load lasts, and how many connections each has."""

    seconds: int
    connections: tuple[int, ...] = CONNECTIONS


@contextmanager
def mlflow_serve(model: Path, scratch: Path) -> Iterator[int]:
    """Serve the same artefact by MLflow for rows of signals, with as many workers; give the port."""
    import mlflow.pyfunc

    saved, port = scratch / "pyfunc", free_port()
    mlflow.pyfunc.save_model(
        saved,
        python_model=str(Path(__file__).with_name("ready_rows.py")),
        artifacts={"artefact": str(model)},
        pip_requirements=["littlegiants"],
    )
    command = [program("mlflow"), "models", "serve", "-m", str(saved), "--env-manager", "local"]
    path = os.pathsep.join((str(Path(program("mlflow")).parent), os.environ["PATH"]))
    with served([*command, "-p", str(port), "-w", str(WORKERS)], port, "/ping", {**os.environ, "PATH": path}):
        yield port


def middling(world: World) -> bytes:
    """Return a request for one firm, that with the middling number of events."""
    return request([sorted(world.firms, key=lambda firm: len(json.dumps(firm)))[len(world.firms) // 2]])


def peers(world: World, port: int, plan: Plan, scratch: Path) -> dict[str, list[Load]]:
    """Put load on both with one firm a request, first on MLflow's, then on ours, which waits meanwhile."""
    row = [None if np.isnan(value) else value for value in world.values[0].tolist()]
    signals = to_json({"dataframe_split": {"columns": list(world.names), "data": [row]}})
    with mlflow_serve(world.model, scratch) as theirs:
        loads = _loads(theirs, "/invocations", signals, plan)
    return {MLFLOW: loads, OURS: _loads(port, "/v1/score", middling(world), plan)}


def unscored(world: World, port: int, plan: Plan) -> float:
    """Return the most requests a second that are read, checked and refused for their date."""
    body = middling(world).replace(AS_OF.isoformat().encode(), b"1990-01-01", 1)
    return max(load.per_second for load in _loads(port, "/v1/score", body, plan))


def _loads(port: int, path: str, body: bytes, plan: Plan) -> list[Load]:
    wrk(port, path, body, 4, min(plan.seconds, 2))  # warmed up: the first requests import and allocate
    return [wrk(port, path, body, connections, plan.seconds) for connections in plan.connections]


def many(world: World, port: int, seconds: int) -> dict[str, float]:
    """Time requests of 500 firms, one after the other, against the boosters on the ready matrix and parsing alone."""
    body = request(world.firms[:_MANY])
    model = Scorer.from_artefact(world.model).model
    boosters = [head.booster for head in (model.market, model.subsidised) if head is not None]
    values = np.ascontiguousarray(world.values[:_MANY])

    def alone() -> None:
        json.loads(body)
        for booster in boosters:
            log_odds(booster, values)

    bound = _milliseconds(alone)
    load = _loads_of_many(port, body, seconds)
    return {"firms": _MANY, "kilobytes": len(body) / 1e3, "alone_ms": bound, "ours_ms": load, "ratio": load / bound}


def _loads_of_many(port: int, body: bytes, seconds: int) -> float:
    wrk(port, "/v1/score", body, 1, min(seconds, 2))
    return wrk(port, "/v1/score", body, 1, seconds).median_ms


def _milliseconds(work: Callable[[], None], times: int = 20) -> float:
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return 1e3 * statistics.median(taken)


def overload(world: World, port: int, seconds: int, best: Load, plan: Plan) -> dict[str, float]:
    """Put four times as much on it as gave the most; meanwhile ask for its health, twenty times a second."""
    body = middling(world)
    calm = _loads(port, "/v1/score", body, Plan(min(seconds, 5), plan.connections))
    peak = max(load.per_second for load in calm)
    health: list[float] = []
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(port, over, health))
    watcher.start()
    load = wrk(port, "/v1/score", body, 4 * best.connections, seconds)
    over.set()
    watcher.join()
    useful = load.per_second - load.failed / seconds
    return {
        "connections": load.connections,
        "seconds": seconds,
        "peak_per_second": peak,
        "useful_per_second": useful,
        "share_of_peak": useful / peak,
        "refused_per_second": load.failed / seconds,
        "health_p50_ms": float(np.percentile(health, 50)),
        "health_p99_ms": float(np.percentile(health, 99)),
        "health_max_ms": max(health),
    }


def _watch(port: int, over: threading.Event, taken: list[float]) -> None:
    while not over.wait(_HEALTH_EVERY):
        start = time.perf_counter()
        if status(port, "/health/live") != 200:
            taken.append(float("inf"))
        taken.append(1e3 * (time.perf_counter() - start))


def show(found: dict[str, Any], console: Console) -> None:
    """Print the figures as tables."""
    grid = Table("server", "connections", "requests/s", "median ms", "p99 ms", "failed", title="one firm a request")
    for name, loads in found["peers"].items():
        for load in loads:
            numbers = (load["per_second"], load["median_ms"], load["p99_ms"])
            grid.add_row(name, str(load["connections"]), *(f"{value:,.1f}" for value in numbers), str(load["failed"]))
    console.print(grid)
    console.print(
        f"most of ours over most of MLflow's: {found['ratio']:.0f} times; if scores took no time, "
        f"{found['bound']:.0f} times ({found['unscored_per_second']:,.0f} a second)"
    )
    line = found["many"]
    console.print(
        f"{line['firms']} firms a request: {line['ours_ms']:.1f} ms, {line['ratio']:.2f} times the "
        f"{line['alone_ms']:.1f} ms of parsing the JSON and of the boosters on the ready matrix"
    )
    line = found["overload"]
    console.print(
        f"{line['connections']} connections for {line['seconds']} s: {line['useful_per_second']:,.0f} answers/s, "
        f"{line['share_of_peak']:.0%} of the peak; refused {line['refused_per_second']:,.0f}/s; health p99 "
        f"{line['health_p99_ms']:.0f} ms, at most {line['health_max_ms']:.0f} ms"
    )


def measure(world: World, plan: Plan, overloaded: int, scratch: Path) -> dict[str, Any]:
    """Take every figure."""
    with ours(world.model) as port:
        loads = peers(world, port, plan, scratch)
        bare = unscored(world, port, plan)
        best = {name: max(some, key=lambda load: load.per_second) for name, some in loads.items()}
        return {
            "host": HOST,
            "workers": WORKERS,
            "peers": {name: [asdict(load) for load in some] for name, some in loads.items()},
            "ratio": best[OURS].per_second / best[MLFLOW].per_second,
            "unscored_per_second": bare,
            "bound": bare / best[MLFLOW].per_second,
            "many": many(world, port, plan.seconds),
            "overload": overload(world, port, overloaded, best[OURS], plan),
        }


def main(
    model: Annotated[Path | None, typer.Option(help="Folder of an artefact; by default one is trained first.")] = None,
    seconds: Annotated[int, typer.Option(min=1, help="Seconds of each load.")] = 10,
    overloaded: Annotated[int, typer.Option(min=1, help="Seconds of the overload.")] = 60,
    connections: Annotated[
        list[int] | None, typer.Option(help="Connections of each load; by default 1, 8, 32, 64.")
    ] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure and compare."""
    console = Console()
    if not has_wrk():
        console.print("wrk is not installed; Debian has it: apt-get install wrk")
        raise typer.Exit(1)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(
            make_world(model, Path(folder)), Plan(seconds, tuple(connections or CONNECTIONS)), overloaded, Path(folder)
        )
    show(found, console)
    if as_json is not None:
        as_json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
