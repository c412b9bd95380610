"""From a table's validated columns to its rows: sorted by firm and day, each version dated, text as codes."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.tables.contract import TABLES, Kind, Table
from littlegiants.ingest.tables.days import NO_DAY
from littlegiants.ingest.tables.loading import LoadedTable
from littlegiants.ingest.tables.parsing import absent
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows, Values
from littlegiants.ingest.tables.versions import superseded_on


def to_rows(loaded: LoadedTable) -> Rows:
    """Sort a table's rows by firm and day, date each version, and encode text."""
    spec = loaded.spec
    frame = loaded.frame.assign(firm=loaded.firm)
    frame = frame.iloc[_order(frame, spec)].reset_index(drop=True)
    columns: dict[str, Values] = {}
    vocabularies: dict[str, npt.NDArray[np.object_]] = {}
    for column in spec.columns:
        values = frame[column.name].to_numpy()
        if column.kind is Kind.TEXT:
            values, vocabularies[column.name] = _encode(values)
        if column.kind not in (Kind.ID, Kind.CURRENCY):
            columns[column.name] = Ragged.from_text(values.astype(object)) if column.kind is Kind.LIST else values
    firm, day, known = (frame[name].to_numpy(np.int32) for name in ("firm", spec.event, "known"))
    return Rows(firm, day, known, superseded_on(frame, ["firm", *spec.key]), columns, vocabularies)


@cache
def no_rows(name: str) -> Rows:
    """Return a table without rows."""
    spec = TABLES[name]
    frame = pd.DataFrame({column.name: absent(column, 0).values for column in spec.columns})
    frame = frame.assign(known=np.full(0, NO_DAY, np.int32), explicit=np.zeros(0, bool))
    return to_rows(LoadedTable(spec, frame, np.zeros(0, np.int32)))


def _order(frame: pd.DataFrame, spec: Table) -> npt.NDArray[np.int64]:
    """Order rows by firm, day, then key and the day they are known, so that the order of the file never matters."""
    firm, day = frame["firm"].to_numpy(), frame[spec.event].to_numpy()
    order = np.lexsort((day, firm))
    tied = (np.diff(firm[order]) == 0) & (np.diff(day[order]) == 0)
    among = np.concatenate((tied, [False])) | np.concatenate(([False], tied))
    if len(order) and among.any():
        # Few rows share a firm and a day; only those pay for comparing text.
        by = ["firm", spec.event, *spec.key, "known", "explicit"]
        order[among] = frame.iloc[order[among]].sort_values(by, kind="stable").index.to_numpy()
    return order


def _encode(values: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.object_]]:
    codes, vocabulary = pd.factorize(values.astype(object), sort=True)
    if len(vocabulary) and vocabulary[0] == "":
        codes, vocabulary = codes - 1, vocabulary[1:]
    return codes.astype(np.int32), np.asarray(vocabulary, object)
