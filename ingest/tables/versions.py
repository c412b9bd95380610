"""Repeated keys: exact copies, contradictions, and corrections that replace a row from the day they are known."""

import numpy as np
import pandas as pd

from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.tables.days import NEVER, Days
from littlegiants.ingest.tables.screening import Screening


def reject_repeats(dated: pd.DataFrame, screening: Screening) -> None:
    """Quarantine further copies of a row, and rows of one key that contradict each other on the day they are known.

    Parameters
    ----------
    dated
        The parsed columns with ``known`` and ``explicit``.
    screening
        The table; rows already quarantined are compared with none.
    """
    key = screening.spec.key
    used = np.flatnonzero(~screening.bad)
    some = dated.iloc[used]
    shown = key[-1] if key else "firm_id"
    # A firm's own day is inferred from its founding and its events, so it never contradicts a row that states one.
    repeats = find_repeats(some, ["firm_id", *(key or ("explicit",))])
    for found, code in zip(repeats, ("duplicate_row", "duplicate_conflict"), strict=True):
        mask = np.zeros(len(dated), bool)
        mask[used[found]] = True
        screening.reject(shown, code, mask, some[shown][found])


def find_repeats(frame: pd.DataFrame, key: list[str]) -> tuple[Mask, Mask]:
    """Find rows that repeat a key and are known from the same day.

    Parameters
    ----------
    frame
        One table's parsed columns, among them all of ``key``, ``known`` (day number), ``explicit`` (whether the row
        states that day itself) and ``known_on``.
    key
        Columns that identify an event, ``firm_id`` first.

    Returns
    -------
    copies, conflicts : ndarray of bool
        Further copies of a row, and every row of a key that says two different things.
    """
    whole = [*key, "known"]
    repeated = np.flatnonzero(frame.duplicated(whole, keep=False))
    copies = np.zeros(len(frame), bool)
    conflicts = np.zeros(len(frame), bool)
    if len(repeated):
        # A row that states its day is kept rather than a copy whose day was inferred, whichever stands first.
        repeated = repeated[np.argsort(~frame["explicit"].to_numpy(bool)[repeated], kind="stable")]
        some = frame.iloc[repeated].drop(columns={"explicit", "known_on"} - set(key))
        copies[repeated] = some.duplicated(keep="first").to_numpy()
        distinct = some.drop_duplicates().groupby(whole, dropna=False).size()
        several = distinct.index[distinct > 1]
        conflicts[repeated] = pd.MultiIndex.from_frame(some[whole]).isin(several) if len(several) else False
    return copies & ~conflicts, conflicts


def superseded_on(frame: pd.DataFrame, key: list[str]) -> Days:
    """Return the day from which each row is replaced by a later-known row of the same key; `NEVER` for the last one.

    Of two rows known on one day, the one that states that day (``explicit``) replaces the one whose day was inferred.
    """
    days = np.full(len(frame), NEVER, np.int32)
    versioned = frame.duplicated(key, keep=False).to_numpy()
    if versioned.any():
        order = [*key, "known", "explicit"]
        some = frame.loc[versioned, order].sort_values(order)
        following = some.groupby(key, dropna=False)["known"].shift(-1)
        days[some.index.to_numpy()] = following.fillna(NEVER).to_numpy(np.int64)
    return days
