"""The outcomes of firms at one or several origins, under each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from littlegiants.training.evaluation.metrics import Labels

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PooledOutcomes:
    """The outcomes of firms at one or several origins.

    Attributes
    ----------
    labels : ndarray of int8, shape (n,)
        1 for a success.
    firm_ids : ndarray of object, shape (n,)
    origin : ndarray of int64, shape (n,)
        Position of each row's origin.
    """

    labels: Labels
    firm_ids: npt.NDArray[np.object_]
    origin: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(cls, parts: Sequence["PooledOutcomes"]) -> "PooledOutcomes":
        """Put several origins under each other."""
        return cls(
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.firm_ids for part in parts]),
            np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
        )

    def pooled(self, mask: npt.NDArray[np.bool_]) -> "PooledOutcomes":
        """Return the rows under a mask, all origins taken as one."""
        return PooledOutcomes(self.labels[mask], self.firm_ids[mask], np.zeros(int(mask.sum()), np.int64))

    def has_both(self, rows: Rows) -> bool:
        """Say whether there are successes and failures at every origin among some rows."""
        origins = int(self.origin.max()) + 1
        all_rows = np.bincount(self.origin[rows], minlength=origins)
        successes = np.bincount(self.origin[rows], self.labels[rows], minlength=origins)
        return bool(((successes > 0) & (successes < all_rows)).all())
