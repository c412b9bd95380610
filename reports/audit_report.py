"""An audit as one self-contained HTML page, in the style of the report on a portfolio."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from littlegiants.ingest.audit.checks import CHECKS
from littlegiants.ingest.audit.comparison import TableComparison
from littlegiants.ingest.audit.findings import Severity
from littlegiants.ingest.audit.run import Audit
from littlegiants.ingest.files.atomic import replacing
from littlegiants.ingest.files.frames import check_suffix
from littlegiants.ingest.tables.quarantine import CODES
from littlegiants.reports import wording
from littlegiants.reports.figures import to_svg, years_figure
from littlegiants.reports.html import COLOURS, SUFFIXES, environment

# A few firms of long ago would leave no room for the years that matter.
SHOWN_YEARS = 30
SHOWN_CHANGES = 50
_Value = TypeVar("_Value")


def write_audit_report(path: Path, audit: Audit, title: str, changes: Path | None = None) -> None:
    """Write an audit as one self-contained HTML file.

    Parameters
    ----------
    path
        Ends in ``.html`` or ``.htm``. A file that is there is replaced, whole or not at all.
    audit
        What `littlegiants.ingest.audit.run.audit_tables` returned.
    title
        What the page is headed with, such as the folder's name.
    changes
        The file that holds all changes, to be named where the page lists the first of them.

    Raises
    ------
    ConfigError
        If the file cannot be written.
    """
    check_suffix(path, SUFFIXES)
    page = (
        environment("littlegiants.reports")
        .get_template("audit.html.j2")
        .render(
            title=wording.visible(title) or "Tables",
            audit=audit,
            checks=CHECKS,
            counts=audit.counts(),
            grave=[finding for finding in audit.findings if finding.severity is not Severity.FINE],
            fine=[finding for finding in audit.findings if finding.severity is Severity.FINE],
            figures={name: _figure(name, years) for name, years in audit.years.items() if years},
            shown_years=SHOWN_YEARS,
            compared={c.table: _compared(c) for c in audit.comparisons or () if c.years},
            changes=audit.changes.head(SHOWN_CHANGES).to_dict("records"),
            changes_file=None if changes is None else changes.name,
            changes_total=len(audit.changes),
            codes=CODES,
        )
    )
    with replacing(path) as file:
        file.write(page.encode())


def _figure(name: str, years: Mapping[int, int]) -> str:
    return to_svg(years_figure(_newest(years)), f"years-{name}", COLOURS)


def _compared(comparison: TableComparison) -> str:
    years = _newest(comparison.years)
    rows, added = ({year: pair[place] for year, pair in years.items()} for place in (0, 1))
    return to_svg(years_figure(rows, added), f"back-filled-{comparison.table}", COLOURS)


def _newest(years: Mapping[int, _Value]) -> dict[int, _Value]:
    """Return the years of the last `SHOWN_YEARS` before the newest."""
    end = max(years, default=0)
    return {year: value for year, value in sorted(years.items()) if year > end - SHOWN_YEARS}
