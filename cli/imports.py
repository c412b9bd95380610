"""``giants import``: a command for each source that declares itself in `littlegiants.ingest.sources`."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from littlegiants.cli.help import examples
from littlegiants.cli.import_output import Out, show_import
from littlegiants.cli.importing_tables import SUMMARY, import_table
from littlegiants.cli.output import Json, MaxQuarantined, parse_date, steps
from littlegiants.cli.paths import CommandLine, Role
from littlegiants.cli.strict import Strict, refuse_notices, table_notices
from littlegiants.ingest.sources.discovery import find_importer, find_sources
from littlegiants.ingest.sources.source import Option, Source
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

app = CommandLine(
    help="Turn a public source into dated tables; every row is used or quarantined.", no_args_is_help=True
)
Join = Annotated[
    bool,
    typer.Option("--join", metavar="", help="Join to the firms already in --out, by name and state."),
]


def add_command(group: CommandLine, source: Source) -> None:
    """Add the command that imports a source, with an option for each that the source declares."""

    def command(
        path: Path,
        out: Path,
        as_json: bool,
        strict: bool,
        join: bool = False,
        max_quarantined: float = 1.0,
        **given: Any,
    ) -> None:
        dates = {option.name for option in source.options if option.is_date}
        repeated = {
            option.name: tuple(given.pop(option.name) or ()) or None for option in source.options if option.repeated
        }
        options = {
            name: parse_date(value).isoformat() if name in dates and value is not None else value
            for name, value in given.items()
        }
        own: dict[str, Any] = {"firms": out if join else None} if source.joins else {}
        _run(source, path, out, {**options, **repeated, **own}, max_quarantined, strict, as_json)

    parameters = list(_parameters(source))
    # Typer reads a command's options from its signature and its annotations.
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    group.command(source.name, help=source.summary, epilog=examples(*source.examples))(command)


def _parameters(source: Source) -> list[inspect.Parameter]:
    argument = Annotated[Path, typer.Argument(metavar=source.path, help=source.path_help), Role.TABLES]
    return [
        _parameter("path", argument),
        _parameter("out", Out),
        *([_parameter("join", Join, False)] if source.joins else []),
        *(_parameter(option.name, _annotation(option), option.default) for option in source.options),
        *([_parameter("max_quarantined", MaxQuarantined, MAX_QUARANTINED)] if source.bounded else []),
        _parameter("strict", Strict, False),
        _parameter("as_json", Json, False),
    ]


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _annotation(option: Option) -> Any:
    kind = Literal[option.choices] if option.choices else str
    shown = typer.Option(metavar=option.metavar, help=option.help, show_default=option.shown or True)
    if option.repeated:
        return Annotated[list[str] | None, shown]
    return Annotated[kind if option.default is not None else kind | None, shown]


def _run(
    source: Source, path: Path, out: Path, options: Mapping[str, Any], most: float, strict: bool, as_json: bool
) -> None:
    from littlegiants.ingest.sources.common.writing import write_import
    from littlegiants.ingest.tables.loss import check_loss

    read = find_importer(source)
    with steps(2, as_json) as step:
        step(f"reading {path}")
        imported = read(path, **options)
        check_loss(imported.reconciliations, most)
        refuse_notices(strict, [*table_notices(imported.reconciliations), *imported.notes])
        step(f"writing {out}")
        write_import(imported, out)
    show_import(imported, out, as_json, {})


app.command(
    "table",
    short_help=SUMMARY,
    epilog=examples(
        "giants import table companies.csv deals.csv",
        "giants import table companies.csv deals.csv --out data/portfolio",
        "giants import table list.xlsx --save-mapping list.toml",
        "giants import table list.xlsx --mapping list.toml --out data/list",
    ),
)(import_table)
for declared in find_sources():
    add_command(app, declared)
