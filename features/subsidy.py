"""Subsidy share: how much of a firm's money is public, and whether it is being weaned off it.

Private money is what `littlegiants.features.funding` counts as private rounds. Amounts are US dollars at the rate
already published when the grant was awarded or the round announced.
"""

import numpy as np

from littlegiants.features.funding import private_rounds
from littlegiants.features.snapshot import DAYS_PER_MONTH, Events, Floats, Snapshot, ratio


def _share(grants: Events, rounds: Events) -> Floats:
    public = grants.total("amount")
    return ratio(public, public + rounds.total("amount"))


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
    return _share(s.grants.within(1), private_rounds(s).within(1))


def grant_share_3y(s: Snapshot) -> Floats:
    """Grants as a share of all money received in the last three years.

    Unit: share, 0 to 1. Window: 3 years. Missing: no money received, or the amounts of either part unknown.
    Source: Wallsten (2000), grants that crowd out private money.
    """
    return s.shared("grant_share_3y", lambda: _share(s.grants.within(3), private_rounds(s).within(3)))


def grant_share_5y(s: Snapshot) -> Floats:
    """Grants as a share of all money received in the last five years.

    Unit: share, 0 to 1. Window: 5 years. Missing: no money received, or the amounts of either part unknown.
    Source: Wallsten (2000), grants that crowd out private money.
    """
    return _share(s.grants.within(5), private_rounds(s).within(5))


def grant_share_trend(s: Snapshot) -> Floats:
    """Grant share of the last three years less that of the three years before; below 0 the firm is being weaned.

    Unit: difference of shares, -1 to 1. Window: 3 years against the 3 before. Missing: either share missing.
    Source: Zúñiga-Vicente, Alonso-Borrego, Forcadell and Galán (2014), dynamics of subsidy and own investment.
    """
    return grant_share_3y(s) - _share(s.grants.within(3, lag=3), private_rounds(s).within(3, lag=3))


def grants_count(s: Snapshot) -> Floats:
    """Grants so far.

    Unit: count. Window: life. Missing: grants not observed; 0 for a firm without any.
    Source: Lerner (1999): firms with several awards did no better than firms with one.
    """
    return s.grants.count()


def grants_count_3y(s: Snapshot) -> Floats:
    """Grants in the last three years.

    Unit: count. Window: 3 years. Missing: grants not observed; 0 for a firm without any.
    Source: standards for firms with many awards, SBIR and STTR Extension Act of 2022 (Public Law 117-183).
    """
    return s.grants.within(3).count()


def months_since_last_grant(s: Snapshot) -> Floats:
    """Time since the latest grant.

    Unit: months. Window: latest event. Missing: no grant.
    Source: Islam, Fremeth and Marcus (2018), how long a grant's signal to investors lasts.
    """
    return s.grants.months_since(s.grants.last_day)


def months_grant_to_round(s: Snapshot) -> Floats:
    """Weaning time: from the first grant to the first private round on a later day.

    Unit: months. Window: life. Missing: no grant, or no private round after it yet.
    Source: Howell (2017), venture capital after a first grant.
    """
    granted, rounds = s.grants.first_day, private_rounds(s)
    after = rounds.where(rounds.day > granted[rounds.firm])
    return (after.first_day - granted) / DAYS_PER_MONTH


def grants_before_first_round(s: Snapshot) -> Floats:
    """Grants awarded on days before the first private round; all of them while there is none.

    Unit: count. Window: life. Missing: grants or rounds not observed; 0 for a firm without any.
    Source: Lanahan and Armanios (2018), when more certification stops helping.
    """
    funded = private_rounds(s).first_day
    before = s.grants.where(~(s.grants.day >= funded[s.grants.firm]))
    return np.where(np.isnan(private_rounds(s).count()), np.nan, before.count())


def grant_level(s: Snapshot) -> Floats:
    """Highest level a grant came from: 1 local, 2 provincial, 3 national, 4 supranational.

    Unit: ordinal, 1 to 4. Window: life. Missing: no grant whose level is known.
    Source: Lanahan and Feldman (2015), levels of innovation policy.
    """
    level = s.grants.column("level").astype(np.float64)
    return s.grants.greatest(np.where(level < 0, np.nan, level + 1))


def subsidy_over_revenue(s: Snapshot) -> Floats:
    """Subsidies booked as income, over revenue.

    Unit: ratio. Window: latest accounts. Missing: no accounts, or the latest lack one of the two or have no revenue.
    Source: government grants as income, IAS 20.
    """
    accounts = s.financials
    return ratio(accounts.last(accounts.number("subsidy_income")), accounts.last(accounts.number("revenue")))


COLUMNS = (
    grant_usd,
    grant_share,
    grant_share_1y,
    grant_share_3y,
    grant_share_5y,
    grant_share_trend,
    grants_count,
    grants_count_3y,
    months_since_last_grant,
    months_grant_to_round,
    grants_before_first_round,
    grant_level,
    subsidy_over_revenue,
)
