"""``giants import``: a command for each source that declares itself in `littlegiants.ingest.sources`."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from littlegiants.cli.help import examples
from littlegiants.cli.output import Json, balance, parse_date, show, steps, sums
from littlegiants.ingest.sources.discovery import find_importer, find_sources
from littlegiants.ingest.sources.source import Option, Source

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


def add_command(group: typer.Typer, source: Source) -> None:
    """Add the command that imports a source, with an option for each that the source declares."""

    def command(path: Path, out: Path, as_json: bool, join: bool = False, **given: str | None) -> None:
        dates = {option.name for option in source.options if option.is_date}
        options = {
            name: parse_date(value).isoformat() if name in dates and value is not None else value
            for name, value in given.items()
        }
        _run(source, path, out, {**options, "firms": out if join else None} if source.joins else options, as_json)

    parameters = list(_parameters(source))
    # Typer reads a command's options from its signature and its annotations.
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    group.command(source.name, help=source.summary, epilog=examples(*source.examples))(command)


def _parameters(source: Source) -> list[inspect.Parameter]:
    argument = Annotated[Path, typer.Argument(metavar=source.path, help=source.path_help)]
    return [
        _parameter("path", argument),
        _parameter("out", Out),
        *([_parameter("join", Join, False)] if source.joins else []),
        *(_parameter(option.name, _annotation(option), option.default) for option in source.options),
        _parameter("as_json", Json, False),
    ]


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _annotation(option: Option) -> Any:
    kind = Literal[option.choices] if option.choices else str
    shown = typer.Option(metavar=option.metavar, help=option.help, show_default=option.shown or True)
    return Annotated[kind if option.default is not None else kind | None, shown]


def _run(source: Source, path: Path, out: Path, options: Mapping[str, Any], as_json: bool) -> None:
    from littlegiants.ingest.sources.common.writing import write_import

    read = find_importer(source)
    with steps(2, as_json) as step:
        step(f"reading {path}")
        imported = read(path, **options)
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
    show(result, [*lines, f"written to {out}: {written}; quarantined rows are in {out}/quarantine.csv"], as_json)


for declared in find_sources():
    add_command(app, declared)
