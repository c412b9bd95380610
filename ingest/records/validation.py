"""Full validation: from records of firms to tables through the loader of files, which names every violation.

It takes a tenth of a second, for one firm or for hundreds, so only firms that the fast path cannot read come here.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from littlegiants.ingest.records.schema import observed
from littlegiants.ingest.tables.contract import FIRM_ID, FIRMS, KNOWN_ON, NUMBERS, TABLES, Kind, Table
from littlegiants.ingest.tables.quarantine import RECORD_COLUMNS
from littlegiants.ingest.tables.tables import Tables


def loaded(records: Sequence[Any], constant_prices: int | None, rates: pd.DataFrame | None = None) -> Tables:
    """Return firms as the loader reads them: slower, and with every violation in ``quarantine``.

    Parameters
    ----------
    records
        At least one, all with the same observed tables and no two with one id.
    constant_prices, rates
        As of `littlegiants.ingest.tables.tables.Tables.from_frames`.

    Raises
    ------
    TableError
        If a text could not stand in any file.
    """
    frames = {FIRMS.name: _frame(FIRMS, records, (FIRM_ID.name,))}
    for name in observed(records[0]):
        lists = [getattr(record, name) for record in records]
        owners = [record.firm_id for record, some in zip(records, lists, strict=True) for _ in some]
        frames[name] = _frame(TABLES[name], list(chain.from_iterable(lists))).assign(firm_id=owners)
    return Tables.from_frames(frames if rates is None else {**frames, "rates": rates}, constant_prices)


class Violation(msgspec.Struct, frozen=True):
    """What is wrong with one value: ``row`` counts from 1 within the firm's own list of the table."""

    table: str
    row: int
    column: str
    code: str
    value: str


def violations(records: Sequence[Any], tables: Tables) -> list[list[Violation]]:
    """Return the violations that `loaded` found in each record, in the order of the quarantine.

    Violations of the table of rates belong to no firm; its reader reports them.
    """
    frame = tables.quarantine.frame()
    owner = np.full(len(frame), -1)
    for name in (FIRMS.name, *observed(records[0])):
        sizes = np.array([1 if name == FIRMS.name else len(getattr(record, name)) for record in records])
        ends = sizes.cumsum()
        mine = np.flatnonzero(frame["table"] == name)
        row = frame["row"].to_numpy()[mine]
        owner[mine] = firm = np.searchsorted(ends, row)
        frame.loc[mine, "row"] = row - (ends - sizes)[firm]
    found: list[list[Violation]] = [[] for _ in records]
    for index, *values in zip(owner.tolist(), *(frame[name].tolist() for name in RECORD_COLUMNS), strict=True):
        if index >= 0:
            found[index].append(Violation(*values))
    return found


def _frame(spec: Table, rows: Sequence[Any], further: tuple[str, ...] = ()) -> pd.DataFrame:
    columns = {name: [getattr(row, name) for row in rows] for name in further}
    for column in (*spec.columns, KNOWN_ON):
        values = [getattr(row, column.name) for row in rows]
        if column.kind is Kind.LIST:
            columns[column.name] = [";".join(value) if value.__class__ is list else None for value in values]
        elif column.kind in NUMBERS:
            columns[column.name] = [value if value.__class__ is float else np.nan for value in values]
        else:
            columns[column.name] = [value if value.__class__ is str else None for value in values]
    texts = {name: object for name, values in columns.items() if not values or values[0].__class__ is not float}
    return pd.DataFrame(columns).astype(texts)
