"""Checks of days: when rows became known, where dates heap, which are impossible, and how coverage grew."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.audit.findings import Finding, judged
from littlegiants.ingest.audit.tables import AuditTable, AuditTables, years_of
from littlegiants.ingest.tables.days import NO_DAY

DELAYS = (30, 90, 365)
_GROWTH_YEARS = 5


def check_known_on(tables: AuditTables) -> Iterator[Finding]:
    """Give how many rows do not say when they became known, and how late or early the others say they were.

    The delay is that of a row's first version after the day its table's rule names: a patent that is published after 18
    months is not late. Firms have no delay, since one may be founded long before anyone needs to know it.
    """
    for name, table in tables.tables.items():
        check = "known_by_rule" if table.spec.known_by_rule else "no_known_on"
        known, rule = (table.first[column].to_numpy(np.int64) for column in ("known_on", "rule"))
        states = known != NO_DAY
        yield from judged(check, name, int((~states).sum()), len(states))
        event = table.first[table.spec.event].to_numpy(np.int64)
        both = states & (event != NO_DAY)
        yield from judged("known_early", name, int((both & (known < event)).sum()), int(both.sum()))
        if name != "firms":
            late = known[states] - rule[states]
            for days in DELAYS:
                yield from judged(f"known_late_{days}", name, int((late > days).sum()), len(late))


def check_heaps(tables: AuditTables) -> Iterator[Finding]:
    """Give how many dates of founding and of events are 1 January, 1 July, or the first of another month."""
    for name, table in tables.tables.items():
        days = table.days(table.last).astype("datetime64[D]")
        month = days.astype("datetime64[M]")
        first = days == month.astype("datetime64[D]")
        number = month.astype(np.int64) % 12 + 1
        for check, among in (
            ("on_new_year", number == 1),
            ("on_mid_year", number == 7),
            ("on_month_start", (number != 1) & (number != 7)),
        ):
            yield from judged(check, name, int((first & among).sum()), len(days), table.spec.event)


def check_order(tables: AuditTables) -> Iterator[Finding]:
    """Give how many events lie before the founding of their firm, among those whose firm states it."""
    firms = tables.tables["firms"].last
    founded = pd.Series(firms["founded_on"].to_numpy(np.int64), index=firms["firm_id"].to_numpy(object))
    for table in tables.events():
        born = founded.reindex(table.last["firm_id"].to_numpy(object)).to_numpy(np.int64)
        early = (born != NO_DAY) & (table.last[table.spec.event].to_numpy(np.int64) < born)
        yield from judged(
            "before_founding", table.name, int(early.sum()), int((born != NO_DAY).sum()), table.spec.event
        )


def check_future(tables: AuditTables, last: int) -> Iterator[Finding]:
    """Give how many rows happened, or became known, after the day number ``last``."""
    for name, table in tables.tables.items():
        event, known = (table.versions[column].to_numpy(np.int64) for column in (table.spec.event, "known_on"))
        yield from judged("future_dated", name, int(((event > last) | (known > last)).sum()), len(event))


def check_growth(tables: AuditTables, last: Mapping[str, int]) -> Iterator[Finding]:
    """Give how many rows of the last ten whole years are of the last five; ``last`` is each table's last day."""
    for table in tables.events():
        if table.name in last:
            # A year is whole when its last day is.
            end = int(years_of(np.array([last[table.name] + 1], np.int64))[0]) - 1
            years = years_of(table.days(table.last))
            recent = (years > end - _GROWTH_YEARS) & (years <= end)
            ten = (years > end - 2 * _GROWTH_YEARS) & (years <= end)
            detail = f"{end - 2 * _GROWTH_YEARS + 1} to {end}"
            yield from judged("coverage_growth", table.name, int(recent.sum()), int(ten.sum()), detail=detail)


def rows_by_year(table: AuditTable) -> dict[int, int]:
    """Return the number of rows by the calendar year of their event, undated rows left out."""
    years, rows = np.unique(years_of(table.days(table.last)), return_counts=True)
    return dict(zip(years.tolist(), rows.tolist(), strict=True))


def last_days(tables: AuditTables, today: int, exported: int | None) -> dict[str, int]:
    """Return each table's last day: that of the export where it is given, else its newest row's day by its rule.

    A table has its own, because folders are often joined from sources that end years apart. Days after ``today`` are
    typing errors, and a table without any other day has none.

    Parameters
    ----------
    tables
        The tables of the export.
    today
        Day number after which nothing can be known.
    exported
        Day number of the export, None where it is not known.
    """
    found: dict[str, int] = {}
    for name, table in tables.tables.items():
        days = _known_days(table)
        days = days[days <= today]
        if exported is not None:
            found[name] = exported
        elif len(days):
            found[name] = int(days.max())
    return found


def _known_days(table: AuditTable) -> npt.NDArray[np.int64]:
    days = table.versions[["rule", "known_on"]].to_numpy(np.int64).ravel()
    return np.asarray(days[days != NO_DAY], np.int64)
