"""Market heat: how busy investors, acquirers and the state have been in the firm's sectors and region.

A rate is the number of events that became known in twelve ended months, for every firm of the group known by then, in
the training population. After the population's last month the rates stand still, so that a firm's signals never depend
on who is scored with it.
"""

import numpy as np

from littlegiants.features.asof.arithmetic import ratio
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.sectors import sector_mean, sector_means
from littlegiants.features.population.month_counts import Month
from littlegiants.ingest.arrays import Floats

# What a sector's and a region's rates count, and how many years back.
_OF_SECTORS = (("rounds", 0), ("rounds", 1), ("exits", 0), ("exits", 1), ("grants", 0), ("firms", 0))
_OF_REGIONS = (("rounds", 0), ("rounds", 1), ("exits", 0), ("grants", 0))
_TILT = ("tilt", 0)


def _last_year(month: Month, events: str, by: str, years_back: int = 0) -> Floats:
    name, back = f"{events}_by_{by}", 12 * years_back
    return month.count(name, back) - month.count(name, back + 12)


def _rate(month: Month, events: str, by: str, years_back: int = 0) -> Floats:
    """Return each group's events of a year per firm, as it stood years before; NaN for one without firms."""
    return ratio(_last_year(month, events, by, years_back), month.count(f"firms_by_{by}", 12 * years_back))


def _sector_rates(month: Month) -> Floats:
    grants, rounds = _last_year(month, "grants", "sector"), _last_year(month, "rounds", "sector")
    rates = [_rate(month, events, "sector", back) for events, back in _OF_SECTORS]
    return np.stack([*rates, ratio(grants, grants + rounds)])


def _region_rates(month: Month) -> Floats:
    return np.stack([_rate(month, events, "region", back) for events, back in _OF_REGIONS])


def _sector_region_rate(month: Month) -> Floats:
    return _rate(month, "rounds", "sector_region")


def _in_sectors(s: Snapshot) -> dict[tuple[str, int], Floats]:
    """Return each rate's mean over the sectors of each firm."""
    return s.shared(_sector_means)


def _sector_means(s: Snapshot) -> dict[tuple[str, int], Floats]:
    sectors = s.groups["sector"]
    rates = s.month.made(_sector_rates)[:, s.indices("sector")[sectors.code]]
    return dict(zip((*_OF_SECTORS, _TILT), sector_means(s, sectors.rows, rates), strict=True))


def _in_region(s: Snapshot) -> dict[tuple[str, int], Floats]:
    """Return each rate of each firm's region."""
    return s.shared(_rates_of_region)


def _rates_of_region(s: Snapshot) -> dict[tuple[str, int], Floats]:
    regions = s.groups["region"]
    out = np.full((len(_OF_REGIONS), len(s)), np.nan)
    out[:, regions.rows] = s.month.made(_region_rates)[:, s.indices("region")[regions.code]]
    return dict(zip(_OF_REGIONS, out, strict=True))


def sector_rounds_1y(s: Snapshot) -> Floats:
    """Rounds a year for every firm of a sector, mean of the firm's sectors.

    Unit: rounds per firm. Window: last 12 ended months. Missing: no sector stated, or none of the population's.
    Source: Gompers, Kovner, Lerner and Scharfstein (2008), venture capital investment cycles.
    """
    return _in_sectors(s)["rounds", 0]


def sector_rounds_trend(s: Snapshot) -> Floats:
    """Rounds a year for every firm of the firm's sectors, over the same of a year before; above 1 the market heats up.

    Unit: ratio. Window: last 12 ended months against the 12 before. Missing: either rate missing, or the earlier is 0.
    Source: Nanda and Rhodes-Kropf (2013), hot markets fund riskier firms.
    """
    return ratio(_in_sectors(s)["rounds", 0], _in_sectors(s)["rounds", 1])


def region_rounds_1y(s: Snapshot) -> Floats:
    """Rounds a year for every firm of the firm's region.

    Unit: rounds per firm. Window: last 12 ended months. Missing: no region stated, or not one of the population's.
    Source: Chen, Gompers, Kovner and Lerner (2010), the geography of venture capital.
    """
    return _in_region(s)["rounds", 0]


