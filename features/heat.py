"""Market heat: how busy investors and acquirers have been in the firm's sectors and region.

A rate is the number of events that became known in twelve ended months, for every firm of the group known by then, in
the training population. After the population's last month the rates stand still, so that a firm's signals never depend
on who is scored with it.
"""

import numpy as np

from littlegiants.features.sectors import sector_mean
from littlegiants.features.snapshot import Floats, Snapshot, ratio

_YEAR = 12


def _rate(s: Snapshot, events: str, by: str, back: int = 0) -> Floats:
    """Return each group's events of a year per firm, as it stood ``back`` months before; NaN for one without firms."""
    known = s.group_count(events, by, back) - s.group_count(events, by, back + _YEAR)
    return ratio(known, s.group_count("firms", by, back))


def _sector_rate(s: Snapshot, events: str, back: int = 0) -> Floats:
    sectors = s.groups["sector"]
    return sector_mean(s, sectors.rows, _rate(s, events, "sector", back)[sectors.code])


def sector_rounds_1y(s: Snapshot) -> Floats:
    """Rounds a year for every firm of a sector, mean of the firm's sectors.

    Unit: rounds per firm. Window: last 12 ended months. Missing: no sector stated, or none of the population's.
    Source: Gompers, Kovner, Lerner and Scharfstein (2008), venture capital investment cycles.
    """
    return _sector_rate(s, "rounds")


def sector_rounds_trend(s: Snapshot) -> Floats:
    """Rounds a year for every firm of the firm's sectors, over the same of a year before; above 1 the market heats up.

    Unit: ratio. Window: last 12 ended months against the 12 before. Missing: either rate missing, or the earlier is 0.
    Source: Nanda and Rhodes-Kropf (2013), hot markets fund riskier firms.
    """
    return ratio(sector_rounds_1y(s), _sector_rate(s, "rounds", back=_YEAR))


def region_rounds_1y(s: Snapshot) -> Floats:
    """Rounds a year for every firm of the firm's region.

    Unit: rounds per firm. Window: last 12 ended months. Missing: no region stated, or not one of the population's.
    Source: Chen, Gompers, Kovner and Lerner (2010), the geography of venture capital.
    """
    places = s.groups["region"]
    out = np.full(len(s), np.nan)
    out[places.rows] = _rate(s, "rounds", "region")[places.code]
    return out


def sector_exits_1y(s: Snapshot) -> Floats:
    """IPOs and acquisitions a year for every firm of a sector, mean of the firm's sectors.

    Unit: exits per firm. Window: last 12 ended months. Missing: no sector stated, or none of the population's.
    Source: Ball, Chiu and Smith (2011), exits follow the market.
    """
    return _sector_rate(s, "exits")


COLUMNS = (
    sector_rounds_1y,
    sector_rounds_trend,
    region_rounds_1y,
    sector_exits_1y,
)
