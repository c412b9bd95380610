"""Events of one sheet that are one: stated twice in a record, items of a sum, or the very same record again."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.mapping.mapping import EventRule
from littlegiants.ingest.mapping.sheets import Sheet
from littlegiants.ingest.tables.contract import FIRM_ID, Kind, Table

Lost = dict[str, npt.NDArray[np.int64]]
_OWN = ("record", "_event", "_at")


def merge_stated_twice(frames: Sequence[pd.DataFrame], spec: Table) -> pd.DataFrame:
    """Return the events of a sheet, those that one record states twice as one.

    The first round of a firm is its last one as well, if it had one. Two events of a record are one if they have the
    same day and agree wherever both speak; what only one says is taken from it.

    Parameters
    ----------
    frames
        The events of each rule of the sheet for one table.
    spec
        The table.
    """
    merged = frames[0]
    for frame in frames[1:]:
        merged = _merge(merged, frame, spec)
    return merged


def _merge(left: pd.DataFrame, right: pd.DataFrame, spec: Table) -> pd.DataFrame:
    if not (_are_distinct(left) and _are_distinct(right)):
        return stacked([left, right])
    _, ours, theirs = np.intersect1d(left["record"], right["record"], assume_unique=True, return_indices=True)
    shared = [name for name in left.columns if name in right.columns and name not in (*_OWN, spec.event, FIRM_ID.name)]
    agree = left[spec.event].to_numpy(object)[ours] == right[spec.event].to_numpy(object)[theirs]
    for name in shared:
        one, other = left[name].to_numpy(object)[ours], right[name].to_numpy(object)[theirs]
        agree &= (one == other) | _silent(name, one) | _silent(name, other)
    ours, theirs = ours[agree], theirs[agree]
    columns = {name: left[name].to_numpy(object).copy() for name in shared}
    for name, values in columns.items():
        other = right[name].to_numpy(object)[theirs]
        values[ours] = np.where(_silent(name, values[ours]) & (other != ""), other, values[ours])
    for name in [name for name in right.columns if name not in left.columns]:
        columns[name] = np.full(len(left), "", object)
        columns[name][ours] = right[name].to_numpy(object)[theirs]
    rest = np.ones(len(right), bool)
    rest[theirs] = False
    return stacked([left.assign(**columns), right.loc[rest]])


def stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return frames of text below each other; a column that one lacks is empty there."""
    frame = pd.concat(parts, ignore_index=True)
    return frame if all(set(part.columns) == set(frame.columns) for part in parts) else frame.fillna("")


def _are_distinct(frame: pd.DataFrame) -> bool:
    return not frame["record"].duplicated().any()


