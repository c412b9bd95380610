"""The known-on rule: the day from which each row is known, as the row states it or by its table's declaration."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.tables.contract import FIRMS, KNOWN_ON, Lag, Table
from littlegiants.ingest.tables.days import NEVER, NO_DAY, Days, add_months, span_of


def known_days(spec: Table, parsed: Mapping[str, Any] | pd.DataFrame) -> tuple[Days, Mask]:
    """Return the day from which each row is known, and whether the row states it itself.

    Parameters
    ----------
    spec, parsed
        A table and its parsed columns, ``known_on`` among them.

    Returns
    -------
    known : ndarray of int32, shape (rows,)
        No event is known before it happens, whatever its row says. A firm's founding is no such event: a firm is known
        from the stated day; an unstated day is only its founding here, see `known_with_events`.
    explicit : ndarray of bool, shape (rows,)
        Whether the row states the day itself.
    """
    event, stated = np.asarray(parsed[spec.event], np.int32), np.asarray(parsed[KNOWN_ON.name], np.int32)
    explicit = stated != NO_DAY
    if spec is FIRMS:
        return np.where(explicit, stated, event).astype(np.int32), explicit
    rule = _later(event, spec.known_lag)
    if spec.known_from:
        own = np.asarray(parsed[spec.known_from], np.int32)
        rule = np.where(own != NO_DAY, own, rule)
    return np.maximum(np.where(explicit, stated, rule), event).astype(np.int32), explicit


def date_rows(spec: Table, parsed: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a table with ``known`` and ``explicit`` as `known_days` gives them.

    A figure that grows after its event (``dated=False``) and has no day is as good as absent. It is removed here,
    before rows are compared, so that it contradicts nothing.
    """
    known, explicit = known_days(spec, parsed)
    dated = parsed.assign(known=known, explicit=explicit)
    for column in spec.columns:
        if not column.dated:
            dated.loc[~explicit, column.name] = np.nan
    return dated


def known_with_events(known: Days, explicit: Mask, firm: npt.NDArray[np.int32], first_event: Days) -> Days:
    """Return the days from which the rows of the firms table are known, given when each firm's first event is.

    A firm that does not state the day is known from its founding, or from its first event if that is earlier. With
    neither it is never known, because no day can be named before which it was not. Only the first such row of a firm
    can be known through an event: a second one is a correction, known from its own founding date.

    Parameters
    ----------
    known, explicit, firm : ndarray, shape (rows,)
        Days as `known_days` gives them (`NO_DAY` without one), whether they are stated, and codes of firms.
    first_event : ndarray of int32, shape (firms,)
        The first day one of the firm's events is known, `NEVER` without events.
    """
    days = np.where(known == NO_DAY, NEVER, known).astype(np.int32)
    inferred = np.flatnonzero(~explicit)
    inferred = inferred[np.lexsort((known[inferred], firm[inferred]))]
    first = inferred[np.diff(firm[inferred], prepend=-1) != 0]
    days[first] = np.minimum(days[first], first_event[firm[first]])
    return days


def _later(event: Days, lag: Lag) -> npt.NDArray[np.int64]:
    days = event.astype(np.int64)
    if lag.months:
        every, indices = span_of(event)
        days = add_months(every, lag.months)[indices]
    return days + lag.days
