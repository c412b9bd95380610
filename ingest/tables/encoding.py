"""From a table's validated columns to its rows: sorted by firm and day, each version dated, text as codes."""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.tables.contract import TABLES, Kind, Table
from littlegiants.ingest.tables.days import NEVER, NO_DAY, Days
from littlegiants.ingest.tables.loading import LoadedTable
from littlegiants.ingest.tables.parsing import absent
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows, Values
from littlegiants.ingest.tables.versions import rows_of_repeated_keys, superseded_on
from littlegiants.ingest.tables.vocabulary import encode_text, plain_text

# The rows' indices in their order; None where they stand in it already.
Order = npt.NDArray[np.int64] | None


def to_rows(loaded: LoadedTable) -> Rows:
    """Sort a table's rows by firm and day, date each version, and encode text."""
    spec = loaded.spec
    frame = loaded.frame.assign(firm=loaded.firm)
    order = _order(frame, spec)
    superseded = _superseded(loaded, frame, order)
    columns: dict[str, Values] = {}
    vocabularies: dict[str, npt.NDArray[np.object_]] = {}
    for column in spec.columns:
        if column.kind in (Kind.ID, Kind.CURRENCY):
            continue
        values = frame[column.name]
        if column.kind is Kind.TEXT:
            codes, vocabularies[column.name] = _encode(values)
            columns[column.name] = _ordered(codes, order)
        elif column.kind is Kind.LIST:
            codes, vocabulary = encode_text(values)
            columns[column.name] = Ragged.from_text(vocabulary).take(_ordered(codes, order).astype(np.int64))
        else:
            columns[column.name] = _ordered(values.to_numpy(), order)
    firm, day, known = (_ordered(frame[name].to_numpy(np.int32), order) for name in ("firm", spec.event, "known"))
    return Rows(firm, day, known, superseded, columns, vocabularies)


@cache
def no_rows(name: str) -> Rows:
    """Return a table without rows."""
    spec = TABLES[name]
    frame = pd.DataFrame({column.name: absent(column, 0).values for column in spec.columns})
    frame = frame.assign(known=np.full(0, NO_DAY, np.int32), explicit=np.zeros(0, bool))
    return to_rows(LoadedTable(spec, frame, np.zeros(0, np.int32)))


def _superseded(loaded: LoadedTable, frame: pd.DataFrame, order: Order) -> Days:
    """Return the day from which each row, in order, is replaced."""
    spec, repeated = loaded.spec, loaded.repeated
    if repeated is None:
        repeated = rows_of_repeated_keys(spec, frame, loaded.firm, np.arange(len(frame)))
    days = np.full(len(frame), NEVER, np.int32)
    if len(repeated):
        # Sorted first: of a firm's rows known on one day, order decides which replaces which, and the file's must not.
        place = np.arange(len(frame))
        if order is not None:
            place[order] = np.arange(len(frame))
        repeated = repeated[np.argsort(place[repeated])]
        key = ["firm", *spec.key]
        some = plain_text(frame[[*key, "known", "explicit"]].iloc[repeated].reset_index(drop=True))
        days[place[repeated]] = superseded_on(some, key)
    return days


def _ordered(values: npt.NDArray[np.generic], order: Order) -> npt.NDArray[Any]:
    return values if order is None else values[order]


def _order(frame: pd.DataFrame, spec: Table) -> Order:
    """Order rows by firm, day, then key and the day they are known, so that the order of the file never matters."""
    firm, day = frame["firm"].to_numpy(), frame[spec.event].to_numpy()
    order = _by_firm_and_day(firm, day)
    tied = (np.diff(_ordered(firm, order)) == 0) & (np.diff(_ordered(day, order)) == 0)
    if tied.any():
        # Few rows share a firm and a day; only those pay for comparing text.
        among = np.flatnonzero(np.concatenate((tied, [False])) | np.concatenate(([False], tied)))
        by = list(dict.fromkeys(["firm", spec.event, *spec.key, "known", "explicit"]))
        some = plain_text(frame[by].iloc[among if order is None else order[among]])
        order = np.arange(len(frame)) if order is None else order
        order[among] = some.sort_values(by, kind="stable").index.to_numpy()
    return order


def _by_firm_and_day(firm: npt.NDArray[np.int32], day: Days) -> Order:
    """Return the stable order by firm and day, None if it is that of the rows already."""
    rows, last = len(firm), int(firm.max(initial=0))
    first, span = int(day.min(initial=0)), int(day.max(initial=0)) - int(day.min(initial=0)) + 1
    if (last + 1) * span * rows >= 2**63:
        return np.lexsort((day, firm))
    keys = firm.astype(np.int64) * span + (day.astype(np.int64) - first)
    if not (keys[1:] < keys[:-1]).any():
        return None
    # One number for firm, day and row: to sort numbers takes a tenth of the time that it takes to sort indices.
    keys = keys * rows + np.arange(rows)
    keys.sort()
    return keys % max(rows, 1)


def _encode(values: pd.Series) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.object_]]:
    codes, vocabulary = encode_text(values)
    if len(vocabulary) and vocabulary[0] == "":
        codes, vocabulary = codes - np.int32(1), vocabulary[1:]
    return codes, vocabulary