def _silent(name: str, texts: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Say which values say nothing: a kind that is not disclosed is none."""
    silent: npt.NDArray[np.bool_] = texts == ""
    return silent | (texts == "undisclosed") if name == "kind" else silent


def number_events(frame: pd.DataFrame, spec: Table, sheet: Sheet) -> tuple[pd.DataFrame, npt.NDArray[np.bool_]]:
    """Give events without an id one that is made of their content, and say which are of a record that stands again.

    Made of the content, ids stay when rows are added or the file is sorted anew. Events that look alike and are of
    records that differ in any column are told apart by a number.

    Parameters
    ----------
    frame
        Events of one sheet.
    spec
        Their table.
    sheet
        The sheet.
    """
    again = np.zeros(len(frame), bool)
    key = next((name for name in spec.key if spec.column(name).kind is Kind.ID), "")
    if not key:
        return frame, again
    if "kind" in {column.name for column in spec.columns}:
        kinds = frame["kind"].to_numpy(object) if "kind" in frame else np.full(len(frame), "", object)
        frame = frame.assign(kind=np.where(kinds == "", "undisclosed", kinds))
    stated = frame[key].to_numpy(object) if key in frame else np.full(len(frame), "", object)
    unnumbered = np.flatnonzero(stated == "")
    if not len(unnumbered):
        return frame.assign(**{key: stated}), again
    content = _content(frame.iloc[unnumbered], spec)
    alike = pd.Series(content).duplicated(keep=False).to_numpy(bool)
    if alike.any():
        rows = frame.iloc[unnumbered[alike]]
        marks = pd.DataFrame(
            {"content": content[alike], "record": identities(sheet, rows["record"].to_numpy(np.int64))}
        )
        marks["event"] = rows["_event"].to_numpy()
        marks["at"] = rows["record"].to_numpy()
        repeated = marks.duplicated(["content", "record", "event"]).to_numpy(bool) & ~marks.duplicated(
            ["content", "at", "event"]
        ).to_numpy(bool)
        again[unnumbered[alike]] = repeated
        number = marks.loc[~repeated].groupby("content").cumcount().reindex(marks.index).fillna(0).to_numpy(np.int64)
        content[alike] = [
            f"{text}-{count + 1}" if count else text for text, count in zip(content[alike], number, strict=True)
        ]
    ids = stated.copy()
    ids[unnumbered] = content
    return frame.assign(**{key: ids}), again


def _content(frame: pd.DataFrame, spec: Table) -> npt.NDArray[np.object_]:
    content: npt.NDArray[np.object_] = frame[FIRM_ID.name].to_numpy(object)
    for name in (spec.event, "kind", "programme", "amount"):
        if name in frame:
            texts = frame[name].to_numpy(object)
            content = np.where(texts == "", content, content + "-" + texts)
    return content


def identities(sheet: Sheet, records: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return a number for each of some records, the same for records that are equal in every column of the sheet."""
    number = np.zeros(len(records), np.int64)
    for name in sheet.table.column_names:
        column = sheet.column(name)
        number, _ = pd.factorize(number * (len(column.texts) + 1) + column.codes[records])
    return number.astype(np.int64)


def sum_items(
    frame: pd.DataFrame, spec: Table, rule: EventRule, sheet: Sheet, missing: Iterable[str]
) -> tuple[pd.DataFrame, Lost]:
    """Return one row for each key, with the sums of its items, if the rule adds them up; and what does not count.

    A row that is marked as the total of the others counts only where there are no others. The very same record again is
    no item.

    Parameters
    ----------
    frame
        Events of one rule, with ``firm_id``.
    spec, rule
        Their table and their rule.
    sheet, missing
        The sheet, and its values for none.
    """
    lost: Lost = {}
    if not rule.add_up or not len(frame):
        return frame, lost
    by = [FIRM_ID.name, *spec.key]
    records = frame["record"].to_numpy(np.int64)
    again = pd.Series(identities(sheet, records)).duplicated().to_numpy(bool)
    total = np.zeros(len(frame), bool)
    for name, words in rule.totals.items():
        column = sheet.column(name, missing)
        marks = np.array([any(fnmatchcase(text, word) for word in words) for text in column.texts], bool)
        total |= marks[column.codes[records]]
    others = frame.assign(_item=~total).groupby(by)["_item"].transform("any").to_numpy(bool)
    lost = {
        "duplicate_row": frame["_at"].to_numpy(np.int64)[again],
        "source_excluded": frame["_at"].to_numpy(np.int64)[~again & total & others],
    }
    frame = frame.loc[~again & ~(total & others)]
    amounts = [column.name for column in spec.columns if column.kind is Kind.MONEY and column.name in frame]
    firsts = {name: "first" for name in frame.columns if name not in (*by, *amounts)}
    return frame.groupby(by, sort=False, as_index=False).agg({**firsts, **dict.fromkeys(amounts, _sum)}), lost


def _sum(amounts: pd.Series) -> str:
    stated = [text for text in amounts if text]
    try:
        return format(sum(map(Decimal, stated), Decimal()), "f") if stated else ""
    except InvalidOperation:
        return str(stated[0])  # the contract refuses it
