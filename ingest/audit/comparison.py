"""Two exports of one source: rows that the later one fills in, rows that vanished, and facts that changed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.audit.content import written
from littlegiants.ingest.audit.findings import Finding, judged
from littlegiants.ingest.audit.tables import AuditTable, years_of
from littlegiants.ingest.tables.contract import Column, Kind
from littlegiants.ingest.tables.days import NO_DAY

CHANGES = ("change", "table", "firm_id", "key", "column", "before", "after")
_ORDER = ("changed", "vanished", "back-filled")
_KNOWN_ON = Column("known_on", Kind.DATE)


@dataclass(frozen=True, slots=True)
class TableComparison:
    """One table of two exports.

    Attributes
    ----------
    table, last_day
        The table, and the day number up to which the earlier export ought to have known it.
    rows, added, declared
        Rows of the later export that belong before that day; those of them that the earlier one did not have; and those
        of these that say so, with a ``known_on`` after that day, so that no snapshot sees them too early.
    earlier, vanished
        Rows of the earlier export, and those that the later one has no more.
    years
        ``(rows, added)`` by calendar year of the event.
    findings
        The shares, judged.
    changes
        One line for each fact changed, row added and row vanished: `CHANGES`.
    """

    table: str
    last_day: int
    rows: int
    added: int
    declared: int
    earlier: int
    vanished: int
    years: dict[int, tuple[int, int]]
    findings: tuple[Finding, ...]
    changes: pd.DataFrame


def compare(earlier: AuditTable, later: AuditTable, last_day: int) -> TableComparison:
    """Compare a table of two exports of one source.

    Rows are the same when their keys are. What the later export says of a row is its version as known on ``last_day``:
    a correction that states a later ``known_on`` is no change of the past.

    Parameters
    ----------
    earlier, later
        The table in the two exports.
    last_day
        Day number up to which the earlier export ought to have known its rows.
    """
    then = _as_known(later, last_day)
    old, new = (pd.MultiIndex.from_frame(frame[earlier.key]) for frame in (earlier.last, then))
    due = _due(then, last_day)
    added = due & ~np.asarray(new.isin(old), bool)
    declared = added & (then["known_on"].to_numpy(np.int64) > last_day)
    vanished = ~np.asarray(old.isin(new), bool)
    years = years_of(then[later.spec.event].to_numpy(np.int64))
    by_year = {
        int(year): (int((due & (years == year)).sum()), int((added & (years == year)).sum()))
        for year in np.unique(years[due])
    }
    changed = list(_changed(earlier, then, old, new))
    name = earlier.name
    detail = f"{int(declared.sum()):,} of them state a known_on after that day" if declared.any() else ""
    silent = int((added & ~declared).sum())
    findings = [
        *judged("back_filled", name, int(added.sum()), int(due.sum()), detail=detail, weigh=silent),
        *judged("vanished", name, int(vanished.sum()), len(old)),
        *(
            found
            for column, both, lines in changed
            for found in judged("changed_fact", name, len(lines), both, column, _kinds(lines))
        ),
    ]
    groups = [
        *(lines for _, _, lines in changed),
        _lines("vanished", earlier, earlier.last[vanished], after=False),
        _lines("back-filled", earlier, then[added], after=True),
    ]
    changes = in_order(pd.concat(groups))
    return TableComparison(
        name,
        last_day,
        int(due.sum()),
        int(added.sum()),
        int(declared.sum()),
        len(old),
        int(vanished.sum()),
        by_year,
        tuple(findings),
        changes,
    )


def in_order(changes: pd.DataFrame) -> pd.DataFrame:
    """Return changes with the rewritten facts first and the rows filled in, of which there are most, last."""
    order = changes["change"].map(_ORDER.index)
    return (
        changes.assign(order=order)
        .sort_values(["order", *CHANGES[1:]], kind="stable", ignore_index=True)
        .drop(columns="order")
    )


def no_changes() -> pd.DataFrame:
    """Return an empty list of changes."""
    return pd.DataFrame({name: [] for name in CHANGES}, dtype="str")


def _as_known(table: AuditTable, day: int) -> pd.DataFrame:
    """Return the last version of each row that a day knew; of a row without one, the first."""
    versions = table.versions
    later = versions["known_on"].to_numpy(np.int64) > day
    known = versions[~later].drop_duplicates(table.key, keep="last")
    rest = versions[later].drop_duplicates(table.key, keep="first")
    return pd.concat([known, rest]).drop_duplicates(table.key, keep="first").sort_values(table.key, ignore_index=True)


def _due(frame: pd.DataFrame, day: int) -> Mask:
    """Say which rows belong before the end of a day by their table's rule, whatever they state themselves."""
    rule = frame["rule"].to_numpy(np.int64)
    return np.asarray((rule != NO_DAY) & (rule <= day), bool)


def _changed(
    earlier: AuditTable, then: pd.DataFrame, old: pd.MultiIndex, new: pd.MultiIndex
) -> Iterator[tuple[str, int, pd.DataFrame]]:
    """Give each column, the number of rows in both exports, and the facts of it that are other ones."""
    place = new.get_indexer(old)
    both = place >= 0
    before, after = earlier.last[both].reset_index(drop=True), then.iloc[place[both]].reset_index(drop=True)
    for column in (*earlier.spec.columns, _KNOWN_ON):
        if column.name in earlier.key or not column.dated:
            continue  # what grows after the event, such as citations, is no fact of the past
        texts = [[written(value, column) for value in frame[column.name].tolist()] for frame in (before, after)]
        differs = np.array([_plain(a, column) != _plain(b, column) for a, b in zip(*texts, strict=True)], bool)
        if column.happens or column is _KNOWN_ON:
            # The grant of a patent came later, or the later export began to state what the earlier one did not.
            differs &= before[column.name].to_numpy(np.int64) != NO_DAY
        lines = _lines("changed", earlier, before[differs], None)
        lines["column"] = column.name
        for side, text in zip(("before", "after"), texts, strict=True):
            lines[side] = pd.Series(text, dtype="str")[differs].to_numpy()
        yield column.name, len(before), lines


def _plain(text: str, column: Column) -> object:
    if column.kind is Kind.LIST:
        return frozenset(part.strip().casefold() for part in text.split(";")) - {""}
    return text


def _kinds(lines: pd.DataFrame) -> str:
    """Say how many facts were filled in, rewritten and emptied."""
    was, now = lines["before"] != "", lines["after"] != ""
    counts = {"filled in": (~was & now).sum(), "rewritten": (was & now).sum(), "emptied": (was & ~now).sum()}
    return ", ".join(f"{int(count):,} {name}" for name, count in counts.items() if count)


def _lines(change: str, table: AuditTable, rows: pd.DataFrame, after: bool | None) -> pd.DataFrame:
    """Return rows as lines of `CHANGES`, their event's date on the side where the row is."""
    columns = [table.spec.column(name) for name in table.spec.key]
    keys = [[written(value, column) for value in rows[column.name].tolist()] for column in columns]
    event = [written(value, table.spec.column(table.spec.event)) for value in rows[table.spec.event].tolist()]
    lines = pd.DataFrame(
        {
            "change": change,
            "table": table.name,
            "firm_id": rows["firm_id"].to_numpy(object),
            "key": [" ".join(parts) for parts in zip(*keys, strict=True)] if keys else "",
            "column": "" if after is None else table.spec.event,
            "before": event if after is False else "",
            "after": event if after is True else "",
        },
        columns=list(CHANGES),
        index=range(len(rows)),
    )
    return lines.astype("str")
