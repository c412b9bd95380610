"""How long tables take to read and check, against pyarrow alone, which checks nothing.

    python benchmarks/reading.py                # 20,000 simulated firms, as CSV and as typed Parquet
    python benchmarks/reading.py --firms 100000

Each reads the same files, in turns, in one process on its own. Both may use all cores. Our time holds all that the
loader does: every value parsed and checked, firms looked up, versions dated, rows sorted, text encoded.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import pyarrow.csv
import pyarrow.parquet
import typer
from rich.console import Console
from rich.table import Table

from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.training.simulator import simulate

FORMS: dict[str, Callable[[Path], Any]] = {"csv": pyarrow.csv.read_csv, "parquet": pyarrow.parquet.read_table}


def measure(folder: Path, form: str, runs: int) -> dict[str, float]:
    """Return the medians of our seconds and pyarrow's over one folder, the first run of each left out."""
    files = [path for path in sorted(folder.glob(f"*.{form}")) if path.stem in TABLES]
    ours, theirs = [], []
    for _ in range(runs + 1):
        theirs.append(_seconds(lambda: [FORMS[form](path) for path in files]))
        ours.append(_seconds(lambda: read_tables(folder)))
    middle = statistics.median(ours[1:]), statistics.median(theirs[1:])
    return {"seconds": middle[0], "pyarrow_seconds": middle[1], "times_pyarrow": middle[0] / middle[1]}


def _seconds(run: Callable[[], Any]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main(
    firms: Annotated[int, typer.Option(min=100, help="Firms of the simulated economy.")] = 20_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each; medians are shown.")] = 3,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure and compare."""
    with tempfile.TemporaryDirectory() as scratch:
        folders = {form: Path(scratch) / form for form in FORMS}
        for form, folder in folders.items():
            simulate(folder, firms=firms, seed=7, fmt=form)
        csv, parquet = (read_tables(folder) for folder in folders.values())
        rows, same = sum(sums.read for sums in csv.reconciliations), csv.digest() == parquet.digest()
        found = {form: measure(folder, form, runs) for form, folder in folders.items()}
    if not same:
        raise SystemExit("the tables read from CSV and from Parquet differ")
    grid = Table("files", "seconds", "pyarrow alone", "times pyarrow", title=f"{firms:,} firms, {rows:,} rows")
    for form, row in found.items():
        grid.add_row(form, f"{row['seconds']:.2f}", f"{row['pyarrow_seconds']:.2f}", f"{row['times_pyarrow']:.1f}")
    Console().print(grid)
    if as_json is not None:
        as_json.write_text(json.dumps({"firms": firms, "rows": rows, **found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
