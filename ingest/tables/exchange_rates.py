"""A table of dated exchange rates that a user supplies; rows that cannot be meant are quarantined, as in any other."""

import numpy as np
import pandas as pd

from littlegiants.ingest.arrays import Floats, Mask
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.tables.contract import RATES
from littlegiants.ingest.tables.days import Days
from littlegiants.ingest.tables.parsing import parse
from littlegiants.ingest.tables.screening import Screening
from littlegiants.ingest.tables.versions import find_repeats

_CODE = "[A-Z]{3}"


def load_rates(screening: Screening) -> dict[str, tuple[Days, Floats]]:
    """Return for each currency the days on which a rate was published, ascending, and the US dollars for one unit.

    Parameters
    ----------
    screening
        The table ``rates`` as read: ``currency, published_on, usd``. A rate that is revised is a further row, published
        on the day of the revision. Takes the rows that cannot be used.

    Raises
    ------
    TableError
        If a column is missing, or has an impossible type.
    """
    parsed = _parse(screening).astype({"currency": "str"})
    used = np.flatnonzero(~screening.bad)
    good = parsed.iloc[used].assign(known=0, explicit=True, known_on=0)
    for found, code in zip(find_repeats(good, [*RATES.key]), ("duplicate_row", "duplicate_conflict"), strict=True):
        mask = np.zeros(len(parsed), bool)
        mask[used[found]] = True
        screening.reject("usd", code, mask)
    good = parsed[~screening.bad].sort_values([*RATES.key])
    return {
        str(code): (series["published_on"].to_numpy(np.int32), series["usd"].to_numpy(np.float64))
        for code, series in good.groupby("currency")
    }


def _parse(screening: Screening) -> pd.DataFrame:
    frame = screening.raw.frame
    parsed = pd.DataFrame(index=frame.index)
    for column in RATES.columns:
        if list(frame.columns).count(column.name) != 1:
            present = listed(frame.columns) or "no column"
            raise TableError(f"rates: column {column.name!r} must stand once; the table has {present}")
        values = parse(frame[column.name], column, RATES.name)
        parsed[column.name] = values.values
        for code, mask in (*values.violations, *_violations(column.name, parsed[column.name])):
            screening.reject(column.name, code, mask)
    return parsed


def _violations(name: str, values: pd.Series) -> list[tuple[str, Mask]]:
    if name == "currency":
        text = values.astype("str")
        # Rates are counted in dollars, and an empty code has its own record.
        wrong = ~text.str.fullmatch(_CODE) & (text != "") | (text == "USD")
        return [("unknown_currency", wrong.to_numpy(bool))]
    if name == "usd":
        return [("impossible_rate", (values == 0).to_numpy(bool))]
    return []
