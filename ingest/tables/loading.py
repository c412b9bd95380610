"""One table from its rows as read to its rows as used: parse, convert, date, compare; and quarantine at every step."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.tables.contract import EVENT_TABLES, FIRM_ID, RATES, TABLES, Table
from littlegiants.ingest.tables.conversion import convert_money
from littlegiants.ingest.tables.exchange_rates import load_rates
from littlegiants.ingest.tables.known_on import date_rows
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.parsing import parse_columns
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.screening import Screening, reject_orphans
from littlegiants.ingest.tables.versions import reject_repeats
from littlegiants.ingest.tables.vocabulary import encode_text, text_codes
from littlegiants.ingest.threads import in_threads


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """One table's used rows, not yet sorted.

    Attributes
    ----------
    spec
        The table's contract.
    frame
        The parsed columns, with ``known`` (day number) and ``explicit`` (whether the row states that day itself).
    firm : ndarray of int32, shape (len(frame),)
        Each row's firm, as its index in the ascending ids of the firms table.
    repeated : ndarray of int64
        The rows that share their firm and key with another one; None where that is not known yet.
    """

    spec: Table
    frame: pd.DataFrame
    firm: npt.NDArray[np.int32]
    repeated: npt.NDArray[np.int64] | None = None


@dataclass(slots=True)
class Loader:
    """Loads the tables of one set, converts their money, and collects what they reject.

    Attributes
    ----------
    money
        What amounts are converted with.
    quarantine, reconciliations
        The rows quarantined so far, and the sums of each table loaded.
    """

    money: Money = field(default_factory=Money)
    quarantine: Quarantine = field(default_factory=Quarantine)
    reconciliations: list[Reconciliation] = field(default_factory=list)

    @classmethod
    def of(cls, raw: Mapping[str, RawTable], constant_prices: int | None = None) -> "Loader":
        """Return the loader of a set of tables, whose own exchange rates it has read already.

        Raises
        ------
        ConfigError
            If no price index had been published by the base year ``constant_prices``.
        TableError
            If the rates miss a column, or one has an impossible type.
        """
        loader = cls(Money(constant_prices=constant_prices))
        if RATES.name in raw:
            screening = Screening(RATES, raw[RATES.name])
            loader.money = Money(load_rates(screening), constant_prices)
            loader._close(screening)
        return loader

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
        loaded, screening = self._loaded(name, raw, firm_ids)
        self._close(screening)
        return loaded

    def load_events(
        self, raw: Mapping[str, RawTable], firm_ids: npt.NDArray[np.object_]
    ) -> dict[str, LoadedTable | None]:
        """Parse and validate the event tables that there are, as `load` does; None for each that is absent.

        Raises
        ------
        TableError
            As `load`.
        """
        present = [name for name in EVENT_TABLES if name in raw]
        rows = sum(len(raw[name].rows) for name in present)
        events: dict[str, LoadedTable | None] = dict.fromkeys(EVENT_TABLES)
        of_name = in_threads(lambda name: self._loaded(name, raw[name], firm_ids), present, rows)
        for name, (loaded, screening) in zip(present, of_name, strict=True):
            self._close(screening)
            events[name] = loaded
        return events

    def _loaded(
        self, name: str, raw: RawTable, firm_ids: npt.NDArray[np.object_] | None
    ) -> tuple[LoadedTable, Screening]:
        screening = Screening(TABLES[name], raw)
        parsed = parse_columns(screening, self.money.currencies)
        converted = convert_money(parsed, self.money, screening)
        ids = converted[FIRM_ID.name]
        firm = text_codes(ids)[0] if firm_ids is None else reject_orphans(screening, ids, firm_ids)
        dated = date_rows(screening.spec, converted)
        repeated = reject_repeats(dated, firm, screening)
        if screening.bad.any():
            used = np.flatnonzero(~screening.bad)
            dated, firm = dated.iloc[used].reset_index(drop=True), firm[used]
            repeated = np.searchsorted(used, repeated[~screening.bad[repeated]])
        firm = encode_text(dated[FIRM_ID.name])[0] if firm_ids is None else firm
        return LoadedTable(screening.spec, dated, firm, repeated), screening

    def _close(self, screening: Screening) -> None:
        self.reconciliations.append(screening.reconcile())
        self.quarantine.extend(screening.quarantine)
