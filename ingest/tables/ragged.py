"""Lists inside rows (sectors, patent classes) as one flat array of codes with row bounds."""

from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True, slots=True)
class Ragged:
    """Row ``i`` holds ``codes[bounds[i]:bounds[i + 1]]``, ascending, without repeats; ``vocabulary`` names the codes.

    Examples
    --------
    >>> ragged = Ragged.from_text(np.array(["web; Mobile;web", "", "mobile"], object))
    >>> list(ragged.vocabulary), ragged.codes.tolist(), ragged.bounds.tolist()
    (['mobile', 'web'], [0, 1, 0], [0, 2, 2, 3])
    >>> ragged.take(np.array([2, 0])).codes.tolist()
    [0, 0, 1]
    """

    bounds: npt.NDArray[np.int64]
    codes: npt.NDArray[np.int32]
    vocabulary: npt.NDArray[np.object_]

    @classmethod
    def from_text(cls, text: npt.NDArray[np.object_]) -> "Ragged":
        """Split ``;``-separated text; tokens are stripped and case-folded so that spelling does not make sectors."""
        # The same few lists recur in most rows, so splitting is paid once for each distinct text.
        number = {item: index for index, item in enumerate(dict.fromkeys(text.tolist()))}
        rows = np.fromiter(map(number.__getitem__, text), np.int64, len(text))
        lists = [sorted({t.strip().casefold() for t in item.split(";")} - {""}) for item in number]
        vocabulary = np.array(sorted({token for tokens in lists for token in tokens}), object)
        code = {token: number for number, token in enumerate(vocabulary)}
        each = cls(
            np.array([0, *accumulate(map(len, lists))], np.int64),
            np.array([code[token] for tokens in lists for token in tokens], np.int32),
            vocabulary,
        )
        return each.take(rows)

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Return the number of codes in each row."""
        return self.bounds[1:] - self.bounds[:-1]

    def rows(self) -> npt.NDArray[np.int64]:
        """Return the row that each code belongs to."""
        return np.repeat(np.arange(len(self.bounds) - 1), self.lengths)

    def take(self, rows: npt.NDArray[np.int64]) -> "Ragged":
        """Return the given rows, in the order given."""
        if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and (rows[1:] > rows[:-1]).all():
            # Neighbours, as a chunk of the firms has them: nothing to gather.
            bounds = self.bounds[rows[0] : rows[-1] + 2]
            return Ragged(bounds - bounds[0], self.codes[bounds[0] : bounds[-1]], self.vocabulary)
        starts = self.bounds[rows]
        lengths = self.bounds[rows + 1] - starts
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        gather = np.repeat(starts - bounds[:-1], lengths) + np.arange(bounds[-1])
        return Ragged(bounds, self.codes[gather], self.vocabulary)

    def distinct(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return a number for each row that rows with the same codes share, and one row of each number."""
        number, made, width, lengths = np.zeros(len(self.lengths), np.int64), 1, len(self.vocabulary), self.lengths
        for position in range(int(lengths.max(initial=0))):
            longer = np.flatnonzero(lengths > position)
            code, prefixes = pd.factorize(number[longer] * width + self.codes[self.bounds[longer] + position])
            number[longer] = code + made
            made += len(prefixes)
        number, numbers = pd.factorize(number)
        one = np.empty(len(numbers), np.int64)
        one[number] = np.arange(len(number))
        return number, one

    def joined(self) -> npt.NDArray[np.object_]:
        """Return each row's tokens as one ``;``-separated text."""
        tokens = self.vocabulary[self.codes]
        return np.array([";".join(tokens[low:high]) for low, high in pairwise(self.bounds)], object)
