"""One table while it is validated: which rows are quarantined so far, and why."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.excerpts import most_frequent
from littlegiants.ingest.tables.contract import FIRM_ID, KNOWN_ON, Table
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.vocabulary import text_codes


class Screening:
    """The rows of one table that break the contract, collected step by step.

    Attributes
    ----------
    spec, raw
        The table's contract, and its rows as read.
    quarantine
        The violations found so far, one record for each.
    bad : ndarray of bool, shape (len(raw.frame),)
        Rows with at least one violation.

    Examples
    --------
    >>> from littlegiants.ingest.tables.contract import TABLES
    >>> raw = RawTable.from_frame(pd.DataFrame({"grant_id": ["g1", "g2"], "amount": ["5", "-5"]}))
    >>> screening = Screening(TABLES["grants"], raw)
    >>> screening.reject("amount", "negative_amount", np.array([False, True]))
    >>> print(screening.reconcile())
    grants: 2 read = 1 used + 1 quarantined (negative_amount 1)
    """

    def __init__(self, spec: Table, raw: RawTable) -> None:
        self.spec = spec
        self.raw = raw
        self.quarantine = Quarantine()
        self.bad: Mask = np.zeros(len(raw.frame), bool)

    def reject(
        self,
        column: str,
        code: str,
        mask: Mask,
        values: pd.Series | npt.NDArray[np.generic] | Sequence[object] | None = None,
    ) -> None:
        """Quarantine rows.

        Parameters
        ----------
        column, code
            The column that breaks the contract, and how: one of `littlegiants.ingest.tables.quarantine.CODES`.
        mask : ndarray of bool, shape (len(raw.frame),)
            The rows.
        values
            The values to show, one for each row under the mask; by default those of the column as read.

        Raises
        ------
        KeyError
            If there is no such code.
        """
        if not mask.any():
            return
        shown = self.raw.frame[column][mask] if values is None else values
        self.quarantine.add(self.spec.name, self.raw.rows[mask], column, code, shown)
        self.bad |= mask

    def reconcile(self) -> Reconciliation:
        """Take over the records that reading rejected, and return the sums of the table.

        Raises
        ------
        TableError
            If the rows used and quarantined are not the rows read.
        """
        self.quarantine.extend(self.raw.rejected)
        # A row with several violations has several records but counts once, under the first.
        first = self.quarantine.frame().drop_duplicates("row")
        declared = {FIRM_ID.name, KNOWN_ON.name, *(column.name for column in self.spec.columns)}
        others = (str(name) for name in self.raw.frame.columns if name not in declared)
        ignored = tuple(sorted([*self.raw.unread, *others]))
        by_code = most_frequent({str(code): int(count) for code, count in first["code"].value_counts().items()})
        read = len(self.raw.frame) + self.raw.rejected.frame()["row"].nunique()
        return Reconciliation(self.spec.name, read, int((~self.bad).sum()), len(first), by_code, ignored)


def reject_orphans(screening: Screening, ids: pd.Series, firm_ids: npt.NDArray[np.object_]) -> npt.NDArray[np.int32]:
    """Quarantine events of firms that the firms table does not have.

    Parameters
    ----------
    screening
        The events; rows already quarantined are left as they are.
    ids : shape (rows,)
        Each row's ``firm_id``; text by codes is looked up by its distinct texts.
    firm_ids : ndarray of object
        Ids of the firms table, ascending.

    Returns
    -------
    ndarray of int32, shape (rows,)
        Each row's firm, as its index in ``firm_ids``; -1 for none.
    """
    codes, distinct = text_codes(ids)
    found = pc.index_in(distinct, pa.array(firm_ids, distinct.type))
    firm: npt.NDArray[np.int32] = found.fill_null(-1).to_numpy().astype(np.int32, copy=False)[codes]
    orphan = (firm < 0) & ~screening.bad
    screening.reject(FIRM_ID.name, "orphan_event", orphan, ids[orphan])
    return firm
