"""Which optional columns a set of tables says anything in: a column that is empty in every row is as good as absent."""

import numpy as np

from littlegiants.ingest.tables.contract import TABLES, Kind
from littlegiants.ingest.tables.days import NO_DAY
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows, Values
from littlegiants.ingest.tables.tables import Tables


def stated_columns(tables: Tables) -> dict[str, tuple[str, ...]]:
    """Return for each table with rows its optional columns that any row states, currencies and ids aside.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"firm_id": ["a", "b"], "country": ["NO", ""], "city": ["", ""]})
    >>> stated_columns(Tables.from_frames({"firms": firms}))
    {'firms': ('country',)}
    """
    observed = {"firms": tables.firms, **{name: rows for name, rows in tables.events.items() if rows is not None}}
    return {name: _stated(name, rows) for name, rows in observed.items() if len(rows)}


def _stated(name: str, rows: Rows) -> tuple[str, ...]:
    optional = (column for column in TABLES[name].columns if not column.required and column.name in rows.columns)
    return tuple(column.name for column in optional if _any(rows.columns[column.name], column.kind))


def _any(values: Values, kind: Kind) -> bool:
    if isinstance(values, Ragged):
        return len(values.codes) > 0
    if kind is Kind.DATE:
        return bool((values != NO_DAY).any())
    numbers = np.asarray(values, np.float64)
    # Texts and choices are codes, below zero where missing; numbers are NaN there.
    return bool((numbers >= 0).any() if values.dtype.kind == "i" else (~np.isnan(numbers)).any())
