"""``giants import``: from public sources to the tables of the contract."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from littlegiants.cli.help import examples
from littlegiants.cli.output import Json, balance, parse_date, show, steps, sums

if TYPE_CHECKING:
    from littlegiants.ingest.sources.common.imported import Imported

app = typer.Typer(
    help="Turn a public source into dated tables; every row is used or quarantined.", no_args_is_help=True
)
Out = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Folder of the tables: new, empty, or a former import."),
]

Join = Annotated[
    bool,
    typer.Option("--join", metavar="", help="Join to the firms already in --out, by name and state."),
]
Country = Annotated[str, typer.Option(metavar="CODE", help="Country of the firms, ISO 3166-1 alpha-2.")]
DateFormat = Annotated[
    str | None,
    typer.Option(metavar="FORM", help="How dates are written, of %Y, %m and %d.", show_default="ISO, %Y-%m-%d"),
]
Amounts = Annotated[
    Literal["plain", "comma", "grouped"],
    typer.Option(metavar="FORM", help="How amounts are written: plain 1234.56, comma 1.234,56, grouped 1,234.56."),
]
Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="Encoding of the file, such as gb18030.", show_default="found out")
]
Delimiter = Annotated[
    str | None, typer.Option(metavar="CHAR", help="What separates fields.", show_default="the header's: , ; or tab")
]


@app.command(epilog=examples("giants import crunchbase downloads/crunchbase-2013 --out data/crunchbase"))
def crunchbase(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Folder with companies.csv, rounds.csv, acquisitions.csv; later exports also investments.csv.",
        ),
    ],
    out: Out,
    as_json: Json = False,
) -> None:
    """Import a Crunchbase export in the layout of 2013, or in that of 2014 and 2015."""
    from littlegiants.ingest.sources.crunchbase import import_crunchbase

    _run(lambda: import_crunchbase(source), source, out, as_json)


@app.command(
    epilog=examples(
        "giants import sbir downloads/nsf_awards.csv --out data/sbir",
        "giants import sbir downloads/nsf_awards.csv --join --out data/crunchbase",
    )
)
def sbir(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file of NSF SBIR/STTR awards.")],
    out: Out,
    join: Join = False,
    as_json: Json = False,
) -> None:
    """Import NSF SBIR/STTR awards, as firms of their own or joined to imported ones."""
    from littlegiants.ingest.sources.sbir import import_sbir

    _run(lambda: import_sbir(source, out if join else None), source, out, as_json)


@app.command(
    epilog=examples(
        "giants import sbirgov downloads/award_data.csv --out data/sbir",
        "giants import sbirgov downloads/award_data.csv --join --out data/crunchbase",
    )
)
def sbirgov(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file of awards in the layout of sbir.gov.")],
    out: Out,
    join: Join = False,
    as_json: Json = False,
) -> None:
    """Import SBIR/STTR awards of all agencies, as firms of their own or joined to imported ones."""
    from littlegiants.ingest.sources.sbirgov import import_sbirgov

    _run(lambda: import_sbirgov(source, out if join else None), source, out, as_json)


@app.command(epilog=examples("giants import cordis downloads/cordis-h2020 --out data/horizon"))
def cordis(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder with organization.csv and project.csv of one programme.")
    ],
    out: Out,
    as_json: Json = False,
) -> None:
    """Import the European Union's grants to firms from CORDIS."""
    from littlegiants.ingest.sources.cordis import import_cordis

    _run(lambda: import_cordis(source), source, out, as_json)


@app.command(
    "horizon-no", epilog=examples("giants import horizon-no downloads/norway_horizon2020.csv --out data/norway")
)
def horizon_no(
    source: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV file of Norwegian participations in Horizon 2020.")
    ],
    out: Out,
    as_json: Json = False,
) -> None:
    """Import Horizon 2020's grants to Norwegian firms from the national register."""
    from littlegiants.ingest.sources.horizon_no import import_horizon_no

    _run(lambda: import_horizon_no(source), source, out, as_json)


