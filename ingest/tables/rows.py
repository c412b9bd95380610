"""One table's used rows: columnar, immutable, all versions of every row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.tables.days import NEVER, Days
from littlegiants.ingest.tables.ragged import Ragged

Values = npt.NDArray[np.generic] | Ragged


@dataclass(frozen=True, slots=True)
class Rows:
    """One table's used rows, sorted by firm and day: columnar, immutable, all versions of every row.

    A row is what is known from ``known`` (inclusive) until ``superseded`` (exclusive); ``firm`` is a code, the other
    three are day numbers since 1970-01-01, all int32. Money is whole US cents as float64, choices and text are int32
    codes (-1 where missing), and ``vocabularies`` names the codes of text.
    """

    firm: npt.NDArray[np.int32]
    day: Days
    known: Days
    superseded: Days
    columns: Mapping[str, Values]
    vocabularies: Mapping[str, npt.NDArray[np.object_]]

    def __len__(self) -> int:
        return len(self.firm)

    def take(self, rows: npt.NDArray[np.int64] | slice, first_firm: int = 0) -> "Rows":
        """Return some rows, their firms renumbered from ``first_firm``."""
        index = np.arange(*rows.indices(len(self))) if isinstance(rows, slice) else rows
        return Rows(
            self.firm[rows] - np.int32(first_firm),
            self.day[rows],
            self.known[rows],
            self.superseded[rows],
            {name: v.take(index) if isinstance(v, Ragged) else v[rows] for name, v in self.columns.items()},
            self.vocabularies,
        )

    def known_by(self, day: int) -> "Rows":
        """Return the rows known by the end of a day, without what is learned of them later."""
        some = self.take(np.flatnonzero(self.known <= day))
        return replace(some, superseded=np.where(some.superseded > day, NEVER, some.superseded).astype(np.int32))

    def digest(self, update: Callable[[bytes], None]) -> None:
        """Feed everything the rows say to a hash; texts that no row uses do not count."""
        for column in (self.firm, self.day, self.known, self.superseded):
            update(column.tobytes())
        for name, values in sorted(self.columns.items()):
            update(f"\0{name}\0".encode())
            if isinstance(values, Ragged):
                update(values.bounds.tobytes())
                _digest_codes(values.codes, values.vocabulary, update)
            elif name in self.vocabularies:
                _digest_codes(values, self.vocabularies[name], update)
            else:
                update(values.tobytes())


def _digest_codes(
    codes: npt.NDArray[np.generic], vocabulary: npt.NDArray[np.object_], update: Callable[[bytes], None]
) -> None:
    used = np.unique(codes)
    update("\0".join(vocabulary[used[used >= 0]]).encode())
    update(b"\0\0" + np.searchsorted(used[used >= 0], codes).astype(np.int32).tobytes())
    update((codes == -1).tobytes())
