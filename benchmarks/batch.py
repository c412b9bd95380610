"""How long `giants score` takes over many firms, against the sum of what it cannot do without, and how it grows.

    python benchmarks/batch.py                          # 10,000 and 100,000 simulated firms
    python benchmarks/batch.py --firms 1000000 --model demo/model
    python benchmarks/batch.py --reasons                # with reason codes

Its floors are to read the same typed Parquet by pyarrow, to run both boosters on the ready matrix, and to write the
scores: each in this process, as it would be with nothing in between. `giants score` is run as users run it, start and
imports included, with as many processes as there are cores. Its memory is that of all its processes together, looked
at twenty times a second; pages that they share count for each of them.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import psutil
import pyarrow.parquet as pq
import typer
from rich.console import Console
from rich.table import Table

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.ingest.files.frames import write_frame
from littlegiants.ingest.readers.read import read_tables
from littlegiants.models.artefact.artefact import read_artefact, write_artefact
from littlegiants.models.scoring.booster import log_odds
from littlegiants.models.scoring.model import Model
from littlegiants.serving.scorer import score_frame
from littlegiants.training.config import TrainConfig
from littlegiants.training.pipeline import train
from littlegiants.training.simulator import simulate

AS_OF = date(2025, 12, 31)  # the last day of the simulated economy
GIANTS = Path(sys.executable).with_name("giants")
TRAINED_ON = 3_000


def measure(folder: Path, model: Path, reasons: bool, scratch: Path) -> dict[str, Any]:
    """Return the figures of one folder of tables."""
    own = read_artefact(model)
    matrix = _matrix(folder, own)
    frame = score_frame(own.score(matrix, explain=False))
    floors = {
        "read": _seconds(lambda: [pq.read_table(path) for path in sorted(folder.glob("*.parquet"))]),
        "predict": _seconds(
            lambda: [log_odds(head.booster, matrix.values) for head in (own.market, own.subsidised) if head]
        ),
        "write": _seconds(lambda: write_frame(frame, scratch / "floor.parquet")),
    }
    command = ["score", "--data", folder, "--as-of", AS_OF, "--model", model, "--out", scratch / "scores.parquet"]
    found = _watched([GIANTS, *map(str, command), *([] if reasons else ["--no-reasons"])])
    rows = sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))
    seconds, floor = float(found["seconds"]), sum(floors.values())
    return {"rows": rows, "scored": len(frame), **found, "floors": floors, "times_floors": seconds / floor}


def _matrix(folder: Path, model: Model) -> FeatureMatrix:
    snapshot = Snapshot(read_tables(folder), AS_OF, model.population)
    return FeatureMatrix.of(snapshot, cohort(snapshot), columns=model.columns)


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _watched(command: list[object]) -> dict[str, float]:
    """Run a command to its end and return its seconds, its processor seconds and its greatest memory in MiB."""
    before, start, most = psutil.Process().cpu_times(), time.perf_counter(), 0
    with subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            most = max(most, _memory(running.pid))
            time.sleep(0.05)
    if running.returncode:
        raise SystemExit(f"giants score ended with {running.returncode}")
    after = psutil.Process().cpu_times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return {"seconds": time.perf_counter() - start, "processor_seconds": spent, "memory_mib": most / 2**20}


def _memory(pid: int) -> int:
    try:
        process = psutil.Process(pid)
        return int(sum(one.memory_info().rss for one in (process, *process.children(recursive=True))))
    except psutil.Error:
        return 0


def main(
    firms: Annotated[list[int] | None, typer.Option(min=100, help="Firms of a simulated economy; repeatable.")] = None,
    model: Annotated[Path | None, typer.Option(help="An artefact; by default one trained on 3,000 firms.")] = None,
    reasons: Annotated[bool, typer.Option("--reasons", help="With reason codes.")] = False,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure each size."""
    sizes, found = firms or [10_000, 100_000], {}
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if model is None:
            simulate(scratch / "learned", firms=TRAINED_ON, seed=7)
            model = scratch / "model"
            write_artefact(train(read_tables(scratch / "learned"), TrainConfig(), measured=False).model, model)
        for size in sizes:
            simulate(scratch / str(size), firms=size, seed=8, fmt="parquet")
            found[size] = measure(scratch / str(size), model, reasons, scratch)
    columns = ("firms", "rows", "seconds", "processor s", "MiB", "floors: read", "predict", "write", "times floors")
    grid = Table(*columns, title=f"giants score {'with' if reasons else 'without'} reasons")
    for size, row in found.items():
        floors = [f"{row['floors'][name]:.2f}" for name in ("read", "predict", "write")]
        cells = f"{row['seconds']:.1f}", f"{row['processor_seconds']:.1f}", f"{row['memory_mib']:,.0f}", *floors
        grid.add_row(f"{size:,}", f"{row['rows']:,}", *cells, f"{row['times_floors']:.1f}")
    Console(width=140).print(grid)
    growth = _growth(found)
    if growth is not None:
        Console().print(f"time grows with the rows to the power {growth:.2f}")
    if as_json is not None:
        text = json.dumps({"reasons": reasons, "growth": growth, "sizes": found}, indent=1)
        as_json.write_text(f"{text}\n", encoding="utf-8")


def _growth(found: dict[int, dict[str, Any]]) -> float | None:
    first, last = found[min(found)], found[max(found)]
    if len(found) < 2:
        return None
    return math.log(last["processor_seconds"] / first["processor_seconds"]) / math.log(last["rows"] / first["rows"])


if __name__ == "__main__":
    typer.run(main)
