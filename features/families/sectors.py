"""Sector breadth: how many fields a firm joins, how rarely they are joined, and whether its region lives from them.

Breakthroughs come where fields meet, and a region's rigid specialisation may hurt as well as help. Rarity, distance and
specialisation compare a firm with the population's firms as known by the last month that had ended.
"""

import math

import numpy as np
import pandas as pd

from littlegiants.features.asof.arithmetic import ratio, zero_filled
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.population.groups import MOST_PAIRED, SEPARATOR, Codes
from littlegiants.features.population.month_counts import Month
from littlegiants.features.population.nearest import Combinations
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.ragged import Ragged


def sector_mean(s: Snapshot, rows: Codes, values: Floats) -> Floats:
    """Return the mean of the values of each firm's sectors.

    Parameters
    ----------
    s
        The snapshot.
    rows : ndarray of int64, shape (k,)
        The firm that each value belongs to.
    values : ndarray of float64, shape (k,)
        NaN where missing.

    Returns
    -------
    ndarray of float64, shape (firms,)
        Missing values are left out; NaN for a firm without any.
    """
    means: Floats = sector_means(s, rows, values[np.newaxis])[0]
    return means


def sector_means(s: Snapshot, rows: Codes, values: Floats) -> Floats:
    """Return `sector_mean` for several kinds of values at once.

    Parameters
    ----------
    s, rows
        As of `sector_mean`.
    values : ndarray of float64, shape (kinds, k)
        One row for each kind.

    Returns
    -------
    ndarray of float64, shape (kinds, firms)
        NaN for a firm without any value of a kind.
    """
    kinds, firms = len(values), len(s)
    cell = (np.arange(kinds)[:, np.newaxis] * firms + rows).ravel()
    values = values.ravel()
    total = np.bincount(cell, zero_filled(values), kinds * firms).astype(np.float64, copy=False)
    stated = np.bincount(cell, ~np.isnan(values), kinds * firms).astype(np.float64, copy=False)
    means: Floats = ratio(total, stated).reshape(kinds, firms)
    return means


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


def sector_pair_rarity(s: Snapshot) -> Floats:
    """Rarity of the firm's rarest pair of sectors: log of the firms with both that chance gives, over those there are.

    Unit: nats, 0 where the pair is as frequent as its sectors' shares of the firms, multiplied, give, one firm added to
    either. Window: firms known by the last ended month. Missing: fewer than two or more than 24 sectors stated, or no
    two of the population's.
    Source: Uzzi, Mukherjee, Stringer and Jones (2013), atypical combinations; Fleming (2001), recombination.
    """
    pairs, sectors = s.groups["sector_pair"], s.groups["sector"]
    out = np.full(len(s), np.nan)
    if len(pairs.rows):
        one, other = s.sector_pairs
        firms = s.group_count("firms", "sector")[sectors.code]
        by_chance = ratio(firms[one] * firms[other], np.broadcast_to(_everyone(s), len(one)))
        found = s.group_count("firms", "sector_pair")[pairs.code]
        rarity = np.log(ratio(np.where(by_chance > 0, by_chance + 1, np.nan), found + 1))
        np.fmax.at(out, pairs.rows, rarity)
    return out


def success_distance(s: Snapshot) -> Floats:
    """Distance from the firm's sectors to the nearest successful combination: one with an IPO or acquisition.

    Unit: distance, 0 to 1; one less the Jaccard similarity, 0 where the same combination succeeded; a combination of
    more than eight sectors is near to itself only. Window: exits known by the last ended month. Missing: no sector or
    more than 24 stated, unless just these succeeded, or no exit known.
    Source: Kaplan and Vakili (2015), distant recombination; Hidalgo, Klinger, Barabási and Hausmann (2007), proximity.
    """
    combinations, sectors = s.groups["combination"], s.groups["sector"]
    out = np.full(len(s), np.nan)
    successful = s.month.made(_combinations)
    if successful is None or not len(combinations.rows):
        return out
    distance = np.where(s.group_count("exits", "combination") > 0, 0.0, np.nan)
    example = np.empty(len(distance), np.int64)
    example[combinations.code] = combinations.rows
    searched = np.flatnonzero(np.isnan(distance) & (s.sectors.lengths[example] <= MOST_PAIRED))
    if len(searched):
        named = Ragged(s.sectors.bounds, sectors.code.astype(np.int32), sectors.names)
        distance[searched] = 1 - successful.similarity(named.take(example[searched]))
    out[combinations.rows] = distance[combinations.code]
    return out


def _combinations(month: Month) -> Combinations | None:
    successful, _ = month.known_keys("exits_by_combination")
    return Combinations(successful) if len(successful) else None


def region_diversity(s: Snapshot) -> Floats:
    """Diversity of the firm's region: entropy of the sectors that the region's firms state.

    Unit: nats. Window: firms known by the last ended month. Missing: no region stated, or not one of the population's.
    Source: Jacobs (1969), the economy of cities; Glaeser, Kallal, Scheinkman and Shleifer (1992), growth in cities.
    """
    regions = s.groups["region"]
    out = np.full(len(s), np.nan)
    known = s.month.made(_diversity)
    out[regions.rows] = np.array([known.get(name, math.nan) for name in regions.names], np.float64)[regions.code]
    return out


def _diversity(month: Month) -> dict[str, float]:
    """Return the entropy of each region's sectors."""
    sectors_of_regions, firms = month.known_keys("firms_by_sector_region")
    region, names = pd.factorize(np.array([key.rpartition(SEPARATOR)[2] for key in sectors_of_regions], object))
    share = firms / np.bincount(region, firms)[region]
    return dict(zip(names, np.bincount(region, -share * np.log(share)), strict=True))


def cluster_firms(s: Snapshot) -> Floats:
    """Firms of a sector in the firm's region, mean of the firm's sectors.

    Unit: firms. Window: firms known by the last ended month. Missing: no sector or region stated, or no population.
    Source: Marshall (1890), industrial districts; Delgado, Porter and Stern (2010), clusters and entrepreneurship.
    """
    pairs = s.groups["sector_region"]
    return sector_mean(s, pairs.rows, s.group_count("firms", "sector_region")[pairs.code])


def cluster_quotient(s: Snapshot) -> Floats:
    """Location quotient: a sector's share of the region's firms over its share of all, mean of the firm's sectors.

    Unit: ratio, 1 where the region is as the whole. Window: firms known by the last ended month. Missing: no sector or
    region stated, or none of the population's.
    Source: Delgado, Porter and Stern (2010), clusters and entrepreneurship.
    """
    sectors, regions, pairs = s.groups["sector"], s.groups["region"], s.groups["sector_region"]
    in_region = np.full(len(s), np.nan)
    in_region[regions.rows] = s.group_count("firms", "region")[regions.code]
    local = ratio(s.group_count("firms", "sector_region")[pairs.code], in_region[pairs.rows])
    share = ratio(s.group_count("firms", "sector"), _everyone(s))[sectors.code]
    overall = share[s.coded("region")[0][sectors.rows] >= 0]
    return sector_mean(s, pairs.rows, ratio(local, overall))


def _everyone(s: Snapshot) -> Floats:
    return s.month.count("firms_by_all")[:1]


COLUMNS = (
    sector_count,
    sector_rarity,
    sector_pair_rarity,
    success_distance,
    cluster_quotient,
    cluster_firms,
    region_diversity,
)
