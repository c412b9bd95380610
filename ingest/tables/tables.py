"""All rows of all tables, typed, sorted by (firm, day) once, with the days between which each row is what is known.

Nothing here answers "as of": that is `littlegiants.features.asof.snapshot.Snapshot`, the only way from rows to signals.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.column_names import own_columns
from littlegiants.ingest.tables.contract import EVENT_TABLES, RATES, TABLES
from littlegiants.ingest.tables.days import NEVER, Days, day_number
from littlegiants.ingest.tables.encoding import to_rows
from littlegiants.ingest.tables.known_on import known_with_events
from littlegiants.ingest.tables.loading import LoadedTable, Loader
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.rows import Rows
from littlegiants.ingest.tables.vocabulary import among, encode_text
from littlegiants.ingest.threads import in_threads


@dataclass(frozen=True, slots=True)
class Tables:
    """A set of tables as loaded: typed rows, what was quarantined, and the sums.

    Attributes
    ----------
    firm_ids
        All firms' ids, ascending; a firm's code is its index here.
    firms
        The rows of the firms table (several for a firm whose facts were corrected).
    events
        One entry for every event table; None for a table that is absent, which means *not observed*.
    quarantine, reconciliations
        The violations found, and rows read = used + quarantined for each table.
    money
        What their amounts were converted with.
    """

    firm_ids: npt.NDArray[np.object_]
    firms: Rows
    events: Mapping[str, Rows | None]
    quarantine: Quarantine = field(default_factory=Quarantine)
    reconciliations: tuple[Reconciliation, ...] = ()
    money: Money = field(default_factory=Money)

    @classmethod
    def from_frames(
        cls,
        frames: Mapping[str, pd.DataFrame],
        constant_prices: int | None = None,
        ignore_columns: Collection[str] = (),
    ) -> "Tables":
        """Build from data frames of the contract's columns, text or typed.

        Parameters
        ----------
        frames
            The tables by name; ``rates`` may be among them.
        constant_prices
            Base year of constant prices; by default amounts stay as paid.
        ignore_columns
            Columns that resemble one of the contract and are none.

        Raises
        ------
        TableError
            If ``firms`` is absent, a table is unknown, a required column is missing, a column has a wrong type, or one
            that the contract does not know resembles one that the table lacks.

        Examples
        --------
        >>> firms = pd.DataFrame({"firm_id": ["b", "a"], "founded_on": ["2019-05-01", ""]})
        >>> Tables.from_frames({"firms": firms}).firm_ids.tolist()
        ['a', 'b']
        >>> Tables.from_frames({"firm": pd.DataFrame()})
        Traceback (most recent call last):
            ...
        littlegiants.ingest.errors.TableError: unknown table 'firm'; the tables are firms, rounds, grants, ...
        """
        specs = {**TABLES, RATES.name: RATES}
        raw = {name: RawTable.from_frame(frame) for name, frame in frames.items()}
        own = {
            name: own_columns(specs[name], raw[name], ignore_columns) if name in specs else raw[name] for name in raw
        }
        return cls.from_raw(own, constant_prices)

    @classmethod
    def from_raw(cls, raw: Mapping[str, RawTable], constant_prices: int | None = None) -> "Tables":
        """Build from tables as read, with the records that reading already quarantined.

        Raises
        ------
        TableError
            As `from_frames`.
        """
        unknown = sorted(set(raw) - {*TABLES, RATES.name})
        if unknown:
            raise TableError(f"unknown table {unknown[0]!r}; the tables are {', '.join(TABLES)}")
        if "firms" not in raw:
            raise TableError("there is no table 'firms'; it is the one table that is required")
        loader = Loader.of(raw, constant_prices)
        firms = loader.load("firms", raw["firms"])
        _, firm_ids = encode_text(firms.frame["firm_id"])
        events = loader.load_events(raw, firm_ids)
        firms = _dated_by_events(firms, _first_known(events, len(firm_ids)))
        present = [firms, *(loaded for loaded in events.values() if loaded is not None)]
        typed = in_threads(to_rows, present, sum(len(loaded.firm) for loaded in present))
        by_name = {loaded.spec.name: rows for loaded, rows in zip(present, typed, strict=True)}
        rows = {name: by_name.get(name) for name in EVENT_TABLES}
        return cls(firm_ids, by_name["firms"], rows, loader.quarantine, tuple(loader.reconciliations), loader.money)

    def __len__(self) -> int:
        return len(self.firm_ids)

    @property
    def observed(self) -> tuple[str, ...]:
        """The event tables that are present."""
        return tuple(name for name, rows in self.events.items() if rows is not None)

    def slice(self, first: int, last: int) -> "Tables":
        """Return the firms with codes ``first`` to ``last - 1``, all their rows with them."""

        def sliced(rows: Rows) -> Rows:
            # Bounds of the column's own type: any other would have NumPy convert the whole column for every slice.
            low, high = np.searchsorted(rows.firm, np.array((first, last), rows.firm.dtype))
            return rows.take(slice(int(low), int(high)), first)

        return self._map(sliced, self.firm_ids[first:last])

    def take(self, firm_ids: npt.NDArray[np.object_]) -> "Tables":
        """Return only the given firms (unknown ids are ignored)."""
        keep = among(self.firm_ids, firm_ids)
        code = np.cumsum(keep) - 1

        def kept(rows: Rows) -> Rows:
            some = rows.take(np.flatnonzero(keep[rows.firm]))
            return replace(some, firm=code[some.firm].astype(np.int32))

        return self._map(kept, self.firm_ids[keep])

    def known_by(self, day: date) -> "Tables":
        """Return the tables as they would have been loaded on that day: without later rows and later corrections."""
        number = day_number(day)
        past = self._map(lambda rows: rows.known_by(number), self.firm_ids)
        return replace(past, money=self.money.known_by(day))

    def data_end(self) -> date:
        """Return the last day on which a round, a grant or an outcome happened: until then the data tell outcomes.

        These are the tables whose contract says that they tell outcomes.

        Raises
        ------
        TableError
            If there is no such event.
        """
        telling = [rows for name, rows in self.events.items() if TABLES[name].tells_outcomes]
        days = [int(rows.day.max()) for rows in telling if rows is not None and len(rows)]
        if not days:
            raise TableError("there is no round, grant or outcome, so nothing tells what became of a firm")
        return np.datetime64(max(days), "D").astype(date)  # type: ignore[no-any-return]

    def names(self) -> dict[str, str]:
        """Return the firms' names, as last known, by ``firm_id``; a firm without a name is left out."""
        firms = self.firms
        codes = np.asarray(firms.columns["name"], np.int64)
        named = (firms.superseded == NEVER) & (codes >= 0)
        ids, names = self.firm_ids[firms.firm[named]], firms.vocabularies["name"][codes[named]]
        return dict(zip(ids.tolist(), names.tolist(), strict=True))

    def digest(self) -> str:
        """Return the SHA-256 of everything used, independent of file format and of row, column and file order."""
        digest = hashlib.sha256("\0".join(self.firm_ids).encode())
        for name, rows in (("firms", self.firms), *self.events.items()):
            digest.update(f"\0{name}\0{rows is not None}".encode())
            if rows is not None:
                rows.digest(digest.update)
        return digest.hexdigest()

    def _map(self, change: Callable[[Rows], Rows], firm_ids: npt.NDArray[np.object_]) -> "Tables":
        events = {name: None if rows is None else change(rows) for name, rows in self.events.items()}
        return replace(self, firm_ids=firm_ids, firms=change(self.firms), events=events)


def _first_known(events: Mapping[str, LoadedTable | None], firms: int) -> Days:
    first = np.full(firms, NEVER, np.int32)
    for loaded in events.values():
        if loaded is not None:
            np.minimum.at(first, loaded.firm, loaded.frame["known"].to_numpy(np.int32))
    return first


def _dated_by_events(firms: LoadedTable, first_event: Days) -> LoadedTable:
    """Return the firms table with the days from which its rows are known, given those of its firms' first events."""
    known, explicit = firms.frame["known"].to_numpy(np.int32), firms.frame["explicit"].to_numpy(bool)
    known = known_with_events(known, explicit, firms.firm, first_event)
    return replace(firms, frame=firms.frame.assign(known=known))
