"""The groups of firms that a population is counted by: sectors, places, and both together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.ragged import Ragged
from littlegiants.features.rows import Rows

Keys = npt.NDArray[np.object_]
Codes = npt.NDArray[np.int64]
SEPARATOR = "\x1f"
# Below this, telling equal names apart costs more than looking each of them up.
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

    A firm with three sectors is in three ``sector`` groups, and in one ``combination``.
    """
    sectors, region = firms.columns["sectors"], firms.columns["region"]
    assert isinstance(sectors, Ragged)  # noqa: S101 - narrows the type; sectors is a list column
    assert isinstance(region, np.ndarray)  # noqa: S101 - narrows the type; places are text columns
    return group_keys(sectors, region.astype(np.int64), firms.vocabularies["region"])


def group_keys(sectors: Ragged, region: Codes, regions: Keys) -> dict[str, Groups]:
    """Return the groups of firms given their sectors and the codes of their regions (-1 for none); see `keys_of`."""
    rows, codes = sectors.rows(), sectors.codes.astype(np.int64)
    sector, used = _distinct(codes)
    placed = np.flatnonzero(region >= 0)
    place, places = _distinct(region[placed])
    both = region[rows] >= 0
    width = max(len(regions), 1)
    pair, pairs = _distinct(codes[both] * width + region[rows[both]])
    several = np.flatnonzero(sectors.lengths > 0)
    combination, examples = _distinct_lists(sectors, several)
    words = sectors.vocabulary
    return {
        "sector": Groups(rows, sector, words[used].astype(object)),
        "region": Groups(placed, place, regions[places]),
        "sector_region": Groups(
            rows[both], pair, words[pairs // width].astype(object) + SEPARATOR + regions[pairs % width]
        ),
        "combination": Groups(several, combination, sectors.take(examples).joined()),
    }


def _distinct(codes: Codes) -> tuple[Codes, Codes]:
    """Return the place of each code among the distinct ones, and these."""
    if len(codes) <= _FEW:
        return np.arange(len(codes)), codes
    place, found = pd.factorize(codes)
    return place, found


def _distinct_lists(sectors: Ragged, rows: Codes) -> tuple[Codes, Codes]:
    """Return the place of each row's list among the distinct ones, and a row of each of these."""
    if len(rows) <= _FEW:
        return np.arange(len(rows)), rows
    place, examples = sectors.take(rows).distinct()
    return place, rows[examples]


def text_of(firms: Rows, name: str) -> Keys:
    """Return a text column of the firms table, empty where missing."""
    codes = firms.columns[name]
    assert isinstance(codes, np.ndarray)  # noqa: S101 - narrows the type; places are text columns
    return np.append(firms.vocabularies[name], "")[codes.astype(np.int64)]
