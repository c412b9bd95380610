"""A share that an audit measured, with its interval and how much it weighs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from scipy.stats import binomtest

from littlegiants.ingest.audit.checks import CHECKS, Check


class Severity(StrEnum):
    """How much a finding weighs, the gravest first."""

    SERIOUS = "serious"
    CAUTION = "caution"
    NOTE = "note"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found in one table, or in one of its columns.

    Attributes
    ----------
    check
        A key of `CHECKS`.
    count, of
        How many there are, among how many.
    low, high
        Interval of the share ``count / of`` at 95 % (Wilson 1927).
    detail
        What a person wants to see of it; text of the tables may be in it.
    """

    check: str
    severity: Severity
    table: str
    column: str
    count: int
    of: int
    low: float
    high: float
    detail: str = ""

    @property
    def share(self) -> float:
        """The share ``count / of``."""
        return self.count / self.of

    @property
    def place(self) -> str:
        """The table, and the column after a full stop."""
        return f"{self.table}.{self.column}" if self.column else self.table

    def to_dict(self) -> dict[str, object]:
        """Return everything there is to say as a plain object."""
        said = CHECKS[self.check]
        place = {"check": self.check, "severity": self.severity.value, "table": self.table, "column": self.column}
        sums = {"count": self.count, "of": self.of, "share": self.share, "low": self.low, "high": self.high}
        return {**place, "title": said.title, **sums, "detail": self.detail, "meaning": said.meaning}


def judged(
    check: str, table: str, count: int, of: int, column: str = "", detail: str = "", weigh: int | None = None
) -> Iterator[Finding]:
    """Give one finding, or none where there is nothing to take a share of.

    The severity goes by the lower end of the interval, so that a handful of rows raises no alarm; where ``weigh`` is
    given, by that many of ``count``.

    Parameters
    ----------
    check
        A key of `CHECKS`.
    table
        Where it was found.
    count, of
        How many there are, among how many.
    column
        The column, empty for a whole table.
    detail
        What a person wants to see of it.
    weigh
        How many of ``count`` decide the severity; None for all.

    Examples
    --------
    >>> [f.severity.value for n in (0, 1, 60) for f in judged("duplicate_name", "firms", n, 1_000)]
    ['fine', 'note', 'caution']
    """
    if of:
        grave = count if weigh is None else weigh
        severity = _severity(grave, _wilson(grave, of)[0], CHECKS[check])
        yield Finding(check, severity, table, column, count, of, *_wilson(count, of), detail)


def stated(
    check: str, severity: Severity, table: str, count: int, of: int, column: str = "", detail: str = ""
) -> Iterator[Finding]:
    """Give one finding whose severity does not follow from its share, or none without any rows.

    Parameters
    ----------
    check, severity
        A key of `CHECKS`, and how much it weighs.
    table
        Where it was found.
    count, of
        How many there are, among how many.
    column
        The column, empty for a whole table.
    detail
        What a person wants to see of it.
    """
    if of:
        yield Finding(check, severity, table, column, count, of, *_wilson(count, of), detail)


def gravest_first(findings: Iterator[Finding]) -> tuple[Finding, ...]:
    """Return the findings by severity, otherwise as they came."""
    order = list(Severity)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.severity)))


def _wilson(count: int, of: int) -> tuple[float, float]:
    interval = binomtest(count, of).proportion_ci(0.95, "wilson")
    return float(interval.low), float(interval.high)


def _severity(count: int, low: float, check: Check) -> Severity:
    for severity, bound in (
        (Severity.SERIOUS, check.serious),
        (Severity.CAUTION, check.caution),
        (Severity.NOTE, check.note),
    ):
        if count and low >= bound:
            return severity
    return Severity.FINE
