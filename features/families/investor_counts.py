"""What the population counts by investor, less the firm itself: deals, and the best and the mean of a firm's investors.

Whatever is known of an investor is known by the last month that had ended. A deal is a firm backed; it counts half when
the population has known it for five years and a quarter after ten.
"""

import numpy as np

from littlegiants.features.asof.arithmetic import ratio
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.population.groups import Codes
from littlegiants.features.population.investors import starts_of
from littlegiants.features.population.month_counts import Month
from littlegiants.ingest.arrays import Floats

# Shares are shrunk as if an investor had so many usual deals more.
USUAL_DEALS = 5.0
_FIVE_YEARS, _TEN_YEARS = 60, 120  # months


def index_of(s: Snapshot) -> Codes:
    """Return the index of each pair's investor in the counts of the month, -1 for one the population never saw."""
    return s.shared(_indices)


def _indices(s: Snapshot) -> Codes:
    return s.month.indices("investor", s.investor_pairs.keys)[s.investor_pairs.investor]


def decayed(month: Month, statistic: str) -> Floats:
    """Return the counts of every key, those known for five years by half and those for ten by a quarter."""
    return month.count(statistic) - month.count(statistic, _FIVE_YEARS) / 2 - month.count(statistic, _TEN_YEARS) / 4


def deals_of_all(month: Month) -> Floats:
    """Return the deals of every investor."""
    return decayed(month, "deals_by_investor")


def months_known(s: Snapshot, days: Codes) -> Codes:
    """Return for how many months the population has known what is known since each day; below 0 for not yet."""
    return s.month.number - days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def own_weight(s: Snapshot, days: Codes) -> Floats:
    """Return by how much each pair counts itself among what is known since its day."""
    months = months_known(s, days)
    return (months >= 0) - (months >= _FIVE_YEARS) / 2 - (months >= _TEN_YEARS) / 4


def less_own(counts: Floats, own: Floats) -> Floats:
    """Return counts without the firm's own part, of which there may be none: the population may not know the firm."""
    return np.maximum(counts - own, 0.0)


def deals_of(s: Snapshot) -> Floats:
    """Return the deals of each pair's investor in other firms."""
    return s.shared(_other_deals)


def _other_deals(s: Snapshot) -> Floats:
    return less_own(s.month.made(deals_of_all)[index_of(s)], own_weight(s, s.investor_pairs.known))


def best_of(s: Snapshot, values: Floats) -> Floats:
    """Return the greatest of each firm's values, one for each of its investors; NaN for none."""
    firm = s.investor_pairs.firm
    out = np.full(len(s), np.nan)
    if len(firm):
        starts = starts_of(firm)
        out[firm[starts]] = np.fmax.reduceat(values, starts)
    return out


def mean_of(s: Snapshot, values: Floats) -> Floats:
    """Return the mean of each firm's values, one for each of its investors; NaN for none."""
    firm = s.investor_pairs.firm
    count = np.bincount(firm, minlength=len(s)).astype(np.float64)
    return ratio(np.bincount(firm, values, len(s)).astype(np.float64), count)