@app.command(
    epilog=examples(
        "giants import patentsview downloads/patentsview --out data/patents",
        "giants import patentsview downloads/patentsview --join --out data/crunchbase",
    )
)
def patentsview(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with PatentsView's g_*.tsv tables.")],
    out: Out,
    join: Join = False,
    as_json: Json = False,
) -> None:
    """Import granted US patents, of firms of their own or joined to imported ones."""
    from littlegiants.ingest.sources.patentsview import import_patentsview

    _run(lambda: import_patentsview(source, out if join else None), source, out, as_json)


@app.command(epilog=examples("giants import ilab downloads/laureats-i-lab.csv --out data/ilab"))
def ilab(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file of i-Lab laureates.")],
    out: Out,
    as_json: Json = False,
) -> None:
    """Import the laureates of the French state's i-Lab competition."""
    from littlegiants.ingest.sources.ilab import import_ilab

    _run(lambda: import_ilab(source), source, out, as_json)


@app.command(
    epilog=examples(
        "giants import recognition-list little-giants.csv --out data/titles",
        "giants import recognition-list gd.csv --tier 专精特新中小企业 --out data/gd",
    )
)
def recognition_list(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file of firms and their titles.")],
    out: Out,
    scheme: Annotated[str, typer.Option(metavar="NAME", help="Whose titles they are.")] = "MIIT",
    country: Country = "CN",
    tier: Annotated[
        str | None, typer.Option(metavar="TIER", help="Tier of all, 1 to 4 or its title, for a list without one.")
    ] = None,
    awarded_on: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day of all awards, for a list without one.")
    ] = None,
    date_format: DateFormat = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
) -> None:
    """Import a list of recognised firms, such as little giants; Chinese and English headers are known."""
    from littlegiants.ingest.sources.recognition_list import ListOptions, import_recognition_list

    day = None if awarded_on is None else parse_date(awarded_on).isoformat()
    options = ListOptions(scheme, country, tier, day, date_format, encoding, delimiter)
    _run(lambda: import_recognition_list(source, options), source, out, as_json)


@app.command(epilog=examples("giants import subsidy-panel subsidies.csv --unit 万元 --out data/subsidies"))
def subsidy_panel(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="CSV file with a row for each firm and year.")],
    out: Out,
    unit: Annotated[
        str | None, typer.Option(metavar="UNIT", help="Unit of amounts whose header states none: 元, 万元, 亿元.")
    ] = None,
    amounts: Amounts = "plain",
    currency: Annotated[str, typer.Option(metavar="CODE", help="Currency, where no column states it.")] = "CNY",
    country: Country = "CN",
    date_format: DateFormat = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
) -> None:
    """Import subsidies booked in annual accounts; Chinese and English headers are known."""
    from littlegiants.ingest.sources.subsidy_panel import PanelOptions, import_subsidy_panel

    options = PanelOptions(unit, amounts, currency, country, date_format, encoding, delimiter)
    _run(lambda: import_subsidy_panel(source, options), source, out, as_json)


@app.command(epilog=examples("giants import canonical portfolio.xlsx --out data/portfolio"))
def canonical(
    source: Annotated[
        Path,
        typer.Argument(metavar="FILE|DIR", help="A workbook with a sheet a table, or a folder with a file a table."),
    ],
    out: Out,
    date_format: DateFormat = None,
    amounts: Amounts = "plain",
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    as_json: Json = False,
) -> None:
    """Import tables of the contract from Excel, Parquet or CSV."""
    from littlegiants.ingest.sources.canonical import import_canonical

    read = partial(import_canonical, date_format=date_format, amounts=amounts, encoding=encoding, delimiter=delimiter)
    _run(lambda: read(source), source, out, as_json)


def _run(read: Callable[[], "Imported"], source: Path, out: Path, as_json: bool) -> None:
    from littlegiants.ingest.sources.common.writing import write_import

    with steps(2, as_json) as step:
        step(f"reading {source}")
        imported = read()
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
