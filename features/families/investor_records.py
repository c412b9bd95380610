"""Records of investors: what became of the other firms that they backed.

An investor's record is what the population knew by the last month that had ended, less what it knew of the very firm:
a firm's own rounds and exit say nothing here. A deal is a firm backed; it counts half when the population has known it
for five years and a quarter after ten. Shares are shrunk to the share of all deals, as if an investor had five usual
deals more. An investor whom the population never saw has no deals.
"""

import numpy as np

from littlegiants.features.asof.arithmetic import ratio
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.investor_counts import (
    USUAL_DEALS,
    best_of,
    deals_of,
    deals_of_all,
    decayed,
    index_of,
    less_own,
    mean_of,
    months_known,
    own_weight,
)
from littlegiants.features.population.groups import Codes
from littlegiants.features.population.investors import find_sorted, starts_of
from littlegiants.features.population.month_counts import Month
from littlegiants.ingest.arrays import Floats

_TWO_YEARS = 24  # months


def _followed_of_all(month: Month) -> Floats:
    return decayed(month, "followed_by_investor")


def _exits_of_all(month: Month) -> Floats:
    return decayed(month, "exits_by_investor")


def _followed(s: Snapshot) -> Floats:
    return s.shared(_other_followed)


def _other_followed(s: Snapshot) -> Floats:
    followed = less_own(s.month.made(_followed_of_all)[index_of(s)], own_weight(s, s.investor_pairs.followed))
    # Without rounds nothing tells which of the investor's firms is this one.
    return _shrunk(s, followed, s.month.made(_usual_followed)) if s.rounds.observed else np.full(len(followed), np.nan)


def _exits(s: Snapshot) -> Floats:
    return s.shared(_other_exits)


def _other_exits(s: Snapshot) -> Floats:
    exits = less_own(s.month.made(_exits_of_all)[index_of(s)], own_weight(s, s.investor_pairs.exited))
    return _shrunk(s, exits, s.month.made(_usual_exits))


def _usual_followed(month: Month) -> float:
    return _share_of_all(month.made(_followed_of_all), month.made(deals_of_all))


def _usual_exits(month: Month) -> float:
    return _share_of_all(month.made(_exits_of_all), month.made(deals_of_all))


def _share_of_all(part: Floats, deals: Floats) -> float:
    return float(ratio(part.sum(keepdims=True), deals.sum(keepdims=True))[0])


def _shrunk(s: Snapshot, part: Floats, usual: float) -> Floats:
    return (part + USUAL_DEALS * usual) / (deals_of(s) + USUAL_DEALS)


def _lead(s: Snapshot, values: Floats) -> Floats:
    """Return the value of each firm's lead investor; NaN for none."""
    out = np.full(len(s), np.nan)
    rows = s.shared(_leads)
    out[s.investor_pairs.firm[rows]] = values[rows]
    return out


def _leads(s: Snapshot) -> Codes:
    """Return the pair of each firm's last stated lead, or of its investor with the most deals."""
    firm = s.investor_pairs.firm
    order = np.lexsort((np.nan_to_num(deals_of(s)), _led(s), firm))
    return order[np.append(starts_of(firm[order])[1:], len(order)) - 1] if len(order) else order


def _led(s: Snapshot) -> Floats:
    """Return the last day on which each pair's investor is said to have led; -inf for none."""
    rows, pairs = s.investments.where(s.investments.number("lead") == 1), s.investor_pairs
    led = np.full(len(pairs.firm), -np.inf)
    if len(rows) and len(led):
        width = len(pairs.keys)
        wanted = rows.firm * width + pairs.of_name[rows.column("investor").astype(np.intp)]
        pair, there = find_sorted(pairs.firm * width + pairs.investor, wanted)
        np.maximum.at(led, pair[there], rows.day_number[there])
    return led


def investor_deals_best(s: Snapshot) -> Floats:
    """Deals of the investor with most of them.

    Unit: deals. Window: life, by age. Missing: no investor named, or the population saw none.
    Source: Sorensen (2007), how smart is smart money: experienced investors and public listings.
    """
    return best_of(s, deals_of(s))


def investor_deals_mean(s: Snapshot) -> Floats:
    """Mean number of deals of the investors.

    Unit: deals. Window: life, by age. Missing: no investor named, or the population saw none.
    Source: Sorensen (2007), how smart is smart money: experienced investors and public listings.
    """
    return mean_of(s, deals_of(s))


def investor_exits_best(s: Snapshot) -> Floats:
    """Share of an investor's deals that were acquired or listed: the greatest of the investors.

    Unit: share, 0 to 1. Window: life, by age. Missing: no investor named, or the population saw no exit of theirs.
    Source: Nahata (2008), venture capital reputation and investment performance.
    """
    return best_of(s, _exits(s))


def investor_exits_mean(s: Snapshot) -> Floats:
    """Share of an investor's deals that were acquired or listed: the mean of the investors.

    Unit: share, 0 to 1. Window: life, by age. Missing: no investor named, or the population saw no exit of theirs.
    Source: Nahata (2008), venture capital reputation and investment performance.
    """
    return mean_of(s, _exits(s))


def investor_exits_lead(s: Snapshot) -> Floats:
    """Share of the lead investor's deals that were acquired or listed; of the one with most deals if no lead is stated.

    Unit: share, 0 to 1. Window: life, by age. Missing: no investor named, or the population saw no exit of theirs.
    Source: Nahata (2008), venture capital reputation and investment performance.
    """
    return _lead(s, _exits(s))


def investor_followed_best(s: Snapshot) -> Floats:
    """Share of an investor's deals that raised a later private round: the greatest of the investors.

    Unit: share, 0 to 1. Window: life, by age. Missing: no investor named, or rounds not observed here or in training.
    Source: Hochberg, Ljungqvist and Lu (2007), survival to a later round.
    """
    return best_of(s, _followed(s))


def investor_followed_mean(s: Snapshot) -> Floats:
    """Share of an investor's deals that raised a later private round: the mean of the investors.

    Unit: share, 0 to 1. Window: life, by age. Missing: no investor named, or rounds not observed here or in training.
    Source: Hochberg, Ljungqvist and Lu (2007), survival to a later round.
    """
    return mean_of(s, _followed(s))


def investor_followed_lead(s: Snapshot) -> Floats:
    """Share of the lead investor's deals that raised a later private round; lead as of `investor_exits_lead`.

    Unit: share, 0 to 1. Window: life, by age. Missing: no investor named, or rounds not observed here or in training.
    Source: Hochberg, Ljungqvist and Lu (2007), survival to a later round.
    """
    return _lead(s, _followed(s))


def active_investor_share(s: Snapshot) -> Floats:
    """Share of the investors of whom the population learned of another firm in the last two years.

    Unit: share, 0 to 1. Window: 2 years. Missing: no investor named, or the population saw none.
    Source: Gompers and Lerner (2000), money chasing deals.
    """
    return mean_of(s, s.shared(_active))


def _active(s: Snapshot) -> Floats:
    deals, months = s.month, months_known(s, s.investor_pairs.known)
    recent = deals.count("deals_by_investor") - deals.count("deals_by_investor", _TWO_YEARS)
    others = recent[index_of(s)] - ((months >= 0) & (months < _TWO_YEARS))
    return np.where(np.isnan(others), np.nan, others > 0)


COLUMNS = (
    investor_deals_best,
    investor_deals_mean,
    investor_exits_best,
    investor_exits_mean,
    investor_exits_lead,
    investor_followed_best,
    investor_followed_mean,
    investor_followed_lead,
    active_investor_share,
)
