"""Where investors invest and with whom: their part in the firm's sector and region, and their partners.

Deals are those of `littlegiants.features.families.investor_counts`: of other firms, and by age.
"""

import numpy as np

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.investor_counts import (
    USUAL_DEALS,
    best_of,
    deals_of,
    decayed,
    index_of,
    less_own,
    mean_of,
    months_known,
    own_weight,
)
from littlegiants.features.population.investors import find_sorted
from littlegiants.features.population.month_counts import Month
from littlegiants.ingest.arrays import Floats


def _by_sector(month: Month) -> Floats:
    return decayed(month, "deals_by_investor_sector")


def _by_region(month: Month) -> Floats:
    return decayed(month, "deals_by_investor_region")


def investor_sector_share(s: Snapshot) -> Floats:
    """Share of an investor's deals in the firm's sector, the one it knows best: the mean of the investors.

    Unit: share, 0 to 1. Window: life, by age. Missing: no investor named, no sector stated, or the population saw none.
    Source: Gompers, Kovner and Lerner (2009), specialization and success.
    """
    return mean_of(s, _specialised(s, "sector", s.month.made(_by_sector)))


def investor_region_share(s: Snapshot) -> Floats:
    """Share of an investor's deals in the firm's region: the mean of the investors.

    Unit: share, 0 to 1. Window: life, by age. Missing: no investor named, no region stated, or the population saw none.
    Source: Sorenson and Stuart (2001), syndication networks and the spatial distribution of venture capital.
    """
    return mean_of(s, _specialised(s, "region", s.month.made(_by_region)))


def _specialised(s: Snapshot, by: str, deals: Floats) -> Floats:
    """Return the share of an investor's deals in a group of its firm, as if it had five more outside; NaN for none."""
    pairs, groups = s.investor_pairs, s.groups[by]
    low, high = np.searchsorted(groups.rows, pairs.firm, "left"), np.searchsorted(groups.rows, pairs.firm, "right")
    sizes = high - low
    pair = np.repeat(np.arange(len(pairs.firm)), sizes)
    member = np.arange(len(pair)) + np.repeat(low - (np.cumsum(sizes) - sizes), sizes)
    numbers, packed, order = s.population.investor_groups[by]
    number = np.array([numbers.get(name, -1) for name in groups.names], np.int64)
    investor, group = index_of(s)[pair], number[groups.code[member]]
    place, there = find_sorted(packed, np.where((investor < 0) | (group < 0), -1, investor * len(numbers) + group))
    found = deals[np.where(there, np.append(order, -1)[place], -1)]
    most = np.full(len(pairs.firm), np.nan)
    np.fmax.at(most, pair, found)
    others = less_own(most, own_weight(s, pairs.known))
    return others / (deals_of(s) + USUAL_DEALS)


def investor_partners_best(s: Snapshot) -> Floats:
    """Partners of the best connected investor over the mean: investors of one round within five years, of other firms.

    Unit: ratio. Window: 5 years. Missing: no investor named, or the population saw no two in one round.
    Source: Hochberg, Ljungqvist and Lu (2007), whom you know matters: degree in the syndication network.
    """
    return best_of(s, _partners(s))


def investor_partners_mean(s: Snapshot) -> Floats:
    """Mean partners of the investors over the population's mean, as `investor_partners_best`.

    Unit: ratio. Window: 5 years. Missing: no investor named, or the population saw no two in one round.
    Source: Hochberg, Ljungqvist and Lu (2007), whom you know matters: degree in the syndication network.
    """
    return mean_of(s, _partners(s))


def _partners(s: Snapshot) -> Floats:
    return s.shared(_other_partners)


def _other_partners(s: Snapshot) -> Floats:
    """Return the partners of each pair's investor over the mean, less all others who back the firm."""
    firm = s.investor_pairs.firm
    together = np.bincount(firm[months_known(s, s.investor_pairs.known) >= 0], minlength=len(s)).astype(np.float64)
    return less_own(s.month.count("partners_by_investor")[index_of(s)], together[firm] - 1) / s.month.made(
        _usual_partners
    )


def _usual_partners(month: Month) -> float:
    partners = month.count("partners_by_investor")
    connected = partners[partners > 0]
    return float(connected.mean()) if len(connected) else np.nan


COLUMNS = (
    investor_sector_share,
    investor_region_share,
    investor_partners_best,
    investor_partners_mean,
)
