"""Distance from a set of sectors to the nearest of many combinations, without comparing the set with each of them."""

import numpy as np
import numpy.typing as npt

from littlegiants.features.population.groups import Codes, Keys, following
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.ragged import Ragged

# A combination of eight sectors has 255 subsets; every sector more would double them.
LARGEST = 8


class Combinations:
    """Combinations of sectors, ready to tell the largest Jaccard similarity of a set with any of them.

    The most similar combination shares some subset with the set, and of all that hold this subset none is smaller: it
    would be more similar still. So the size of the smallest combination that holds each subset is all there is to know.
    A subset is numbered by the number of the subset without its last sector and by that sector, size by size.

    Parameters
    ----------
    combinations
        Sectors in alphabetical order, joined by ``;``. Those of more than `LARGEST` sectors are left out.

    Examples
    --------
    >>> known = Combinations(np.array(["ai;bio", "web"], object))
    >>> known.similarity(Ragged.from_text(np.array(["ai;bio;web", "ai", "chips"], object)))
    array([0.66666667, 0.5       , 0.        ])
    """

    def __init__(self, combinations: Keys) -> None:
        lists = Ragged.from_text(combinations)
        lists = lists.take(np.flatnonzero(lists.lengths <= LARGEST))
        self._codes = {name: code for code, name in enumerate(lists.vocabulary)}
        self._width = max(len(self._codes), 1)
        self._levels: list[tuple[Codes, Floats]] = []
        sizes, ends = lists.lengths[lists.rows()], np.repeat(lists.bounds[1:], lists.lengths)
        index, key = np.arange(len(lists.codes)), lists.codes.astype(np.int64)
        while len(key):
            keys, number = np.unique(key, return_inverse=True)
            smallest = np.full(len(keys), np.inf)
            np.minimum.at(smallest, number, sizes[index])
            self._levels.append((keys, smallest))
            shorter, index = following(index, ends)
            key = number[shorter] * self._width + lists.codes[index]

    def similarity(self, lists: Ragged) -> Floats:
        """Return each list's largest Jaccard similarity with any of the combinations; 0 where nothing is shared."""
        wanted = np.array([self._codes.get(name, -1) for name in lists.vocabulary], np.int64)
        codes, rows, ends = wanted[lists.codes], lists.rows(), np.repeat(lists.bounds[1:], lists.lengths)
        best = np.zeros(len(lists.lengths))
        index, key = np.arange(len(codes)), codes
        for shared, (keys, smallest) in enumerate(self._levels, start=1):
            found, number = _find(keys, key)
            index, number = index[found], number[found]
            if not len(index):
                break
            row = rows[index]
            np.maximum.at(best, row, shared / (lists.lengths[row] + smallest[number] - shared))
            shorter, index = following(index, ends)
            known = codes[index] >= 0
            index = index[known]
            key = number[shorter[known]] * self._width + codes[index]
        return best


def _find(keys: Codes, wanted: Codes) -> tuple[npt.NDArray[np.bool_], Codes]:
    """Return which of the wanted are among the keys, which ascend, and their indices."""
    index = np.minimum(keys.searchsorted(wanted), len(keys) - 1)
    return keys[index] == wanted, index
