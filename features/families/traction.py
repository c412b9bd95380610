"""Traction: what the firm sells, to whom, how fast that grows and at what cost, and the capital it rests on.

The latest accounts are those with the latest period end among the accounts known: a year's accounts count from 120 days
after it ended. Amounts are US dollars at the rate already published when the period ended.
"""

import numpy as np

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH, ratio
from littlegiants.features.asof.events import Events
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.backing import valuation_usd
from littlegiants.features.families.funding import raised_usd
from littlegiants.ingest.arrays import Floats

# Accounts closer than this to the ones before them are a change of the financial year, and say nothing of growth.
_SHORTEST_YEAR = 6
_THREE_YEARS = (30, 48)


def _stating(s: Snapshot, name: str) -> Events:
    """Return the accounts that state a figure."""
    return s.shared(_with, name)


def _with(s: Snapshot, name: str) -> Events:
    return s.financials.where(s.financials.stated(name))


def _per_revenue(s: Snapshot, name: str) -> Floats:
    accounts = _stating(s, "revenue")
    return ratio(accounts.latest(name), revenue_usd(s))


def _annual_growth(now: Floats, before: Floats, months: Floats) -> Floats:
    """Return the growth a year between two figures that many months apart; NaN where they are too close."""
    years = np.where(months >= _SHORTEST_YEAR, months / 12, np.nan)
    return ratio(now, before) ** (1 / years) - 1


def _last_gap(accounts: Events) -> Floats:
    """Return the months between the last two accounts; NaN for fewer."""
    return (accounts.last_day - accounts.last(accounts.day_number, back=1)) / DAYS_PER_MONTH


def _last_growth(accounts: Events, name: str) -> Floats:
    return _annual_growth(accounts.latest(name), accounts.latest(name, back=1), _last_gap(accounts))


def revenue_usd(s: Snapshot) -> Floats:
    """Revenue.

    Unit: US dollars a year. Window: latest accounts that state revenue. Missing: none do.
    Source: Puri and Zarutskie (2012), scale in the life cycle of venture-backed firms.
    """
    return _stating(s, "revenue").latest("revenue")


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
    older = (accounts.last_day[accounts.firm] - accounts.day_number) / DAYS_PER_MONTH
    fits = (older >= _THREE_YEARS[0]) & (older <= _THREE_YEARS[1])
    earlier = accounts.where(fits)
    return _annual_growth(revenue_usd(s), earlier.latest("revenue"), earlier.last(older[fits]))


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
    return ratio(valuation_usd(s), revenue_usd(s))


def employees(s: Snapshot) -> Floats:
    """Employees.

    Unit: count. Window: latest accounts that state employees. Missing: none do.
    Source: Davila, Foster and Gupta (2003), venture capital and the growth of staff.
    """
    return _stating(s, "employees").latest("employees")


def employees_growth(s: Snapshot) -> Floats:
    """Growth of staff between the last two accounts, a year.

    Unit: ratio, 0 for no growth. Window: latest two accounts that state employees. Missing: fewer than two, less than
    six months apart, or no employees in the earlier.
    Source: Davila, Foster and Gupta (2003), venture capital and the growth of staff.
    """
    return _last_growth(_stating(s, "employees"), "employees")


def export_growth(s: Snapshot) -> Floats:
    """Growth of exports between the last two accounts, a year.

    Unit: ratio, 0 for no growth. Window: latest two accounts that state exports. Missing: fewer than two, less than six
    months apart, or no exports in the earlier.
    Source: Love and Roper (2015), innovation, exports and growth of SMEs.
    """
    return _last_growth(_stating(s, "export_revenue"), "export_revenue")


def rnd_growth(s: Snapshot) -> Floats:
    """Growth of research and development expense between the last two accounts, a year.

    Unit: ratio, 0 for no growth. Window: latest two accounts that state the expense. Missing: fewer than two, less than
    six months apart, or no expense in the earlier.
    Source: Coad and Rao (2010), growth of firms and of their research.
    """
    return _last_growth(_stating(s, "rnd_expense"), "rnd_expense")


def profit_margin(s: Snapshot) -> Floats:
    """Net profit over revenue; below 0 for a loss.

    Unit: ratio. Window: latest accounts that state revenue. Missing: none do, no revenue, or profit not stated.
    Source: Davidsson, Steffens and Fitzsimmons (2009), growing profitable or growing from profits.
    """
    return _per_revenue(s, "net_profit")


def revenue_per_employee(s: Snapshot) -> Floats:
    """Revenue for every employee.

    Unit: US dollars a year and employee. Window: latest accounts that state revenue. Missing: none do, no employees, or
    employees not stated.
    Source: Haltiwanger, Lane and Spletzer (1999), productivity across employers.
    """
    return ratio(revenue_usd(s), _stating(s, "revenue").latest("employees"))


def burns_cash(s: Snapshot) -> Floats:
    """Whether operations cost more cash than they brought in.

    Unit: flag, 0 or 1. Window: latest accounts that state operating cash flow. Missing: none do.
    Source: life cycle by signs of cash flows, Dickinson (2011).
    """
    flow = _stating(s, "operating_cash_flow").latest("operating_cash_flow")
    return np.where(np.isnan(flow), np.nan, flow < 0)


def runway_months(s: Snapshot) -> Floats:
    """Months that the cash of the accounts still lasts at the burn they state; below 0 it needed new money by now.

    Unit: months. Window: latest accounts that state operating cash flow, less the time since they ended; money raised
    since is left out. Missing: none do, cash not stated, or the firm burns none.
    Source: runway arithmetic of staged finance, Gompers (1995).
    """
    accounts = _stating(s, "operating_cash_flow")
    burn = -accounts.latest("operating_cash_flow") / 12
    return ratio(accounts.latest("cash"), burn) - accounts.months_since(accounts.last_day)


def burn_multiple(s: Snapshot) -> Floats:
    """Cash burnt in a year for every dollar that revenue grew by in a year; the lower, the healthier the growth.

    Unit: ratio. Window: latest two accounts that state revenue, burn of the later. Missing: fewer than two, less than
    six months apart, revenue did not grow, cash flow not stated, or the firm burns no cash.
    Source: Sacks (2020), the burn multiple.
    """
    accounts = _stating(s, "revenue")
    flow, gap = accounts.latest("operating_cash_flow"), _last_gap(accounts)
    years = np.where(gap >= _SHORTEST_YEAR, gap / 12, np.nan)
    grown = (revenue_usd(s) - accounts.latest("revenue", back=1)) / years
    return ratio(np.where(flow < 0, -flow, np.nan), grown)


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
    export_growth,
    rnd_growth,
    profit_margin,
    revenue_per_employee,
    burns_cash,
    runway_months,
    burn_multiple,
)
