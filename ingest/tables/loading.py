"""One table from text to typed rows: parse, quarantine, date, deduplicate, sort."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.contract import TABLES, Column, Kind, Table
from littlegiants.ingest.tables.days import NO_DAY
from littlegiants.ingest.tables.known_on import known_days
from littlegiants.ingest.tables.money import MAX_CENTS, Money, whole_cents
from littlegiants.ingest.tables.parsing import absent, parse
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows, Values
from littlegiants.ingest.tables.versions import find_repeats, superseded_on

_KNOWN_ON = Column("known_on", Kind.DATE)
_FIRM_ID = Column("firm_id", Kind.ID, required=True)


@dataclass(slots=True)
class RawTable:
    """A table as it was read: a frame, each row's record number in the source, and what reading itself set apart."""

    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    rejected: Quarantine = field(default_factory=Quarantine)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> "RawTable":
        """Number the rows of a frame from 1."""
        return cls(frame.reset_index(drop=True), np.arange(1, len(frame) + 1))


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """One table's used rows, not yet sorted.

    Attributes
    ----------
    frame
        The parsed columns, with ``known`` (day number) and ``explicit`` (whether the row states that day itself).
    firm
        Each row's firm, as its place in the ascending ids of the firms table.
    """

    spec: Table
    frame: pd.DataFrame
    firm: npt.NDArray[np.int32]


@dataclass(slots=True)
class Loader:
    """Loads the tables of one set, makes their money one, and collects what they reject."""

    money: Money = field(default_factory=Money)
    quarantine: Quarantine = field(default_factory=Quarantine)
    reconciliations: list[Reconciliation] = field(default_factory=list)

    def load(self, name: str, raw: RawTable, firm_ids: npt.NDArray[np.object_] | None = None) -> LoadedTable:
        """Parse and validate one table.

        Parameters
        ----------
        name, raw
            The table and its rows as read.
        firm_ids
            Ascending ids of the firms table, or None when this is the firms table.

        Raises
        ------
        TableError
            If a required column is missing, stands twice, or has an impossible type.
        """
        spec = TABLES[name]
        own = Quarantine()
        parsed, faults = _parse(spec, raw.frame, self.money)
        faults.extend(fault for fault in _money_faults(spec, parsed, self.money) if fault[2].any())
        bad = np.zeros(len(parsed), bool)
        for column, code, mask in faults:
            own.add(name, raw.rows[mask], column, code, raw.frame[column][mask])
            bad |= mask
        ids = parsed["firm_id"].to_numpy(object)
        if firm_ids is not None:
            orphan = ~_is_among(ids, firm_ids) & ~bad
            own.add(name, raw.rows[orphan], "firm_id", "orphan_event", ids[orphan])
            bad |= orphan
        parsed["known"], parsed["explicit"] = known_days(spec, parsed)
        # Before rows are compared: a figure that grows and has no day is as good as absent, and contradicts nothing.
        for column in (column.name for column in spec.columns if not column.dated):
            parsed.loc[~parsed["explicit"], column] = np.nan
        bad |= _repeats(spec, parsed, bad, raw.rows, own)
        self.reconcile(spec, raw, own, int((~bad).sum()))
        everyone = np.unique(ids[~bad]) if firm_ids is None else firm_ids
        firm = np.searchsorted(everyone, ids[~bad]).astype(np.int32)
        return LoadedTable(spec, parsed.loc[~bad].reset_index(drop=True), firm)

    def reconcile(self, spec: Table, raw: RawTable, own: Quarantine, used: int) -> None:
        """Take over what one table rejected, and its sums: how many of its rows are used."""
        own.extend(raw.rejected)
        # A row with several faults has several records but counts once, under the first.
        first = own.frame().drop_duplicates("row")
        known = {"firm_id", "known_on", *(c.name for c in spec.columns)}
        ignored = tuple(sorted(str(c) for c in raw.frame.columns if c not in known))
        by_code = {str(code): int(count) for code, count in first["code"].value_counts().items()}
        read = len(raw.frame) + raw.rejected.frame()["row"].nunique()
        self.quarantine.extend(own)
        self.reconciliations.append(Reconciliation(spec.name, read, used, len(first), by_code, ignored))


