"""What a population knew by the end of one month: each count as a vector over all keys, so that a lookup is one index.

The as-of month is the same for a whole portfolio; what is made of its counts is made once.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from littlegiants.features.population.groups import Codes, Keys
from littlegiants.ingest.arrays import Floats

T = TypeVar("T")


class Month:
    """A population's counts at the end of one month.

    Parameters
    ----------
    count
        Gives the count of every key of a statistic's grouping, some months back.
    indices
        For each grouping, the index of each key that the population ever counted anything for.
    number
        The month, since 1970-01.
    """

    def __init__(
        self, count: Callable[[str, int], Floats], indices: Mapping[str, Mapping[str, int]], number: int = 0
    ) -> None:
        self.number = number
        self._count = count
        self._indices = indices
        self._counts: dict[tuple[str, int], Floats] = {}
        self._made: dict[object, object] = {}

    def count(self, statistic: str, months_back: int = 0) -> Floats:
        """Return the count of every key, by its index, and 0 for one index more, where an unseen key is looked up.

        NaN throughout when the population had not observed the statistic by this month.
        """
        found = self._counts.get((statistic, months_back))
        if found is None:
            found = self._counts[statistic, months_back] = self._count(statistic, months_back)
        return found

    def known_keys(self, statistic: str) -> tuple[Keys, Floats]:
        """Return the keys that count anything, ascending, and their counts."""
        counts = self.count(statistic)[:-1]
        some = (counts > 0).nonzero()[0]
        return self.keys(statistic.rpartition("_by_")[2])[some], counts[some]

    def keys(self, by: str) -> Keys:
        """Return every key of a grouping, ascending."""
        return np.array(list(self._indices.get(by, ())), object)

    def indices(self, by: str, names: Keys) -> Codes:
        """Return the index of each of the names among the keys of a grouping, -1 for one never seen."""
        find = self._indices.get(by, {}).get
        return np.array([find(name, -1) for name in names], np.int64)

    def made(self, make: Callable[["Month"], T]) -> T:
        """Return ``make(month)``, computed once."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[return-value]
