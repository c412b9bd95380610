"""The day on which each row is known: as the row states it, or by its table's rule."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.tables.contract import ACCOUNTS_DAYS, PUBLICATION_MONTHS, Table
from littlegiants.ingest.tables.days import NEVER, NO_DAY, Days, add_months


def known_days(spec: Table, parsed: Mapping[str, Any] | pd.DataFrame) -> tuple[Days, npt.NDArray[np.bool_]]:
    """Return the day each row is known, and whether the row states it itself.

    Parameters
    ----------
    spec, parsed
        A table and its parsed columns, ``known_on`` among them.

    Returns
    -------
    known : ndarray of int32
        No event is known before it happens, whatever its row says. A firm's founding is no such event: a firm is known
        from the stated day; an unstated day is only its founding here, see `known_with_events`.
    explicit : ndarray of bool
    """
    event, stated = np.asarray(parsed[spec.event], np.int32), np.asarray(parsed["known_on"], np.int32)
    explicit = stated != NO_DAY
    if spec.name == "firms":
        return np.where(explicit, stated, event).astype(np.int32), explicit
    default = event.astype(np.int64)
    if spec.name == "patents":
        published = np.asarray(parsed["published_on"], np.int32)
        default = np.where(published != NO_DAY, published, add_months(event, PUBLICATION_MONTHS))
    elif spec.name == "financials":
        default = default + ACCOUNTS_DAYS
    return np.maximum(np.where(explicit, stated, default), event).astype(np.int32), explicit


def known_with_events(known: Days, explicit: npt.NDArray[np.bool_], firm: Days, first_event: Days) -> Days:
    """Return the days on which the rows of the firms table are known, given when each firm's first event is.

    A firm that does not state the day is known from its founding, or from its first event if that is earlier; with
    neither it is never known, since no day can be named before which it was not. Only the first such row of a firm can
    be known through an event: a second one is a correction, known from its own founding date.

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
