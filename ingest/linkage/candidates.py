"""Pairs of names that are worth comparing, and their similarity, in nearly linear time."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.entities.names import is_han

Ints = npt.NDArray[np.int64]
EXACT = 100.0
# Every name in a block is compared with every other; what so many share ("american", "techno") tells nothing.
_MOST_PAIRS_OF_A_BLOCK = 20_000
# Bounds the memory: about 200 bytes a pair while it is looked at.
_PAIRS_AT_ONCE = 500_000
# "General Power" and "Power General" are two firms more often than one.
_REORDERED = 6.0
_START, _EDGE, _HAN_EDGE = 5, 6, 3
_SHORTEST_WORD = 3
_FILLERS = frozenset("and of the for in de la le les des du et und fur der di".split())


def find_candidates(left: Sequence[str], right: Sequence[str], floor: float) -> pd.DataFrame:
    """Return the pairs of different keys that may be one name.

    Two keys are compared when they share the first five letters of a word, or six letters (three Chinese characters) at
    either end, blanks aside; blocks of more than 20,000 pairs are left out.

    Parameters
    ----------
    left, right
        Distinct keys of each side, as `littlegiants.ingest.entities.names.match_key` makes them.
    floor
        Least similarity, 0 to 100.

    Returns
    -------
    pandas.DataFrame
        ``left, right`` (positions in the sequences) and ``similarity``, ordered by both.
    """
    keys = np.array(left, object), np.array(right, object)
    parts = [pd.DataFrame({"left": np.zeros(0, np.int64), "right": np.zeros(0, np.int64), "similarity": np.zeros(0)})]
    for a, b in _pairs_of_blocks(*_blocks(left, right)):
        a, b = _roughly_alike(keys[0], keys[1], a, b, floor)
        alike = similarity(keys[0][a], keys[1][b])
        kept = alike >= floor
        parts.append(pd.DataFrame({"left": a[kept], "right": b[kept], "similarity": alike[kept]}))
    pairs = pd.concat(parts, ignore_index=True).drop_duplicates(["left", "right"])
    return pairs.sort_values(["left", "right"], ignore_index=True)


def similarity(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> Floats:
    """Return how alike keys are, pair by pair: 100 for equal ones, 0 where a number or a whole word is missing.

    Otherwise the mean of two normalised Indel similarities, of the keys without blanks and of the words that only one
    of them has; fillers such as "of" aside. So a slip of the pen costs little and another word costs much. Words in
    another order cost six points.
    """
    glued = _glued_similarity(one, other)
    out = np.array([_of_words(a, b, whole) for a, b, whole in zip(one, other, glued, strict=True)], np.float64)
    return np.where(one == other, EXACT, np.minimum(out, np.nextafter(EXACT, 0)))


def _of_words(one: str, other: str, glued: float) -> float:
    left, right = Counter(one.split()), Counter(other.split())
    alone = [[word for word in (a - b).elements() if word not in _FILLERS] for a, b in ((left, right), (right, left))]
    if any(word.isdigit() for words in alone for word in words):
        return 0.0
    if not alone[0] and not alone[1]:
        return glued
    if not alone[0] or not alone[1]:
        return 0.0
    # Blanks do not count: "nano tech" is "nanotech".
    return (glued + float(fuzz.ratio("".join(alone[0]), "".join(alone[1])))) / 2


def _glued_similarity(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> Floats:
    if not len(one):
        return np.zeros(0)
    plain = [[key.replace(" ", "") for key in keys] for keys in (one, other)]
    sorted_words = process.cpdist(one, other, scorer=fuzz.token_sort_ratio, dtype=np.float64)
    return np.asarray(
        np.maximum(process.cpdist(*plain, scorer=fuzz.ratio, dtype=np.float64), sorted_words - _REORDERED)
    )


def _roughly_alike(
    left: npt.NDArray[np.object_], right: npt.NDArray[np.object_], a: Ints, b: Ints, floor: float
) -> tuple[Ints, Ints]:
    different = left[a] != right[b]
    a, b = a[different], b[different]
    alike = _glued_similarity(left[a], right[b]) >= floor
    return a[alike], b[alike]


def _blocks(left: Sequence[str], right: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the blocks of each side, as numbers: columns ``block, key``, ordered by both."""
    sides = []
    for keys in (left, right):
        rows = [(block, index) for index, key in enumerate(keys) for block in _blocks_of(key)]
        sides.append(pd.DataFrame(rows, columns=["block", "key"]).astype({"block": "str", "key": "int64"}))
    codes, _ = pd.factorize(pd.concat([side["block"] for side in sides]), sort=True)
    ends = np.split(codes, [len(sides[0])])
    numbered = [side.assign(block=end).sort_values(["block", "key"]) for side, end in zip(sides, ends, strict=True)]
    return numbered[0], numbered[1]


def _blocks_of(key: str) -> set[str]:
    glued = key.replace(" ", "")
    edge = _HAN_EDGE if is_han(key) else _EDGE
    words = (word[:_START] for word in key.split() if len(word) >= _SHORTEST_WORD and word not in _FILLERS)
    return {f"^{glued[:edge]}", f"{glued[-edge:]}$", *words}


def _pairs_of_blocks(left: pd.DataFrame, right: pd.DataFrame) -> Iterator[tuple[Ints, Ints]]:
    """Give all pairs within each block, some blocks at a time."""
    sides = [(side["block"].to_numpy(np.int64), side["key"].to_numpy(np.int64)) for side in (left, right)]
    shared = np.intersect1d(sides[0][0], sides[1][0])
    starts = [np.searchsorted(block, shared) for block, _ in sides]
    counts = [np.searchsorted(block, shared, "right") - start for (block, _), start in zip(sides, starts, strict=True)]
    sizes = counts[0] * counts[1]
    small = np.flatnonzero(sizes <= _MOST_PAIRS_OF_A_BLOCK)
    for some in np.split(small, np.flatnonzero(np.diff(np.cumsum(sizes[small]) // _PAIRS_AT_ONCE)) + 1):
        size, width = sizes[some], np.maximum(counts[1][some], 1)
        inside = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        a = np.repeat(starts[0][some], size) + inside // np.repeat(width, size)
        b = np.repeat(starts[1][some], size) + inside % np.repeat(width, size)
        pairs = pd.DataFrame({"a": sides[0][1][a], "b": sides[1][1][b]}).drop_duplicates()
        yield pairs["a"].to_numpy(np.int64), pairs["b"].to_numpy(np.int64)
