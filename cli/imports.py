"""``giants import``: from public sources to the tables of the contract."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.output import Json, show, steps, sums

if TYPE_CHECKING:
    from littlegiants.features.sources.imported import Imported

app = typer.Typer(
    help="Turn a public source into dated tables; every row is used or quarantined.", no_args_is_help=True
)
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the tables.")]


@app.command()
def crunchbase(
    source: Annotated[Path, typer.Argument(help="Folder with companies.csv, rounds.csv and acquisitions.csv.")],
    out: Out,
    as_json: Json = False,
) -> None:
    """Import a Crunchbase export in the layout of 2013.

    Example: giants import crunchbase downloads/crunchbase-2013 --out data/crunchbase
    """
    from littlegiants.features.sources.crunchbase import import_crunchbase
    from littlegiants.features.sources.writing import write_import

    with steps(2, as_json) as step:
        step(f"reading {source}")
        imported = import_crunchbase(source)
        step(f"writing {out}")
        write_import(imported, out)
    _show(imported, out, as_json)


@app.command()
def sbir(
    source: Annotated[Path, typer.Argument(help="CSV file of NSF SBIR/STTR awards.")],
    out: Out,
    join: Annotated[
        bool, typer.Option("--join", help="Join the awards to the firms already in --out, by name and state.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Import NSF SBIR/STTR awards, as firms of their own or joined to imported ones.

    Example: giants import sbir downloads/nsf_awards.csv --join --out data/crunchbase
    """
    from littlegiants.features.sources.sbir import import_sbir
    from littlegiants.features.sources.writing import write_import

    with steps(2, as_json) as step:
        step(f"reading {source}")
        imported = import_sbir(source, out if join else None)
        step(f"writing {out}")
        write_import(imported, out)
    _show(imported, out, as_json)


def _show(imported: "Imported", out: Path, as_json: bool) -> None:
    tables = {name: len(frame) for name, frame in imported.frames.items()}
    result = {
        "out": str(out),
        "tables": tables,
        "sources": sums(imported.reconciliations),
        "encodings": dict(imported.encodings),
        "notes": list(imported.notes),
    }
    lines = [f"{sum_}; read as {imported.encodings[sum_.table]}" for sum_ in imported.reconciliations]
    lines += [f"not used as it stands: {note}" for note in imported.notes]
    written = ", ".join(f"{name} {count:,}" for name, count in tables.items())
    show(result, [*lines, f"written to {out}: {written}; rows set apart are in quarantine.csv"], as_json)
