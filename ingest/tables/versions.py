"""Repeated keys: exact copies, contradictions, and corrections that replace a row from the day they are known."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.tables.contract import Kind, Table
from littlegiants.ingest.tables.days import NEVER, Days
from littlegiants.ingest.tables.fingerprints import fingerprints, mixed
from littlegiants.ingest.tables.screening import Screening
from littlegiants.ingest.tables.vocabulary import is_repeated_text, plain_text, text_codes


def rows_of_repeated_keys(
    spec: Table, parsed: pd.DataFrame, firm: npt.NDArray[np.int32], rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return those of some rows whose firm and key another of them has too: few, and only they need comparing.

    Keys are compared by their fingerprints, so that, very rarely, a row is among them whose key no other has.

    Parameters
    ----------
    spec, parsed
        A table and its parsed columns.
    firm
        Each row's firm.
    rows
        The rows in question.
    """
    ids = [parsed[name] for name in spec.key if spec.column(name).kind is Kind.ID]
    others = [parsed[name] for name in spec.key if spec.column(name).kind is not Kind.ID]
    group = np.zeros(len(rows), np.uint64)
    # Ids first: where no two rows share one, nothing else is looked at.
    for columns in (*([column] for column in ids), [pd.Series(firm), *others]):
        for column in columns:
            group = mixed(group, _numbers(column.iloc[rows] if len(rows) < len(column) else column))
        shared = _shared(group)
        if shared is None:
            return rows[:0]
        rows, group = rows[shared], group[shared]
    return rows


def _numbers(column: pd.Series) -> npt.NDArray[np.uint64]:
    """Return a number for each value of a column, the same for the same value."""
    if column.dtype.kind == "f":
        return column.to_numpy(np.float64).view(np.uint64)
    if column.dtype.kind == "i":
        return column.to_numpy(np.int64).view(np.uint64)
    return text_codes(column)[0].astype(np.uint64) if is_repeated_text(column) else fingerprints(column.astype("str"))


def _shared(group: npt.NDArray[np.uint64]) -> Mask | None:
    """Return which elements another one equals, None where there is none."""
    ordered = np.sort(group)
    if not (ordered[1:] == ordered[:-1]).any():
        return None
    order = np.argsort(group, kind="stable")
    equal = group[order[1:]] == group[order[:-1]]
    shared = np.zeros(len(group), bool)
    shared[order[1:][equal]] = shared[order[:-1][equal]] = True
    return shared


def reject_repeats(dated: pd.DataFrame, firm: npt.NDArray[np.int32], screening: Screening) -> npt.NDArray[np.int64]:
    """Quarantine further copies of a row, and rows of one key that contradict each other on the day they are known.

    Parameters
    ----------
    dated
        The parsed columns with ``known`` and ``explicit``.
    firm
        Each row's firm.
    screening
        The table; rows already quarantined are compared with none.

    Returns
    -------
    ndarray of int64
        The rows that share their firm and key with another, those quarantined here among them.
    """
    key = screening.spec.key
    rows = rows_of_repeated_keys(screening.spec, dated, firm, np.flatnonzero(~screening.bad))
    some = plain_text(dated.iloc[rows])
    shown = key[-1] if key else "firm_id"
    # A firm's own day is inferred from its founding and its events, so it never contradicts a row that states one.
    repeats = find_repeats(some, ["firm_id", *(key or ("explicit",))])
    for found, code in zip(repeats, ("duplicate_row", "duplicate_conflict"), strict=True):
        mask = np.zeros(len(dated), bool)
        mask[rows[found]] = True
        screening.reject(shown, code, mask, some[shown][found])
    return rows


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
