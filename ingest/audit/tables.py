"""The tables of an audit: all versions of each row, its days as stated, money in its own currency."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.readers.csv_file import read_csv
from littlegiants.ingest.readers.read import read_raw
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES, Kind, Table
from littlegiants.ingest.tables.days import NO_DAY
from littlegiants.ingest.tables.known_on import known_days
from littlegiants.ingest.tables.loading import Loader
from littlegiants.ingest.tables.parsing import parse
from littlegiants.ingest.tables.quarantine import Reconciliation
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.vocabulary import plain_text

UNDATED = "undated_exits"


@dataclass(frozen=True, slots=True)
class AuditTable:
    """One table's used rows, in an order that does not depend on that of the file.

    Attributes
    ----------
    versions
        The contract's columns, dates as day numbers, choices as codes, money in units of its currency; with
        ``<column>_usd`` (cents), ``known`` and ``explicit`` as `known_days` gives them, and ``rule``, the day on which
        the row is known by the table's own rule.
    first, last
        The first-known and the last-known version of each key.
    """

    spec: Table
    versions: pd.DataFrame
    first: pd.DataFrame
    last: pd.DataFrame

    @property
    def name(self) -> str:
        """The table's name."""
        return self.spec.name

    @property
    def key(self) -> list[str]:
        """The columns that name a row."""
        return ["firm_id", *self.spec.key]

    def days(self, frame: pd.DataFrame) -> npt.NDArray[np.int64]:
        """Return the stated days of the events in a frame of this table, rows without one left out."""
        days = frame[self.spec.event].to_numpy(np.int64)
        return np.asarray(days[days != NO_DAY], np.int64)


@dataclass(frozen=True, slots=True)
class AuditTables:
    """All tables of one export, and the exits that it could not date.

    Attributes
    ----------
    undated
        Kind of exit by firm.
    undated_rows
        Further outcomes that were quarantined because they have no date.
    """

    tables: Mapping[str, AuditTable]
    reconciliations: tuple[Reconciliation, ...]
    undated: Mapping[str, str]
    undated_rows: int

    def events(self) -> Iterator[AuditTable]:
        """Give the event tables that are present."""
        return (table for name, table in self.tables.items() if name != "firms")


def read_audit_tables(location: str | Path, ignore_columns: Collection[str] = ()) -> AuditTables:
    """Read an export for an audit.

    Parameters
    ----------
    location, ignore_columns
        As of `littlegiants.ingest.readers.read.read_tables`.

    Raises
    ------
    TableError
        If it cannot be read as a whole, see `littlegiants.ingest.readers.read.read_tables`.
    """
    raw = read_raw(location, ignore_columns)
    if "firms" not in raw:
        raise TableError("there is no table 'firms'; it is the one table that is required")
    loader = Loader.of(raw)
    firms = _table("firms", raw["firms"], loader, None)
    firm_ids = np.unique(firms.last["firm_id"].to_numpy(object)) if len(firms.last) else np.array([], object)
    tables = {"firms": firms}
    tables |= {name: _table(name, raw[name], loader, firm_ids) for name in EVENT_TABLES if name in raw}
    quarantined = loader.quarantine.frame()
    undated = quarantined[(quarantined["table"] == "outcomes") & (quarantined["code"] == "missing_date")][
        "row"
    ].nunique()
    return AuditTables(tables, tuple(loader.reconciliations), _undated(location, set(firm_ids.tolist())), undated)


def day_of(number: int) -> date:
    """Return the date of a day number."""
    return np.datetime64(number, "D").astype(date)  # type: ignore[no-any-return]


def years_of(days: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the calendar years of day numbers."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def _table(name: str, raw: RawTable, loader: Loader, firm_ids: npt.NDArray[np.object_] | None) -> AuditTable:
    spec = TABLES[name]
    frame = plain_text(loader.load(name, raw, firm_ids).frame)
    quarantined = loader.quarantine.frame()
    used = ~np.isin(raw.rows, quarantined.loc[quarantined["table"] == name, "row"].to_numpy(np.int64))
    for column in spec.columns:
        if column.kind is Kind.MONEY and column.name in raw.frame:
            amounts = parse(raw.frame[column.name], column, name).values[used]
            frame[f"{column.name}_usd"], frame[column.name] = frame[column.name], np.asarray(amounts, np.float64)
    rule, _ = known_days(spec, frame.assign(known_on=np.full(len(frame), NO_DAY, np.int32)))
    key = ["firm_id", *spec.key]
    # Rows known on the same day differ in whether they state it, and else only where the contract sees no repeat.
    order = [*key, "known", "explicit", *(c.name for c in spec.columns if c.name not in key)]
    frame = frame.assign(rule=rule).sort_values(order, kind="stable", ignore_index=True)
    first, last = (frame.drop_duplicates(key, keep=end).reset_index(drop=True) for end in ("first", "last"))
    return AuditTable(spec, frame, first, last)


def _undated(location: str | Path, firm_ids: set[str]) -> dict[str, str]:
    """Return what `undated_exits.csv`, which importers write beside the tables, says of the firms there are."""
    path = Path(location) / f"{UNDATED}.csv" if "://" not in str(location) else None
    if path is None or not path.is_file() or path.is_symlink():
        return {}
    frame = read_csv(path, UNDATED).frame
    missing = [name for name in ("firm_id", "kind") if name not in frame]
    if missing:
        raise TableError(f"{path}: column {missing[0]!r} is missing; it has {listed(frame.columns)}")
    pairs = zip(frame["firm_id"].astype(str).tolist(), frame["kind"].astype(str).tolist(), strict=True)
    return {firm: kind for firm, kind in sorted(pairs) if firm in firm_ids}
