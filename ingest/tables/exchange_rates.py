"""A table of dated exchange rates that a user supplies; rows that cannot be meant are set apart, as in any other."""

import numpy as np
import pandas as pd

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.contract import RATES
from littlegiants.ingest.tables.days import Days
from littlegiants.ingest.tables.loading import Loader, RawTable
from littlegiants.ingest.tables.parsing import parse
from littlegiants.ingest.tables.quarantine import Quarantine
from littlegiants.ingest.tables.versions import find_repeats

_CODE = "[A-Z]{3}"


def load_rates(raw: RawTable, loader: Loader) -> dict[str, tuple[Days, Floats]]:
    """Return for each currency the days on which a rate was published, ascending, and the US dollars for one unit.

    Parameters
    ----------
    raw
        The table ``rates`` as read: ``currency, published_on, usd``. A rate that is revised is a further row, published
        on the day of the revision.
    loader
        Takes what is set apart, and the sums.

    Raises
    ------
    TableError
        If a column is missing, or has an impossible type.
    """
    own, bad = Quarantine(), np.zeros(len(raw.frame), bool)
    parsed = pd.DataFrame(index=raw.frame.index)
    for column in RATES.columns:
        if list(raw.frame.columns).count(column.name) != 1:
            present = ", ".join(map(str, raw.frame.columns)) or "no column"
            raise TableError(f"rates: column {column.name!r} must stand once; the table has {present}")
        given = raw.frame[column.name]
        values = parse(given, column, "rates")
        parsed[column.name] = values.values
        for code, mask in (*values.faults, *_faults(column.name, parsed[column.name])):
            own.add("rates", raw.rows[mask], column.name, code, given[mask])
            bad |= mask
    places = np.flatnonzero(~bad)
    good = parsed.iloc[places].assign(known=0, explicit=True, known_on=0)
    repeats = find_repeats(good, ["currency", "published_on"])
    for mask, code in zip(repeats, ("duplicate_row", "duplicate_conflict"), strict=True):
        own.add("rates", raw.rows[places[mask]], "usd", code, raw.frame["usd"].iloc[places[mask]])
    good = good[~(repeats[0] | repeats[1])].sort_values(["currency", "published_on"])
    loader.reconcile(RATES, raw, own, len(good))
    return {
        str(code): (series["published_on"].to_numpy(np.int32), series["usd"].to_numpy(np.float64))
        for code, series in good.groupby("currency")
    }


def _faults(name: str, values: pd.Series) -> list[tuple[str, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]]:
    if name == "currency":
        text = values.astype("str")
        # The dollar is what rates are counted in, and an empty code has its own record.
        wrong = ~text.str.fullmatch(_CODE) & (text != "") | (text == "USD")
        return [("unknown_currency", wrong.to_numpy(bool))]
    if name == "usd":
        return [("impossible_rate", (values == 0).to_numpy(bool))]
    return []