def to_rows(part: LoadedTable) -> Rows:
    """Sort a table's rows by firm and day, date each version, and encode text."""
    spec = part.spec
    frame = part.frame.assign(firm=part.firm)
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
    columns = ["firm_id", *(column.name for column in TABLES[name].columns)]
    return to_rows(Loader().load(name, RawTable.from_frame(pd.DataFrame(columns=columns))))


def _parse(spec: Table, frame: pd.DataFrame, money: Money) -> tuple[pd.DataFrame, list[tuple[str, str, Mask]]]:
    columns: dict[str, npt.NDArray[np.generic]] = {}
    faults: list[tuple[str, str, Mask]] = []
    names = list(frame.columns)
    for column in (_FIRM_ID, *spec.columns, _KNOWN_ON):
        times = names.count(column.name)
        if times > 1:
            raise TableError(f"{spec.name}: column {column.name!r} stands {times} times; keep one of them")
        if times == 0 and column.required:
            present = ", ".join(map(str, names)) or "no column"
            raise TableError(f"{spec.name}: column {column.name!r} is missing; the table has {present}")
        if column.kind is Kind.CURRENCY:
            column = replace(column, choices=money.currencies)
        parsed = parse(frame[column.name], column, spec.name) if times else absent(column, len(frame))
        columns[column.name] = parsed.values
        faults.extend((column.name, code, mask) for code, mask in parsed.faults if mask.any())
    return pd.DataFrame(columns), faults


def _money_faults(spec: Table, parsed: pd.DataFrame, rule: Money) -> Iterator[tuple[str, str, Mask]]:
    """Convert the money columns of ``parsed`` to cents in place; yield what cannot be converted."""
    money = [c.name for c in spec.columns if c.kind is Kind.MONEY]
    if not money:
        return
    currency, days = parsed["currency"].to_numpy(object), parsed[spec.event].to_numpy(np.int64)
    usd, deflator = rule.usd(currency, days), rule.deflator(days)
    # A currency or a date that is itself at fault has its own record; it is not also a want of a rate.
    convertible = pd.Index(currency).isin(rule.currencies) & (days != NO_DAY)
    for name in money:
        amounts = parsed[name].to_numpy(np.float64)
        stated = ~np.isnan(amounts)
        cents = whole_cents(amounts, usd * deflator)
        yield name, "missing_currency", stated & (currency == "")
        yield name, "no_exchange_rate", stated & np.isnan(usd) & convertible
        yield name, "no_price_index", stated & np.isnan(deflator) & convertible
        yield name, "amount_too_large", np.abs(cents) > MAX_CENTS
        parsed[name] = cents


def _is_among(ids: npt.NDArray[np.object_], firm_ids: npt.NDArray[np.object_]) -> Mask:
    if not len(firm_ids):
        return np.zeros(len(ids), bool)
    place = np.minimum(np.searchsorted(firm_ids, ids), len(firm_ids) - 1)
    return np.asarray(firm_ids[place] == ids, bool)


def _repeats(spec: Table, parsed: pd.DataFrame, bad: Mask, rows: npt.NDArray[np.int64], own: Quarantine) -> Mask:
    # A firm's own day is inferred from its founding and its events, so it never contradicts a row that states one.
    key = ["firm_id", *(spec.key or ("explicit",))]
    places = np.flatnonzero(~bad)
    good = parsed.loc[~bad]
    shown = (spec.key or ("firm_id",))[-1]
    out = np.zeros(len(parsed), bool)
    for mask, code in zip(find_repeats(good, key), ("duplicate_row", "duplicate_conflict"), strict=True):
        own.add(spec.name, rows[places[mask]], shown, code, good[shown][mask])
        out[places[mask]] = True
    return out


def _order(frame: pd.DataFrame, spec: Table) -> npt.NDArray[np.int64]:
    """Order rows by firm, day, then key and knowledge, so that the order of the file never matters."""
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
