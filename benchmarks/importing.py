"""How long ``giants import table`` takes, against reading the same file with the library alone and writing Parquet.

    python benchmarks/importing.py                    # 100,000 firms as CSV, 10,000 as a workbook
    python benchmarks/importing.py --rows 20000 --workbook-rows 2000

The files are made up in the layout of PitchBook's companies: 23 columns, two rounds a firm. Both read the same file, in
turns, in one process. Ours finds out what each column is, reads it, judges every row, and writes the tables with the
quarantine. The library's reads the cells and writes them as they are: pyarrow for CSV, openpyxl for the workbook.
"""

import csv
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import openpyxl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import typer
from rich.console import Console
from rich.table import Table

from littlegiants.ingest.mapping.import_table import import_plans, plan_import
from littlegiants.ingest.sources.common.writing import write_import

HEADER = (
    "Company ID|Companies|Last Financing Valuation|First Financing Date|First Financing Size|First Financing Valuation"
    "|First Financing Deal Type|First Financing Deal Type 2|First Financing Deal Type 3|First Financing Deal Class"
    "|Active Investors|Ownership Status|Primary Industry Code|Last Financing Date|Last Financing Size"
    "|Last Financing Deal Type|Primary Contact|Company Financing Status|Year Founded|HQ Location|Website|Description"
    "|PitchBook Link"
).split("|")
FIRST, LAST = ("Seed Round", "Grant", "Angel (individual)"), ("Early Stage VC", "Later Stage VC", "Merger/Acquisition")


def records(count: int) -> Iterator[list[str]]:
    """Made-up firms in the layout's columns; one in ten has a last round without a day."""
    rng = random.Random(7)  # noqa: S311 - made-up rows, no secrets
    for number in range(count):
        first = date(2000, 1, 1) + timedelta(rng.randrange(5_000))
        last = first + timedelta(1 + rng.randrange(2_000))
        row = {
            "Company ID": f"{10_000 + number}-{number % 90 + 10}",
            "Companies": f"Example Works {number}",
            "First Financing Date": f"{first:%d-%b-%Y}",
            "First Financing Size": f"{10 * rng.random():.2f}",
            "First Financing Deal Type": rng.choice(FIRST),
            "Active Investors": "Some Fund, Other Fund",
            "Ownership Status": "Privately Held (backing)",
            "Primary Industry Code": rng.choice(("Software", "Robotics", "Biotechnology")),
            "Last Financing Date": f"{last:%d-%b-%Y}" if rng.random() < 0.9 else "",
            "Last Financing Size": f"{50 * rng.random():.2f}",
            "Last Financing Deal Type": rng.choice(LAST),
            "Primary Contact": "A. Person",
            "Year Founded": str(first.year - rng.randrange(5)),
            "HQ Location": "Boston, United States",
            "Website": f"www.works{number}.example",
            "Description": "Makes things that are useful to many people in many places.",
        }
        yield [row.get(name, "") for name in HEADER]


def write_csv(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *records(count)])


def write_workbook(path: Path, count: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Companies")
    for row in (HEADER, *records(count)):
        sheet.append(row)
    book.save(path)


def library_csv(path: Path, out: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(path), out)


def library_workbook(path: Path, out: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True)
    header, *rows = book.active.iter_rows(values_only=True)
    columns = zip(*rows, strict=True)
    pyarrow.parquet.write_table(
        pa.table({name: pa.array(cells) for name, cells in zip(header, columns, strict=True)}), out
    )


FORMS: dict[str, tuple[Callable[[Path, int], None], Callable[[Path, Path], None]]] = {
    "csv": (write_csv, library_csv),
    "xlsx": (write_workbook, library_workbook),
}


def measure(folder: Path, form: str, rows: int, runs: int) -> dict[str, float]:
    """Return the medians of the seconds that each step takes over one file, the first run of each left out."""
    write, library = FORMS[form]
    path = folder / f"companies.{form}"
    write(path, rows)
    theirs, planning, ours = [], [], []
    for _ in range(runs + 1):
        theirs.append(_seconds(lambda: library(path, folder / "cells.parquet")))
        start = time.perf_counter()
        plans = plan_import([path])
        planning.append(time.perf_counter() - start)
        write_import(import_plans(plans), folder / "tables")
        ours.append(time.perf_counter() - start)
    if plans[0].origin != "PitchBook companies":
        raise SystemExit(f"the file was read as {plans[0].origin}")
    proposal, whole, alone = (statistics.median(times[1:]) for times in (planning, ours, theirs))
    return {"rows": rows, "proposal": proposal, "seconds": whole, "library": alone, "times_library": whole / alone}


def _seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main(
    rows: Annotated[int, typer.Option(min=10, help="Firms of the CSV file.")] = 100_000,
    workbook_rows: Annotated[int, typer.Option(min=10, help="Firms of the workbook.")] = 10_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each; medians are shown.")] = 3,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure and compare."""
    with tempfile.TemporaryDirectory() as scratch:
        found = {
            form: measure(Path(scratch), form, count, runs) for form, count in (("csv", rows), ("xlsx", workbook_rows))
        }
    grid = Table("file", "firms", "proposal, s", "import, s", "library alone, s", "times the library")
    for form, row in found.items():
        figures = [f"{row[name]:.2f}" for name in ("proposal", "seconds", "library")]
        grid.add_row(form, f"{row['rows']:,}", *figures, f"{row['times_library']:.1f}")
    Console().print(grid)
    if as_json is not None:
        as_json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
