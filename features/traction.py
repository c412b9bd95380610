"""Traction: what the firm sells, to whom, how fast that grows, and what capital and valuation it rests on.

The latest accounts are those with the latest period end among the accounts known: a year's accounts count from 120 days
after it ended. Amounts are US dollars at the rate already published when the period ended.
"""

import numpy as np

from littlegiants.features.funding import private_rounds, raised_usd
from littlegiants.features.snapshot import DAYS_PER_MONTH, Events, Floats, Snapshot, ratio

# Accounts closer than this to the ones before them are a change of the financial year, and say nothing of growth.
_SHORTEST_YEAR = 6
_THREE_YEARS = (30, 48)


def _stating(s: Snapshot, name: str) -> Events:
    """Return the accounts that state a figure."""
    return s.shared(f"accounts_{name}", lambda: s.financials.where(~np.isnan(s.financials.number(name))))


def _per_revenue(s: Snapshot, name: str) -> Floats:
    accounts = _stating(s, "revenue")
    return ratio(accounts.last(accounts.number(name)), revenue_usd(s))


def _annual_growth(now: Floats, before: Floats, months: Floats) -> Floats:
    """Return the growth a year between two figures that many months apart; NaN where they are too close."""
    years = np.where(months >= _SHORTEST_YEAR, months / 12, np.nan)
    return ratio(now, before) ** (1 / years) - 1


def _last_growth(accounts: Events, name: str) -> Floats:
    figures = accounts.number(name)
    return _annual_growth(accounts.last(figures), accounts.last(figures, back=1), accounts.last(accounts.gaps))


def revenue_usd(s: Snapshot) -> Floats:
    """Revenue.

    Unit: US dollars a year. Window: latest accounts that state revenue. Missing: none do.
    Source: Puri and Zarutskie (2012), scale in the life cycle of venture-backed firms.
    """
    accounts = _stating(s, "revenue")
    return s.shared("revenue_usd", lambda: accounts.last(accounts.number("revenue")))


def revenue_growth_1y(s: Snapshot) -> Floats:
    """Growth of revenue between the last two accounts, a year.

    Unit: ratio, 0 for no growth. Window: latest two accounts that state revenue. Missing: fewer than two, less than six
    months apart, or no revenue in the earlier.
    Source: Coad and Rao (2008), innovation and growth of sales.
    """
    return _last_growth(_stating(s, "revenue"), "revenue")


def revenue_growth_3y(s: Snapshot) -> Floats:
    """Growth of revenue over about three years, a year.

    Unit: ratio, 0 for no growth. Window: latest accounts that state revenue, against the latest that ended 30 to 48
    months before them. Missing: no such pair, or no revenue in the earlier.
    Source: growth over three years marks a high-growth firm, OECD and Eurostat manual on business demography (2007).
    """
    accounts = _stating(s, "revenue")
    ended = accounts.day.astype(np.float64)
    older = (accounts.last_day[accounts.firm] - ended) / DAYS_PER_MONTH
    fits = (older >= _THREE_YEARS[0]) & (older <= _THREE_YEARS[1])
    earlier = accounts.where(fits)
    return _annual_growth(revenue_usd(s), earlier.last(earlier.number("revenue")), earlier.last(older[fits]))


def export_share(s: Snapshot) -> Floats:
    """Exports as a share of revenue.

    Unit: share. Window: latest accounts that state revenue. Missing: none do, no revenue, or exports not stated.
    Source: Golovko and Valentini (2011), exports and innovation in the growth of SMEs.
    """
    return _per_revenue(s, "export_revenue")


def rnd_intensity(s: Snapshot) -> Floats:
    """Research and development expense over revenue.

    Unit: ratio. Window: latest accounts that state revenue. Missing: none do, no revenue, or expense not stated.
    Source: Frascati Manual (OECD 2015).
    """
    return _per_revenue(s, "rnd_expense")


def capital_intensity(s: Snapshot) -> Floats:
    """Private money raised over life for every dollar of revenue a year.

    Unit: ratio. Window: life, over the latest accounts that state revenue. Missing: no revenue, or no amount known.
    Source: Puri and Zarutskie (2012), capital before sales in venture-backed firms.
    """
    return ratio(raised_usd(s), revenue_usd(s))


def valuation_over_revenue(s: Snapshot) -> Floats:
    """Latest post-money valuation over revenue: a valuation far ahead of the market may be a mirage.

    Unit: ratio. Window: latest private round with a valuation, over the latest accounts that state revenue. Missing: no
    valuation, or no revenue.
    Source: Gornall and Strebulaev (2020), squaring venture capital valuations with reality.
    """
    rounds = private_rounds(s)
    valued = rounds.where(~np.isnan(rounds.number("post_money")))
    return ratio(valued.last(valued.number("post_money")), revenue_usd(s))


def employees(s: Snapshot) -> Floats:
    """Employees.

    Unit: count. Window: latest accounts that state employees. Missing: none do.
    Source: Davila, Foster and Gupta (2003), venture capital and the growth of staff.
    """
    accounts = _stating(s, "employees")
    return accounts.last(accounts.number("employees"))


def employees_growth(s: Snapshot) -> Floats:
    """Growth of staff between the last two accounts, a year.

    Unit: ratio, 0 for no growth. Window: latest two accounts that state employees. Missing: fewer than two, less than
    six months apart, or no employees in the earlier.
    Source: Davila, Foster and Gupta (2003), venture capital and the growth of staff.
    """
    return _last_growth(_stating(s, "employees"), "employees")


def months_since_accounts(s: Snapshot) -> Floats:
    """Time since the end of the period of the latest accounts.

    Unit: months. Window: latest event. Missing: no accounts.
    Source: accounts are due within twelve months, Directive 2013/34/EU art. 30.
    """
    return s.financials.months_since(s.financials.last_day)


COLUMNS = (
    revenue_usd,
    revenue_growth_1y,
    revenue_growth_3y,
    export_share,
    rnd_intensity,
    capital_intensity,
    valuation_over_revenue,
    employees,
    employees_growth,
    months_since_accounts,
)
