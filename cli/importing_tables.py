"""``giants import table``: any CSV, TSV, workbook or Parquet, by a mapping that is proposed, known or given."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.import_output import OUT_HELP, show_import
from littlegiants.cli.output import Json, MaxQuarantined, aligned, show, steps, sums
from littlegiants.cli.paths import Role
from littlegiants.cli.strict import Strict, refuse_notices, table_notices
from littlegiants.ingest.errors import ConfigError, LossError, StopError
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from littlegiants.ingest.mapping.import_table import Plan
    from littlegiants.ingest.tables.quarantine import Reconciliation

SUMMARY = "Import any CSV, TSV, workbook or Parquet by a mapping: known layouts are recognised, others proposed."
_DOUBTS = 3
_NO_LOSS = ("missing_date", "source_excluded")
_HEAD = ("column", "becomes", "form", "example", "by")


def import_table(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Files of one set: .csv, .tsv, .txt, .xlsx, .xlsm or .parquet."),
        Role.TABLES,
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=OUT_HELP, show_default="print the mapping and write no tables"),
        Role.OUTPUT_FOLDER,
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="How the files are read, as TOML.", show_default="found out"),
        Role.FILE,
    ] = None,
    save_mapping: Annotated[
        Path | None,
        typer.Option("--save-mapping", metavar="FILE", help="Write the mapping here, to correct and use it again."),
        Role.OUTPUT_FILE,
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Encoding of the delimited files, such as gb18030.", show_default="found out"
        ),
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(metavar="CHAR", help="What separates fields.", show_default="found out")
    ] = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Turn any files of firms and events into tables; every record is used or quarantined.

    Without --out the mapping is printed and no table written.
    """
    from littlegiants.ingest.files.atomic import output_set
    from littlegiants.ingest.mapping.import_table import doubts, import_plans, mapping_of, plan_import
    from littlegiants.ingest.mapping.mapping_file import read_mapping, write_mapping
    from littlegiants.ingest.sources.common.writing import write_import
    from littlegiants.ingest.tables.loss import check_loss

    if save_mapping is not None and save_mapping.suffix.lower() != ".toml":
        raise ConfigError(f"{save_mapping} is no place for a mapping; name a file that ends in .toml")
    with steps(2, as_json) as step:
        step(f"reading {', '.join(map(str, files))}")
        given = None if mapping is None else read_mapping(mapping)
        plans = plan_import(files, given, encoding=encoding, delimiter=delimiter)
        shown: dict[str, object] = {"mapping": [_as_dict(plan) for plan in plans]}
        unsure = [doubt for plan in plans if plan.resolved for doubt in doubts(plan.resolved, plan.sheet.name)]
        if out is None:
            refuse_notices(strict, unsure)
            if save_mapping is not None:
                write_mapping(mapping_of(plans), save_mapping)
            lines = [*_lines(plans), *(f"note: {doubt}" for doubt in unsure), *_saved(save_mapping)]
            show({**shown, "notes": unsure}, lines, as_json)
            return
        imported = import_plans(plans)
        if not len(imported.frames["firms"]):
            raise StopError(f"no record names a firm that can be used: {'; '.join(map(str, imported.reconciliations))}")
        try:
            check_loss(map(_lossless, (*imported.reconciliations, *imported.events)), max_quarantined)
        except LossError as error:
            # What is lost to a form that is not certain is mended by a line of the mapping.
            raise LossError("; ".join([str(error), *unsure[:_DOUBTS]])) from None
        refuse_notices(strict, [*table_notices((*imported.reconciliations, *imported.events)), *imported.notes])
        step(f"writing {out}")
        with output_set():
            write_import(imported, out)
            if save_mapping is not None:
                write_mapping(mapping_of(plans), save_mapping)
    more = {**shown, "events": sums(imported.events)}
    show_import(imported, out, as_json, more, [*_lines(plans), ""])


def _lossless(sums: "Reconciliation") -> "Reconciliation":
    """Return accounts without what is no loss: events without a day, which the source lacks, and rows not meant."""
    by_code = {code: count for code, count in sums.by_code.items() if code not in _NO_LOSS}
    others = sums.quarantined - sum(by_code.values())
    return replace(sums, read=sums.read - others, quarantined=sums.quarantined - others, by_code=by_code)


def _lines(plans: Sequence["Plan"]) -> Iterable[str]:
    for plan in plans:
        if plan.resolved is None:
            yield f"{plan.sheet.name}: not read: {plan.origin}"
            continue
        yield f"{plan.sheet.name}: {plan.sheet.read:,} records, read as: {plan.origin}"
        rows = [
            (line.column, f"-> {line.target}", line.form, line.example, line.confidence) for line in plan.resolved.lines
        ]
        yield from aligned([_HEAD, *rows])
        yield from (f"not read: {name}: {why}" for name, why in plan.resolved.unread.items())


def _saved(path: Path | None) -> list[str]:
    return [] if path is None else [f"mapping: {path}"]


def _as_dict(plan: "Plan") -> dict[str, object]:
    resolved = plan.resolved
    lines = [] if resolved is None else resolved.lines
    return {
        "sheet": plan.sheet.name,
        "records": plan.sheet.read,
        "origin": plan.origin,
        "columns": [
            {
                "column": line.column,
                "target": line.target,
                "form": line.form,
                "example": line.example,
                "confidence": line.confidence,
                "doubt": line.doubt,
            }
            for line in lines
        ],
        "unread": {} if resolved is None else dict(resolved.unread),
    }
