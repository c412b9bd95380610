"""One table from its rows as read to its rows as used: parse, convert, date, compare; and quarantine at every step."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.tables.contract import FIRM_ID, RATES, TABLES, Table
from littlegiants.ingest.tables.conversion import convert_money
from littlegiants.ingest.tables.exchange_rates import load_rates
from littlegiants.ingest.tables.known_on import date_rows
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.parsing import parse_columns
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.screening import Screening, reject_orphans
from littlegiants.ingest.tables.versions import reject_repeats
from littlegiants.ingest.tables.vocabulary import encode_text


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
    """

    spec: Table
    frame: pd.DataFrame
    firm: npt.NDArray[np.int32]


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
        screening = Screening(TABLES[name], raw)
        parsed = parse_columns(screening, self.money.currencies)
        converted = convert_money(parsed, self.money, screening)
        ids = converted[FIRM_ID.name]
        firm = None if firm_ids is None else reject_orphans(screening, ids, firm_ids)
        dated = date_rows(screening.spec, converted)
        reject_repeats(dated, screening)
        self._close(screening)
        used = ~screening.bad
        firm = encode_text(ids[used])[0] if firm is None else firm[used]
        return LoadedTable(screening.spec, dated.loc[used].reset_index(drop=True), firm)

    def _close(self, screening: Screening) -> None:
        self.reconciliations.append(screening.reconcile())
        self.quarantine.extend(screening.quarantine)