def region_rounds_trend(s: Snapshot) -> Floats:
    """Rounds a year for every firm of the firm's region, over the same of a year before.

    Unit: ratio. Window: last 12 ended months against the 12 before. Missing: either rate missing, or the earlier is 0.
    Source: Nanda and Rhodes-Kropf (2013), hot markets fund riskier firms.
    """
    return ratio(_in_region(s)["rounds", 0], _in_region(s)["rounds", 1])


def sector_region_rounds_1y(s: Snapshot) -> Floats:
    """Rounds a year for every firm of a sector in the firm's region, mean of the firm's sectors.

    Unit: rounds per firm. Window: last 12 ended months. Missing: no sector or region stated, or no firm of the
    population in both.
    Source: Sorenson and Stuart (2001), venture investors stay near in space and in industry.
    """
    pairs = s.groups["sector_region"]
    return sector_mean(s, pairs.rows, s.month.made(_sector_region_rate)[s.indices("sector_region")][pairs.code])


def sector_exits_1y(s: Snapshot) -> Floats:
    """IPOs and acquisitions a year for every firm of a sector, mean of the firm's sectors.

    Unit: exits per firm. Window: last 12 ended months. Missing: no sector stated, or none of the population's.
    Source: Ball, Chiu and Smith (2011), exits follow the market.
    """
    return _in_sectors(s)["exits", 0]


def sector_exits_trend(s: Snapshot) -> Floats:
    """IPOs and acquisitions a year for every firm of the firm's sectors, over the same of a year before.

    Unit: ratio. Window: last 12 ended months against the 12 before. Missing: either rate missing, or the earlier is 0.
    Source: Lerner (1994), private firms go public when their industry is valued highly.
    """
    return ratio(_in_sectors(s)["exits", 0], _in_sectors(s)["exits", 1])


def region_exits_1y(s: Snapshot) -> Floats:
    """IPOs and acquisitions a year for every firm of the firm's region.

    Unit: exits per firm. Window: last 12 ended months. Missing: no region stated, or not one of the population's.
    Source: Ball, Chiu and Smith (2011), exits follow the market.
    """
    return _in_region(s)["exits", 0]


def sector_grants_1y(s: Snapshot) -> Floats:
    """Grants a year for every firm of a sector, mean of the firm's sectors: how hot the sector is with policy.

    Unit: grants per firm. Window: last 12 ended months. Missing: no sector stated, or none of the population's.
    Source: Aghion, Cai, Dewatripont, Du, Harrison and Legros (2015), industrial policy by sector and competition.
    """
    return _in_sectors(s)["grants", 0]


def region_grants_1y(s: Snapshot) -> Floats:
    """Grants a year for every firm of the firm's region.

    Unit: grants per firm. Window: last 12 ended months. Missing: no region stated, or not one of the population's.
    Source: Lanahan and Feldman (2015), levels of innovation policy.
    """
    return _in_region(s)["grants", 0]


def sector_grant_tilt_1y(s: Snapshot) -> Floats:
    """Grants as a share of a sector's grants and rounds, mean of the firm's sectors: who pays for the sector.

    Unit: share, 0 to 1. Window: last 12 ended months. Missing: no sector stated, or neither grant nor round in any.
    Source: Leleux and Surlemont (2003), whether public money seeds or crowds out private money.
    """
    return _in_sectors(s)[_TILT]


def sector_entry_1y(s: Snapshot) -> Floats:
    """Net entry into a sector, its firms known now less those known a year before, as a share; mean of the sectors.

    Unit: share of the sector's firms. Window: last 12 ended months. Missing: no sector stated, or none of the
    population's.
    Source: Klepper (1996), entry and shakeout over the product life cycle; Gort and Klepper (1982).
    """
    return _in_sectors(s)["firms", 0]


COLUMNS = (
    sector_rounds_1y,
    sector_rounds_trend,
    region_rounds_1y,
    region_rounds_trend,
    sector_region_rounds_1y,
    sector_exits_1y,
    sector_exits_trend,
    region_exits_1y,
    sector_grants_1y,
    region_grants_1y,
    sector_grant_tilt_1y,
    sector_entry_1y,
)
