"""Sector breadth: how many fields a firm joins, how rarely they are joined, and whether its region lives from them.

Breakthroughs come where fields meet, and a region's rigid specialisation may hurt as well as help. Rarity and
specialisation compare a firm with the population's firms known by the last month that had ended.
"""

import numpy as np
import numpy.typing as npt

from littlegiants.features.population import EVERYONE
from littlegiants.features.snapshot import Floats, Snapshot, ratio


def sector_mean(s: Snapshot, rows: npt.NDArray[np.int64], values: Floats) -> Floats:
    """Return the mean of values of a firm's sectors (``rows`` says whose each is), NaN ones left out; NaN for none."""
    stated = ~np.isnan(values)
    total: Floats = np.bincount(rows, np.where(stated, values, 0.0), minlength=len(s)).astype(np.float64, copy=False)
    return ratio(total, np.bincount(rows, stated, minlength=len(s)).astype(np.float64, copy=False))


def sector_count(s: Snapshot) -> Floats:
    """Sectors the firm states.

    Unit: count. Window: as known. Missing: no sector stated.
    Source: Zuckerman (1999) and Hsu (2006), how audiences value those that span categories.
    """
    lengths = s.sectors.lengths
    return np.where(lengths > 0, lengths.astype(np.float64), np.nan)


def sector_rarity(s: Snapshot) -> Floats:
    """Rarity of the firm's combination of sectors: minus the log of the share of firms with exactly it, one firm added.

    Unit: nats. Window: firms known by the last ended month. Missing: no sector stated, or no population.
    Source: Uzzi, Mukherjee, Stringer and Jones (2013), atypical combinations; Fleming (2001), recombination.
    """
    combinations = s.groups["combination"]
    rarity = -np.log(ratio(s.group_count("firms", "combination") + 1, _everyone(s) + 1))
    out = np.full(len(s), np.nan)
    out[combinations.rows] = rarity[combinations.code]
    return out


def cluster_quotient(s: Snapshot) -> Floats:
    """Location quotient: a sector's share of the region's firms over its share of all, mean of the firm's sectors.

    Unit: ratio, 1 where the region is as the whole. Window: firms known by the last ended month. Missing: no sector or
    region stated, or none of the population's.
    Source: Delgado, Porter and Stern (2010), clusters and entrepreneurship.
    """
    sectors, places, pairs = s.groups["sector"], s.groups["region"], s.groups["sector_region"]
    in_region = np.full(len(s), np.nan)
    in_region[places.rows] = s.group_count("firms", "region")[places.code]
    local = ratio(s.group_count("firms", "sector_region")[pairs.code], in_region[pairs.rows])
    share = ratio(s.group_count("firms", "sector"), _everyone(s))[sectors.code]
    overall = share[s.coded("region")[0][sectors.rows] >= 0]
    return sector_mean(s, pairs.rows, ratio(local, overall))


def _everyone(s: Snapshot) -> Floats:
    return s.shared("everyone", lambda: s.population.count("firms_by_all", EVERYONE, s.as_of))


COLUMNS = (
    sector_count,
    sector_rarity,
    cluster_quotient,
)
