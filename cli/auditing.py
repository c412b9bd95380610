"""``giants audit``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.files import FRAME, PAGE, check_files, title
from littlegiants.cli.output import IgnoreColumn, Json, aligned, balance, parse_date, show, steps, sums
from littlegiants.cli.paths import Role
from littlegiants.cli.strict import Strict, refuse_notices, table_notices
from littlegiants.ingest.errors import ConfigError

if TYPE_CHECKING:
    from littlegiants.ingest.audit.findings import Finding
    from littlegiants.ingest.audit.run import Audit


def audit(
    data: Annotated[
        str,
        typer.Argument(metavar="DIR|URL", help="Folder of tables (CSV or Parquet), or a database URL."),
        Role.TABLES,
    ],
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="DIR|URL", help="A later export of the same source, to compare with."),
        Role.TABLES,
    ] = None,
    exported: Annotated[
        str | None,
        typer.Option(
            "--exported",
            metavar="DATE",
            show_default="each table's newest day up to today",
            help="Day on which the first export was made, YYYY-MM-DD.",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Also write a self-contained HTML report."),
        Role.OUTPUT_FILE,
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option(
            "--changes", metavar="FILE", help="With --against: also write every change, as .csv, .parquet or .xlsx."
        ),
        Role.OUTPUT_FILE,
    ] = None,
    ignore_column: IgnoreColumn = None,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Measure how far tables can be trusted in time: what was known when, what heaps, what a later export changed.

    A finding is no failure: the exit code is 0 whatever is found, but with --strict. The files are written together or
    not at all.
    """
    from littlegiants.ingest.audit.run import audit_tables
    from littlegiants.ingest.files.atomic import output_set

    day = None if exported is None else parse_date(exported)
    if changes is not None and against is None:
        raise ConfigError(f"{changes} would stay empty: changes are against a later export; give it with --against")
    check_files((report, PAGE), (changes, FRAME))
    with steps(2, as_json) as step:
        step("auditing the tables")
        found = audit_tables(data, against, day, ignore_column or ())
        refuse_notices(strict, _notices(found))
        step("writing")
        with output_set():
            if changes is not None:
                from littlegiants.ingest.files.frames import write_frame

                write_frame(found.changes, changes)
            if report is not None:
                from littlegiants.reports.audit_report import write_audit_report

                write_audit_report(report, found, title(data), changes)
    result: dict[str, object] = {
        "report": None if report is None else str(report),
        "changes": None if changes is None else str(changes),
        "tables": sums(found.reconciliations),
        **found.to_dict(),
    }
    show(result, [*balance(found.reconciliations), *_account(found), *_written(report, changes)], as_json)


def _notices(found: "Audit") -> list[str]:
    from littlegiants.ingest.audit.findings import Severity

    grave = [finding for finding in found.findings if finding.severity is not Severity.FINE]
    return [*table_notices(found.reconciliations), *(f"{row[1]}: {row[6]}" for row in map(_row, grave))]


def _account(found: "Audit") -> list[str]:
    from littlegiants.ingest.audit.checks import CHECKS
    from littlegiants.ingest.audit.findings import Severity

    ends = ", ".join(f"{name} {day}" for name, day in found.last_days.items())
    lines = [f"last days: {ends}" if ends else "no row has a date", ""]
    grave = [finding for finding in found.findings if finding.severity is not Severity.FINE]
    if grave:
        header = ("severity", "where", "found", "among", "share", "95 %", "what")
        lines += aligned([header, *map(_row, grave)], right=(2, 3, 4))
        lines += ["", "what it means:"]
        lines += [
            f"- {CHECKS[check].title}: {CHECKS[check].meaning}" for check in dict.fromkeys(f.check for f in grave)
        ]
        lines.append("")
    counts = ", ".join(f"{count} {severity}" for severity, count in found.counts().items())
    lines.append(f"{len(found.findings)} questions: {counts}")
    if found.comparisons is not None:
        lines.append(f"{len(found.changes):,} rows filled in, rows vanished and facts changed since")
    return lines


def _row(finding: "Finding") -> tuple[str, ...]:
    from littlegiants.ingest.audit.checks import CHECKS
    from littlegiants.reports.wording import percent, visible

    sums_ = (f"{finding.count:,}", f"{finding.of:,}", percent(finding.share))
    detail = f" ({visible(finding.detail)})" if finding.detail else ""
    title = CHECKS[finding.check].title + detail
    return finding.severity.value, finding.place, *sums_, f"{percent(finding.low)} to {percent(finding.high)}", title


def _written(report: Path | None, changes: Path | None) -> list[str]:
    files = (("report:", report), ("changes:", changes))
    rows = [(name, str(path)) for name, path in files if path is not None]
    return aligned(rows) if rows else []
