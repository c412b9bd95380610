"""What became of every row and every firm of a job; the accounts of its partitions add up."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.cohort import cohort_counts
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.errors import ConfigError, StopError, TableError
from littlegiants.ingest.excerpts import most_frequent
from littlegiants.ingest.tables.quarantine import Reconciliation
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.stated_firms import firm_ids_of
from littlegiants.ingest.tables.tables import Tables
from littlegiants.ingest.tables.vocabulary import among
from littlegiants.models.scoring.model import Scores
from littlegiants.serving.lacking_columns import ColumnUse

# What a firm can end as. Together they are the firms that the tables name.
ENDS = {
    "scored": "with a probability",
    "withheld": "without a probability, which the model withholds",
    "left": "acquired, listed or closed by the date",
    "not_yet_known": "not yet known on the date",
    "without_round": "without a round, which the model asks for",
    "not_wanted": "not among those asked for",
    "rejected": "with no usable row in the firms table",
}


@dataclass(frozen=True, slots=True)
class Account:
    """The sums of a job or of a partition of its firms.

    Attributes
    ----------
    firms
        How many firms ended as what: each of `ENDS`, whose sum is the number of firms.
    withheld
        Of those without a probability, how many for which reason.
    reconciliations
        The rows of each table: read = used + quarantined.
    observed
        The event tables that are present.
    newest
        The day of the newest round, grant or outcome, if there is any.
    columns
        Which columns the rows state, and how many scores rest on them.
    """

    firms: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ENDS, 0))
    withheld: dict[str, int] = field(default_factory=dict)
    reconciliations: tuple[Reconciliation, ...] = ()
    observed: tuple[str, ...] = ()
    newest: date | None = None
    columns: ColumnUse = field(default_factory=ColumnUse)

    def __add__(self, other: "Account") -> "Account":
        sums = {one.table: one for one in self.reconciliations}
        for one in other.reconciliations:
            sums[one.table] = sums[one.table] + one if one.table in sums else one
        return Account(
            _added(self.firms, other.firms),
            most_frequent(_added(self.withheld, other.withheld)),
            tuple(sums.values()),
            tuple(dict.fromkeys([*self.observed, *other.observed])),
            max(filter(None, (self.newest, other.newest)), default=None),
            self.columns + other.columns,
        )

    @property
    def total(self) -> int:
        """How many firms the tables name."""
        return sum(self.firms.values())

    def check_rejected(self, most: float) -> None:
        """Stop the work if more than a share of the firms has no usable row.

        Raises
        ------
        StopError
            Naming how many; a single firm never stops it.
        ConfigError
            If the share is outside 0 to 1.
        """
        if not 0 <= most <= 1:
            raise ConfigError(f"{most:g} is no share of firms; give one from 0 to 1, such as 0.2")
        rejected = self.firms["rejected"]
        if rejected > max(1, most * self.total):
            raise StopError(
                f"{rejected:,} of {self.total:,} firms have no usable row in the firms table, more than {100 * most:g} "
                "%; mend them, or allow it with --max-rejected"
            )


def account_of(raw: RawTable, tables: Tables, snapshot: Snapshot, require_round: bool, scores: Scores) -> Account:
    """Return the account of a set of tables that was scored.

    Parameters
    ----------
    raw
        The firms table as read.
    tables
        All tables.
    snapshot
        The firms that were asked for, as known on the date.
    require_round
        As of `littlegiants.features.asof.cohort.cohort`.
    scores
        Those of the firms at risk.
    """
    counts = cohort_counts(snapshot, require_round)
    at_risk, withheld = counts.pop("at_risk"), scores["abstained"]
    reasons, times = np.unique(scores["abstain_reason"][withheld].astype(str), return_counts=True)
    firms = {
        "scored": at_risk - int(withheld.sum()),
        "withheld": int(withheld.sum()),
        **counts,
        "not_wanted": len(tables) - len(snapshot),
        "rejected": _rejected(raw, tables.firm_ids),
    }
    return Account(
        {end: firms.get(end, 0) for end in ENDS},
        most_frequent(dict(zip(reasons.tolist(), times.tolist(), strict=True))),
        tables.reconciliations,
        tables.observed,
        _newest(tables),
        ColumnUse.of(tables, scores["firm_id"]),
    )


def total(accounts: Iterable[Account]) -> Account:
    """Return the sums of the accounts of partitions."""
    return reduce(Account.__add__, accounts, Account())


def _rejected(raw: RawTable, used: npt.NDArray[np.object_]) -> int:
    """Return how many firms no usable row is left of; each record without an id counts as one."""
    named = firm_ids_of("firms", raw.frame)
    nameless = int((named[1] == "")[named[0]].sum())
    without_row = ~among(named[1], used) & (named[1] != "")
    return len(set(named[1][without_row])) + nameless + raw.rejected.frame()["row"].nunique()


def _newest(tables: Tables) -> date | None:
    try:
        return tables.data_end()
    except TableError:
        return None


def _added(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in dict.fromkeys([*one, *other])}
