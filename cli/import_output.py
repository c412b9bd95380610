"""What every import asks for and shows: the folder of its tables, its accounts and its notes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.output import balance, show, sums
from littlegiants.cli.paths import Role

if TYPE_CHECKING:
    from littlegiants.ingest.sources.common.imported import Imported

OUT_HELP = "Folder of the tables: new, empty, or a former import."
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help=OUT_HELP), Role.OUTPUT_FOLDER]


def show_import(
    imported: "Imported", out: Path, as_json: bool, more: dict[str, object], above: Sequence[str] = ()
) -> None:
    """Print what an import made.

    Parameters
    ----------
    imported
        What was imported.
    out
        The folder it was written to.
    as_json
        Whether to print one JSON object.
    more
        Further keys of that object.
    above
        Lines for people that come first.
    """
    tables = {name: len(frame) for name, frame in imported.frames.items()}
    result: dict[str, object] = {
        "out": str(out),
        "tables": tables,
        "sources": sums(imported.reconciliations),
        "encodings": dict(imported.encodings),
        "notes": list(imported.notes),
        **more,
    }
    lines = [*above, *balance((*imported.reconciliations, *imported.events))]
    lines += [f"{name}: read as {encoding}" for name, encoding in imported.encodings.items()]
    lines += [f"note: {note}" for note in imported.notes]
    written = ", ".join(f"{name} {count:,}" for name, count in tables.items())
    show(result, [*lines, f"written to {out}: {written}; quarantined rows are in {out}/quarantine.csv"], as_json)
