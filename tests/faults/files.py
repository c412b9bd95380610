"""Small files with something wrong in them, and what came of reading them."""

import subprocess
import sys
from pathlib import Path

from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.tables import Tables

FIRMS = "firm_id,name,founded_on\n007,Ærø AS,2001-02-03\nb,Bo,2002-03-04\n"
ROUNDS = "firm_id,round_id,announced_on,kind,amount,currency\n"


def put(folder: Path, **tables: str | bytes) -> Path:
    """Write tables as CSV, the two firms among them unless other ones are given."""
    for name, text in ({"firms": FIRMS} | tables).items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read(folder: Path, **tables: str | bytes) -> Tables:
    return read_tables(put(folder, **tables))


def quarantine_of(tables: Tables) -> list[tuple[object, ...]]:
    """Return table, row, column and code of all quarantined values; check that every row is accounted for."""
    for sums in tables.reconciliations:
        assert sums.read == sums.used + sums.quarantined
    frame = tables.quarantine.frame()[["table", "row", "column", "code"]]
    return [tuple(row) for row in frame.to_numpy().tolist()]


def run_in_memory(program: str, megabytes: int, *arguments: object) -> str:
    """Run a program that may take so much memory beyond what its imports took, and return what it said."""
    limited = (
        "import resource, sys\n"
        "import pandas, pyarrow.parquet\n"
        "from littlegiants.ingest.readers.read import read_tables\n"
        "from littlegiants.ingest.errors import TableError\n"
        "pages = int(open('/proc/self/statm').read().split()[0])\n"
        f"limit = pages * resource.getpagesize() + ({megabytes} << 20)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", limited + program, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout
