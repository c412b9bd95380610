"""Subsidy share: how much of a firm's money is public, and whether it is being weaned off it.

Private money is what `littlegiants.features.families.funding` counts as private rounds. Amounts are US dollars at the
rate already published when the grant was awarded or the round announced. Subsidies booked as income are before tax, as
is what is left of a profit without them.
"""

from functools import lru_cache

import numpy as np

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH, ratio
from littlegiants.features.asof.events import Events, MaskedRows
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families import grants
from littlegiants.features.families.funding import private_rounds
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.days import Days, add_months

_SLOPE_YEARS = 5


def _share(public: Events | MaskedRows, private: Events | MaskedRows) -> Floats:
    money = public.total("amount")
    return ratio(money, money + private.total("amount"))


def _subsidies_over(s: Snapshot, name: str, back: int) -> Floats:
    accounts = s.financials
    return ratio(accounts.latest("subsidy_income", back), accounts.latest(name, back))


@lru_cache(maxsize=1024)
def _years_before(day: int) -> Days:
    """Return the days on which the years up to a day begin, oldest first, and that day; each is outside its year."""
    now = np.array([day])
    return np.concatenate([add_months(now, -12 * back) for back in range(_SLOPE_YEARS, -1, -1)]).astype(np.int32)


def _by_year(s: Snapshot, events: Events) -> Floats:
    """Return the sum of the amounts of each of the last five years, missing as `Events.total`; shape (n * 5,)."""
    bins = _SLOPE_YEARS + 1  # the first is for what is older
    if not events.observed:
        return np.full(len(s) * _SLOPE_YEARS, np.nan)
    size, cell = len(s) * bins, events.firm * bins + _years_before(s.day).searchsorted(events.day)
    sums = np.bincount(cell, events.filled("amount"), size) / 100
    silent = np.bincount(cell, events.stated("amount"), size) == 0
    sums[silent & (np.bincount(cell, minlength=size) > 0)] = np.nan
    return sums.reshape(len(s), bins)[:, 1:].ravel()


def grant_usd(s: Snapshot) -> Floats:
    """Grants awarded so far.

    Unit: US dollars. Window: life. Missing: grants not observed, or grants but no amount known; 0 without grants.
    Source: Howell (2017), financing innovation by research grants.
    """
    return s.grants.total("amount")


def grant_share(s: Snapshot) -> Floats:
    """Grants as a share of all money received, grants and private rounds.

    Unit: share, 0 to 1. Window: life. Missing: no money received, or the amounts of either part unknown.
    Source: David, Hall and Toole (2000), is public money a complement or a substitute for private money.
    """
    return _share(s.grants, private_rounds(s))


def grant_share_1y(s: Snapshot) -> Floats:
    """Grants as a share of all money received in the last year.

    Unit: share, 0 to 1. Window: 1 year. Missing: no money received, or the amounts of either part unknown.
    Source: Wallsten (2000), grants that crowd out private money.
    """
    return _share(s.grants.window(1), private_rounds(s).window(1))


def grant_share_3y(s: Snapshot) -> Floats:
    """Grants as a share of all money received in the last three years.

    Unit: share, 0 to 1. Window: 3 years. Missing: no money received, or the amounts of either part unknown.
    Source: Wallsten (2000), grants that crowd out private money.
    """
    return s.shared(_share_3y)


def _share_3y(s: Snapshot) -> Floats:
    return _share(s.grants.window(3), private_rounds(s).window(3))


def grant_share_5y(s: Snapshot) -> Floats:
    """Grants as a share of all money received in the last five years.

    Unit: share, 0 to 1. Window: 5 years. Missing: no money received, or the amounts of either part unknown.
    Source: Wallsten (2000), grants that crowd out private money.
    """
    return _share(s.grants.window(5), private_rounds(s).window(5))


def grant_share_trend(s: Snapshot) -> Floats:
    """Grant share of the last three years less that of the three years before; below 0 the firm is being weaned.

    Unit: difference of shares, -1 to 1. Window: 3 years against the 3 before. Missing: either share missing.
    Source: Zúñiga-Vicente, Alonso-Borrego, Forcadell and Galán (2014), dynamics of subsidy and own investment.
    """
    return grant_share_3y(s) - _share(s.grants.window(3, lag=3), private_rounds(s).window(3, lag=3))


def grant_share_slope_5y(s: Snapshot) -> Floats:
    """Slope of the yearly grant shares of the last five years, by least squares; below 0 the firm is being weaned.

    Unit: share a year. Window: 5 years, each ending on the as-of day of the year. Missing: fewer than two years with
    money received and known on both sides.
    Source: Zúñiga-Vicente, Alonso-Borrego, Forcadell and Galán (2014), dynamics of subsidy and own investment.
    """
    public = _by_year(s, s.grants)
    share = ratio(public, public + _by_year(s, private_rounds(s))).reshape(len(s), _SLOPE_YEARS)
    known = ~np.isnan(share)
    year = np.where(known, np.arange(_SLOPE_YEARS, dtype=np.float64), 0.0)
    apart = np.where(known, year - ratio(year.sum(axis=1), known.sum(axis=1).astype(np.float64))[:, np.newaxis], 0.0)
    # The mean share drops out, as the years' distances from their mean add up to 0.
    return ratio((apart * np.where(known, share, 0.0)).sum(axis=1), (apart**2).sum(axis=1))


def private_growth_share(s: Snapshot) -> Floats:
    """Private part of the growth in money received: above 1 where public money shrank, below 0 where private did.

    Unit: ratio. Window: 3 years against the 3 before. Missing: no growth, or the amounts of any part unknown.
    Source: Wallsten (2000), grants that crowd out private money.
    """
    public, private = (
        events.window(3).total("amount") - events.window(3, lag=3).total("amount")
        for events in (s.grants, private_rounds(s))
    )
    return ratio(private, public + private)


def months_grant_to_round(s: Snapshot) -> Floats:
    """Weaning time: from the first grant to the first private round on a later day.

    Unit: months. Window: life. Missing: no grant, or no private round after it yet.
    Source: Howell (2017), venture capital after a first grant.
    """
    granted, rounds = s.grants.first_day, private_rounds(s)
    after = rounds.first_day_of(rounds.day > granted[rounds.firm])
    return (after - granted) / DAYS_PER_MONTH


def grants_before_first_round(s: Snapshot) -> Floats:
    """Grants awarded on days before the first private round; all of them while there is none.

    Unit: count. Window: life. Missing: grants or rounds not observed; 0 for a firm without any.
    Source: Lanahan and Armanios (2018), when more certification stops helping.
    """
    funded = private_rounds(s).first_day
    before = s.grants.tally(~(s.grants.day >= funded[s.grants.firm]))
    return np.where(np.isnan(private_rounds(s).count()), np.nan, before)


def grants_after_first_round(s: Snapshot) -> Floats:
    """Grants awarded on days after the first private round: a relapse to public money.

    Unit: count. Window: since the first private round. Missing: no private round, or grants not observed.
    Source: Islam, Fremeth and Marcus (2018), research grants and venture funding.
    """
    funded = private_rounds(s).first_day
    after = s.grants.tally(s.grants.day > funded[s.grants.firm])
    return np.where(np.isnan(funded), np.nan, after)


def subsidy_over_revenue(s: Snapshot) -> Floats:
    """Subsidies booked as income, over revenue.

    Unit: ratio. Window: latest accounts. Missing: no accounts, or the latest lack one of the two or have no revenue.
    Source: government grants as income, IAS 20.
    """
    return s.shared(_subsidies_over, "revenue", 0)


def subsidy_income_trend(s: Snapshot) -> Floats:
    """Subsidies over revenue, less the same in the accounts before.

    Unit: difference of ratios. Window: latest two accounts. Missing: fewer than two, or one of them lacks subsidies or
    revenue.
    Source: government grants as income, IAS 20.
    """
    return s.shared(_subsidies_over, "revenue", 0) - _subsidies_over(s, "revenue", 1)


def subsidy_over_profit(s: Snapshot) -> Floats:
    """Subsidies booked as income, over net profit; above 1 the profit is all subsidy.

    Unit: ratio. Window: latest accounts. Missing: no accounts, the latest lack one of the two, or no profit: a firm
    that loses money even so is told by margin_without_subsidy.
    Source: government grants among the non-recurring gains, explanatory announcement no. 1 of the CSRC (2008).
    """
    return _subsidies_over(s, "net_profit", 0)


def margin_without_subsidy(s: Snapshot) -> Floats:
    """Net profit less the subsidies booked as income, over revenue; below 0 the firm loses money without them.

    Unit: ratio. Window: latest accounts. Missing: no accounts, or the latest lack one of the three or have no revenue.
    Source: profit net of non-recurring gains, explanatory announcement no. 1 of the CSRC (2008).
    """
    accounts = s.financials
    return ratio(accounts.latest("net_profit") - accounts.latest("subsidy_income"), accounts.latest("revenue"))


COLUMNS = (
    *grants.COLUMNS,
    grant_usd,
    grant_share,
    grant_share_1y,
    grant_share_3y,
    grant_share_5y,
    grant_share_trend,
    grant_share_slope_5y,
    private_growth_share,
    months_grant_to_round,
    grants_before_first_round,
    grants_after_first_round,
    subsidy_over_revenue,
    subsidy_income_trend,
    subsidy_over_profit,
    margin_without_subsidy,
)
