"""How far the past itself was rewritten: what the audit of the tables measures, beside every figure of a backtest."""

from collections.abc import Collection
from pathlib import Path

from littlegiants.ingest.audit.checks import CHECKS
from littlegiants.ingest.audit.findings import Finding
from littlegiants.ingest.audit.run import audit_tables
from littlegiants.training.backtest.result import Result

LATENESS = ("no_known_on", "known_by_rule", "known_late_30", "known_late_90", "known_late_365", "known_early")
REWRITTEN = ("back_filled", "vanished", "changed_fact")


class BackFill(Result):
    """One share that says how much earlier snapshots may know than anyone did.

    Attributes
    ----------
    check, title, meaning
        What was counted: its code, in words, and what it means for a model.
    table, column
        Where; the column is empty for whole rows.
    count, of, share, low, high
        How many, among how many, and their share with its interval at 95 % (Wilson 1927).
    severity
        ``fine``, ``note``, ``caution`` or ``serious``.
    """

    check: str
    title: str
    meaning: str
    table: str
    column: str
    count: int
    of: int
    share: float
    low: float
    high: float
    severity: str


def back_fill(
    location: str | Path, against: str | Path | None = None, ignore_columns: Collection[str] = ()
) -> tuple[BackFill, ...]:
    """Return the audit's shares of rows known late, by table, and of rows a later export added, lost or rewrote.

    Parameters
    ----------
    location
        Folder or database URL of the tables.
    against
        A later export of the same source; without it only the reporting delay that the tables state is known.
    ignore_columns
        Columns that resemble one of the contract and are none.
    """
    found = audit_tables(location, against, ignore_columns=ignore_columns).findings
    return tuple(_share(finding) for check in (*LATENESS, *REWRITTEN) for finding in found if finding.check == check)


def _share(finding: Finding) -> BackFill:
    return BackFill(
        check=finding.check,
        title=CHECKS[finding.check].title,
        meaning=CHECKS[finding.check].meaning,
        table=finding.table,
        column=finding.column,
        count=finding.count,
        of=finding.of,
        share=finding.share,
        low=finding.low,
        high=finding.high,
        severity=finding.severity.value,
    )
