"""The groups of firms that a population is counted by: sectors, regions, and combinations of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows

Keys = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int64]
SEPARATOR = "\x1f"
# The one group that every firm is in.
EVERYONE: Keys = np.array(["all"], object)
# The pairs of a longer list grow with its square and say little: a firm in every sector joins none of them.
MOST_PAIRED = 24
# Below this, finding the distinct names costs more than looking up each of them.
_FEW = 64


@dataclass(frozen=True, slots=True)
class Groups:
    """One way of grouping: row ``rows[i]`` is in the group ``names[code[i]]``; rows ascend.

    Text is made once for each group and not for each firm; a name may stand twice.
    """

    rows: Codes
    code: Codes
    names: Keys

    def keys(self) -> Keys:
        """Return the name of each member's group."""
        return self.names[self.code]


def keys_of(firms: Rows) -> dict[str, Groups]:
    """Return each way of grouping the rows of the firms table.

    A firm with three sectors is in three ``sector`` groups, three ``sector_pair`` groups, and in one ``combination``;
    one with more than 24 is in no pair.
    """
    sectors, region = firms.columns["sectors"], firms.columns["region"]
    assert isinstance(sectors, Ragged)  # noqa: S101 - narrows the type; sectors is a list column
    assert isinstance(region, np.ndarray)  # noqa: S101 - narrows the type; regions are text columns
    return group_keys(sectors, two_of(sectors), region.astype(np.int64), firms.vocabularies["region"])


def group_keys(sectors: Ragged, pairs: tuple[Codes, Codes], region: Codes, regions: Keys) -> dict[str, Groups]:
    """Return each way of grouping firms; see `keys_of`.

    Parameters
    ----------
    sectors
        The sectors of each firm.
    pairs
        `two_of` the sectors.
    region : ndarray of int64, shape (firms,)
        Code of each firm's region, -1 for none.
    regions
        The vocabulary of these codes.
    """
    names, codes, rows = sectors.vocabulary, sectors.codes.astype(np.int64), sectors.rows()
    sector, used = _distinct(codes)
    located = (region >= 0).nonzero()[0]
    location, used_regions = _distinct(region[located])
    of_row = region[rows]
    both = (of_row >= 0).nonzero()[0]
    several = sectors.lengths.nonzero()[0]
    combination, examples = _distinct_lists(sectors, several)
    one, other = pairs
    return {
        "sector": Groups(rows, sector, names[used]),
        "region": Groups(located, location, regions[used_regions]),
        "sector_region": _joined(rows[both], codes[both], names, of_row[both], regions),
        "sector_pair": _joined(rows[one], codes[one], names, codes[other], names),
        "combination": Groups(several, combination, sectors.take(examples).joined()),
    }


def _joined(rows: Codes, first: Codes, names: Keys, second: Codes, others: Keys) -> Groups:
    """Return the groups of rows by two codes at once."""
    width = max(len(others), 1)
    code, found = _distinct(first * width + second)
    return Groups(rows, code, names[found // width] + SEPARATOR + others[found % width])


def _distinct(codes: Codes) -> tuple[Codes, Codes]:
    """Return the index of each code among the distinct ones, and these."""
    if len(codes) <= _FEW:
        return np.arange(len(codes)), codes
    index, found = pd.factorize(codes)
    return index, found


def two_of(lists: Ragged) -> tuple[Codes, Codes]:
    """Return the indices of every two codes in one row, the earlier and the later; none for a longer row."""
    lengths = lists.lengths
    ends = np.repeat(np.where(lengths <= MOST_PAIRED, lists.bounds[1:], 0), lengths)
    return following(np.arange(len(lists.codes)), ends)


def following(indices: Codes, ends: Codes) -> tuple[Codes, Codes]:
    """Return, for each index of a flat array of rows, each later index of its row: the former's number and the latter.

    ``ends`` has the end of the row of every index there is.
    """
    later = np.maximum(ends[indices] - 1 - indices, 0)
    which = np.repeat(np.arange(len(indices)), later)
    before = np.cumsum(later) - later
    return which, indices[which] + 1 + np.arange(len(which)) - before[which]


def _distinct_lists(sectors: Ragged, rows: Codes) -> tuple[Codes, Codes]:
    """Return the index of each row's list among the distinct ones, and a row of each of these."""
    if len(rows) <= _FEW:
        return np.arange(len(rows)), rows
    index, examples = sectors.take(rows).distinct()
    return index, rows[examples]


def text_of(firms: Rows, name: str) -> Keys:
    """Return a text column of the firms table, empty where missing."""
    codes = firms.columns[name]
    assert isinstance(codes, np.ndarray)  # noqa: S101 - narrows the type; regions are text columns
    return np.append(firms.vocabularies[name], "")[codes.astype(np.int64)]
