"""Sector breadth: how many fields a firm joins, how rarely they are joined, and whether its region lives from them.

Breakthroughs come where fields meet, and a region's rigid specialisation may hurt as well as help. Rarity and
specialisation compare a firm with the population's firms known by the last month that had ended.
"""

import numpy as np
import numpy.typing as npt

from littlegiants.features.groups import group_keys
from littlegiants.features.snapshot import Floats, Snapshot, ratio


def sector_mean(s: Snapshot, rows: npt.NDArray[np.int64], values: Floats) -> Floats:
    """Return the mean of values of a firm's sectors (``rows`` says whose each is), NaN ones left out; NaN for none."""
    stated = ~np.isnan(values)
    total: Floats = np.bincount(rows[stated], values[stated], minlength=len(s)).astype(np.float64)
    return ratio(total, np.bincount(rows[stated], minlength=len(s)).astype(np.float64))


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
    rows, names = group_keys(s.sectors, s.text("region"))["combination"]
    same = s.population.count("firms_by_combination", names, s.as_of)
    everyone = s.population.count("firms_by_all", np.full(len(rows), "all", object), s.as_of)
    out = np.full(len(s), np.nan)
    out[rows] = -np.log(ratio(same + 1, everyone + 1))
    return out


def cluster_quotient(s: Snapshot) -> Floats:
    """Location quotient: a sector's share of the region's firms over its share of all, mean of the firm's sectors.

    Unit: ratio, 1 where the region is as the whole. Window: firms known by the last ended month. Missing: no sector or
    region stated, or none of the population's.
    Source: Delgado, Porter and Stern (2010), clusters and entrepreneurship.
    """
    regions = s.text("region")
    groups = group_keys(s.sectors, regions)
    (rows, sectors), (placed, pairs) = groups["sector"], groups["sector_region"]
    sectors, regions = sectors[regions[rows] != ""], regions[placed]
    count, everyone = s.population.count, np.full(len(placed), "all", object)
    local = ratio(count("firms_by_sector_region", pairs, s.as_of), count("firms_by_region", regions, s.as_of))
    overall = ratio(count("firms_by_sector", sectors, s.as_of), count("firms_by_all", everyone, s.as_of))
    return sector_mean(s, placed, ratio(local, overall))


COLUMNS = (
    sector_count,
    sector_rarity,
    cluster_quotient,
)
