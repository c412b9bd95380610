"""The groups of firms that a population is counted by: sectors, places, and both together."""

import numpy as np
import numpy.typing as npt

from littlegiants.features.ragged import Ragged
from littlegiants.features.rows import Rows

Keys = npt.NDArray[np.object_]
SEPARATOR = "\x1f"


def keys_of(firms: Rows) -> dict[str, tuple[npt.NDArray[np.int64], Keys]]:
    """Return, for each way of grouping, the rows of the firms table and the group each is in (ascending by row).

    A firm with three sectors is in three ``sector`` groups, and in one ``combination``.
    """
    sectors = firms.columns["sectors"]
    assert isinstance(sectors, Ragged)  # noqa: S101 - narrows the type; sectors is a list column
    return group_keys(sectors, text_of(firms, "region"))


def group_keys(sectors: Ragged, region: Keys) -> dict[str, tuple[npt.NDArray[np.int64], Keys]]:
    """Return the groups of firms given their sectors and regions; see `keys_of`."""
    rows, tokens = sectors.rows(), sectors.vocabulary[sectors.codes].astype(object)
    placed = np.flatnonzero(region != "")
    both = region[rows] != ""
    several = np.flatnonzero(sectors.lengths > 0)
    return {
        "sector": (rows, tokens),
        "region": (placed, region[placed]),
        "sector_region": (rows[both], tokens[both] + SEPARATOR + region[rows[both]]),
        "combination": (several, sectors.joined()[several]),
    }


def text_of(firms: Rows, name: str) -> Keys:
    """Return a text column of the firms table, empty where missing."""
    codes = firms.columns[name]
    assert isinstance(codes, np.ndarray)  # noqa: S101 - narrows the type; places are text columns
    return np.append(firms.vocabularies[name], "")[codes.astype(np.int64)]
