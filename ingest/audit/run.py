"""A whole audit: the checks of one export, and its comparison with a later one where there is one."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from littlegiants.ingest.audit.comparison import TableComparison, compare, in_order, no_changes
from littlegiants.ingest.audit.content import check_columns, check_exits, check_names, check_units
from littlegiants.ingest.audit.findings import Finding, Severity, gravest_first
from littlegiants.ingest.audit.tables import AuditTables, day_of, read_audit_tables
from littlegiants.ingest.audit.times import (
    check_future,
    check_growth,
    check_heaps,
    check_known_on,
    check_order,
    last_days,
    rows_by_year,
)
from littlegiants.ingest.errors import AsOfError
from littlegiants.ingest.tables.days import day_number
from littlegiants.ingest.tables.quarantine import Reconciliation


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes
    ----------
    firms
        Number of firms.
    reconciliations
        Rows read = used + quarantined, for each table.
    last_days
        The last day of each table; a table without dated rows has none.
    years
        Rows of each table by calendar year of the event.
    findings
        Every share that could be taken, the gravest first.
    comparisons
        For each table of both exports; None without a later export.
    """

    firms: int
    reconciliations: tuple[Reconciliation, ...]
    last_days: Mapping[str, date]
    years: Mapping[str, Mapping[int, int]]
    findings: tuple[Finding, ...]
    comparisons: tuple[TableComparison, ...] | None

    @property
    def changes(self) -> pd.DataFrame:
        """All facts changed, rows added and rows vanished: columns `littlegiants.ingest.audit.comparison.CHANGES`."""
        parts = [comparison.changes for comparison in self.comparisons or ()]
        return in_order(pd.concat(parts)) if parts else no_changes()

    def counts(self) -> dict[str, int]:
        """Return the number of findings of each severity."""
        return {str(level): sum(finding.severity is level for finding in self.findings) for level in Severity}

    def to_dict(self) -> dict[str, object]:
        """Return the audit as plain objects, without the list of changes."""
        return {
            "firms": self.firms,
            "last_days": {name: day.isoformat() for name, day in self.last_days.items()},
            "years": {name: {str(year): rows for year, rows in years.items()} for name, years in self.years.items()},
            "severities": self.counts(),
            "findings": [finding.to_dict() for finding in self.findings],
            "comparison": None if self.comparisons is None else {c.table: _plain(c) for c in self.comparisons},
        }


def audit_tables(
    location: str | Path,
    against: str | Path | None = None,
    exported: date | None = None,
    ignore_columns: Collection[str] = (),
) -> Audit:
    """Measure how far a set of tables can be trusted in time.

    Parameters
    ----------
    location
        Folder or database URL, as for `littlegiants.ingest.readers.read.read_tables`.
    against
        A later export of the same source, with which the first is compared.
    exported
        The day of the first export. Without it, each table ends with its newest row that is not after today.
    ignore_columns
        Columns that resemble one of the contract and are none.

    Returns
    -------
    Audit
        Does not depend on the order of rows, columns or files.

    Raises
    ------
    TableError
        If either place cannot be read as a whole.
    AsOfError
        If the day of the export is still to come.
    """
    today = datetime.now(tz=UTC).date()
    if exported is not None and exported > today:
        raise AsOfError(f"the export is said to be of {exported}, which is after today; give the day it was made")
    tables = read_audit_tables(location, ignore_columns)
    later = None if against is None else read_audit_tables(against, ignore_columns)
    given = None if exported is None else day_number(exported)
    last = last_days(tables, day_number(today), given)
    comparisons = None if later is None else tuple(_compared(tables, later, last))
    checks = _findings(tables, last, day_number(exported or today))
    found = [*checks, *(f for comparison in comparisons or () for f in comparison.findings)]
    return Audit(
        firms=int(tables.tables["firms"].last["firm_id"].nunique()),
        reconciliations=tables.reconciliations,
        last_days={name: day_of(day) for name, day in last.items()},
        years={name: rows_by_year(table) for name, table in tables.tables.items()},
        findings=gravest_first(iter(found)),
        comparisons=comparisons,
    )


def _findings(tables: AuditTables, last: Mapping[str, int], end: int) -> Iterator[Finding]:
    yield from check_known_on(tables)
    yield from check_heaps(tables)
    yield from check_order(tables)
    yield from check_future(tables, end)
    yield from check_growth(tables, last)
    yield from check_exits(tables)
    yield from check_columns(tables)
    yield from check_units(tables)
    yield from check_names(tables)


def _compared(tables: AuditTables, later: AuditTables, last: Mapping[str, int]) -> Iterator[TableComparison]:
    for name, day in last.items():
        if name in later.tables:
            yield compare(tables.tables[name], later.tables[name], day)


def _plain(comparison: TableComparison) -> dict[str, object]:
    years = {str(year): {"rows": rows, "back_filled": added} for year, (rows, added) in comparison.years.items()}
    return {
        "last_day": day_of(comparison.last_day).isoformat(),
        "rows": comparison.rows,
        "back_filled": comparison.added,
        "declared": comparison.declared,
        "earlier_rows": comparison.earlier,
        "vanished": comparison.vanished,
        "changed": int((comparison.changes["change"] == "changed").sum()),
        "years": years,
    }
