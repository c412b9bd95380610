"""``giants import``: from public sources to the tables of the contract."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.help import examples
from littlegiants.cli.output import Json, balance, show, steps, sums

if TYPE_CHECKING:
    from littlegiants.features.sources.imported import Imported

app = typer.Typer(
    help="Turn a public source into dated tables; every row is used or quarantined.", no_args_is_help=True
)
Out = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Folder of the tables: new, empty, or a former import."),
]


@app.command(epilog=examples("giants import crunchbase downloads/crunchbase-2013 --out data/crunchbase"))
def crunchbase(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder with companies.csv, rounds.csv and acquisitions.csv.")
    ],
    out: Out,
    as_json: Json = False,
) -> None:
    """Import a Crunchbase export in the layout of 2013."""
    from littlegiants.features.sources.crunchbase import import_crunchbase
    from littlegiants.features.sources.writing import write_import

    with steps(2, as_json) as step:
        step(f"reading {source}")
        imported = import_crunchbase(source)
        step(f"writing {out}")
        write_import(imported, out)
    _show(imported, out, as_json)


@app.command(
    epilog=examples(
        "giants import sbir downloads/nsf_awards.csv --out data/sbir",
        "giants import sbir downloads/nsf_awards.csv --join --out data/crunchbase",
    )
)
def sbir(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file of NSF SBIR/STTR awards.")],
    out: Out,
    join: Annotated[
        bool,
        typer.Option(
            "--join",
            metavar="",
            help="Join the awards to the firms already in --out, by name and state.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Import NSF SBIR/STTR awards, as firms of their own or joined to imported ones."""
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
    result: dict[str, object] = {
        "out": str(out),
        "tables": tables,
        "sources": sums(imported.reconciliations),
        "encodings": dict(imported.encodings),
        "notes": list(imported.notes),
    }
    lines = balance(imported.reconciliations)
    lines += [f"{name}: read as {encoding}" for name, encoding in imported.encodings.items()]
    lines += [f"note: {note}" for note in imported.notes]
    written = ", ".join(f"{name} {count:,}" for name, count in tables.items())
    show(result, [*lines, f"written to {out}: {written}; rows set apart are in {out}/quarantine.csv"], as_json)
