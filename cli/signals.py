"""``giants signals``."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.files import FRAME, check_files
from littlegiants.cli.output import (
    Data,
    IgnoreColumn,
    Json,
    MaxQuarantined,
    aligned,
    balance,
    parse_date,
    show,
    steps,
    sums,
)
from littlegiants.cli.paths import Role
from littlegiants.features.asof.as_of_date import check_as_of_date
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from littlegiants.features.coverage import Coverage

_SILENT = ("constant", "never observed")


def signals(
    data: Data,
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="Signals as known on this day, YYYY-MM-DD.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Also write every firm's signals, .csv, .parquet or .xlsx."),
        Role.OUTPUT_FILE,
    ] = None,
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    as_json: Json = False,
) -> None:
    """Compute every signal of the firms at risk on a date, and say which of them these tables can tell at all.

    Signals that compare a firm with others take all firms known on that date; a model takes its training population.
    """
    from littlegiants.features.asof.cohort import cohort
    from littlegiants.features.asof.snapshot import Snapshot
    from littlegiants.features.coverage import coverage, to_frame
    from littlegiants.features.matrix import feature_matrix
    from littlegiants.features.population.population import Population
    from littlegiants.ingest.files.frames import write_frame
    from littlegiants.ingest.readers.read import read_tables

    day = check_as_of_date(parse_date(as_of))
    check_files((out, FRAME))
    with steps(3, as_json) as step:
        step("reading the tables")
        tables = read_tables(data, ignore_columns=ignore_column or (), max_quarantined=max_quarantined)
        step(f"signals as of {day}")
        population = Population.fit(tables, day)
        matrix = feature_matrix(tables, day, population, cohort(Snapshot(tables, day)))
        step("writing")
        if out is not None:
            write_frame(to_frame(matrix, population), out)
    covered = coverage(matrix)
    result: dict[str, object] = {
        "as_of_date": day.isoformat(),
        "firms": len(matrix),
        "out": None if out is None else str(out),
        "signals": [asdict(signal) for signal in covered],
        "tables": sums(tables.reconciliations),
    }
    lines = [*balance(tables.reconciliations), f"{len(matrix):,} firms at risk on {day}", *_summary(covered)]
    show(result, lines if out is None else [*lines, f"signals: {out}"], as_json)


def _summary(covered: Sequence["Coverage"]) -> list[str]:
    """Return for each family how many signals tell firms apart, and by name those that do not."""
    rows = []
    for family in dict.fromkeys(signal.family for signal in covered):
        some = [signal for signal in covered if signal.family == family]
        telling = [signal for signal in some if signal.kind == "varies"]
        known = sum(signal.share for signal in telling) / max(len(telling), 1)
        rows.append((family, f"{len(telling)}", f"of {len(some)} signals tell firms apart,", f"known for {known:.0%}"))
    lines = [f"  {line}" for line in aligned(rows, right=[1], gap=" ")]
    silent = {kind: [signal.name for signal in covered if signal.kind == kind] for kind in _SILENT}
    return [*lines, *(f"{told} in these tables: {', '.join(names)}" for told, names in silent.items() if names)]
