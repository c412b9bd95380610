"""The simulated tables of money: rounds, grants and annual accounts.

A round of a market kind has at least `MARKET_USD` or at most `SMALL_USD`, so that no plausible exchange rate moves it
across USD 1 m: the label is the event that happened. For the same reason amounts are missing only where the kind of the
round already says that it is no market event.
"""

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.contract import GRANT_LEVELS
from littlegiants.training.simulator.economy import LAST, START, Ints
from littlegiants.training.simulator.history import Events
from littlegiants.training.simulator.world import Columns, Days, Text, World, day_in, in_home_currency, later, numbered

MARKET_USD = 1.3e6
SMALL_USD = 0.7e6
SILENT_KINDS = ("crowdfunding", "convertible_note", "debt")  # kinds whose amounts are often not published
_SILENT_SHARE = 0.35
_STAGE_KINDS = np.array(["seed", "series_a", "series_b", "series_c_plus"], object)
_STAGE_USD = np.array([2.4e6, 6e6, 14e6, 32e6, 55e6, 70e6])  # medians
_SMALL_KINDS = np.array(["angel", "seed", "crowdfunding", "convertible_note"], object)
_FIRST_ACCOUNTS, _LAST_ACCOUNTS = 2003, (START + LAST).astype("datetime64[Y]").astype(int) + 1970 - 1


def rounds(world: World, rng: np.random.Generator) -> Columns:
    """Return the rounds: of market size, small ones, debt, and those in which the state takes the majority."""
    parts = [_market_rounds(world, rng), _small_rounds(world, rng), _debt(world, rng), _state_rounds(world, rng)]
    firm, day, kind, usd, state = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((firm, day))
    firm, day, kind, usd, state = firm[order], day[order], kind[order], usd[order], state[order]
    quality, currency = world.firms.quality[firm], world.currency[firm]
    amount = in_home_currency(usd, currency, day)
    silent = np.isin(kind, SILENT_KINDS) & (rng.random(len(firm)) < _SILENT_SHARE)
    valued = (usd >= MARKET_USD) & (kind != "debt") & (rng.random(len(firm)) < 0.4)
    post_money = np.rint(amount / rng.uniform(0.12, 0.28, len(firm)) / 1e4) * 1e4
    investors = 1.0 + rng.poisson(1.3 * np.exp(0.25 * quality))
    return {
        "firm_id": world.firm_id[firm],
        "round_id": numbered("R", np.arange(len(firm))),
        "announced_on": day,
        "kind": kind,
        "amount": np.where(silent, np.nan, amount),
        "currency": currency,
        "investor_count": np.where(rng.random(len(firm)) < 0.15, np.nan, investors),
        "state_backed_share": state,
        "post_money": np.where(valued & ~silent, post_money, np.nan),
    }


_Part = tuple[Ints, Days, Text, Floats, Floats]  # firm, day, kind, USD, share held by the state


def _market_rounds(world: World, rng: np.random.Generator) -> _Part:
    firm, stage = world.history.rounds.firm, world.history.rounds.mark
    dice, size = rng.random(len(firm)), rng.standard_normal(len(firm))
    kind = _STAGE_KINDS[np.minimum(stage, len(_STAGE_KINDS) - 1)]
    kind = np.where(dice < 0.12, "venture", kind)
    kind = np.where((dice < 0.04) & (stage == 0), "angel", kind)
    kind = np.where((dice > 0.75) & (stage >= 4), "private_equity", kind)
    usd = _STAGE_USD[np.minimum(stage, len(_STAGE_USD) - 1)] * np.exp(0.35 * world.firms.quality[firm] + 0.35 * size)
    guided = rng.random(len(firm)) < np.where(world.country[firm] == "CN", 0.30, 0.08)
    state = np.where(guided, rng.uniform(0.05, 0.45, len(firm)).round(2), 0.0)
    return firm, day_in(world.history.rounds.month, rng), kind, np.maximum(usd, MARKET_USD), state


def _small_rounds(world: World, rng: np.random.Generator) -> _Part:
    """Return what angels and crowds gave in the first five years, until the first round of market size."""
    first = np.full(len(world.firms), LAST + 1)
    np.minimum.at(first, world.history.rounds.firm, world.history.rounds.month)
    months = np.clip(np.minimum(first - world.firms.born - 1, world.months_alive()), 0, 60)
    count = rng.poisson(0.14 / 12 * months * np.exp(0.3 * world.firms.quality))
    firm = np.repeat(np.arange(len(count)), count)
    month = world.firms.born[firm] + 1 + (rng.random(len(firm)) * months[firm]).astype(np.int64)
    kind = _SMALL_KINDS[rng.choice(4, size=len(firm), p=[0.5, 0.15, 0.15, 0.2])]
    usd = 0.2e6 * np.exp(0.2 * world.firms.quality[firm] + 0.6 * rng.standard_normal(len(firm)))
    return firm, day_in(month, rng), kind, np.clip(usd, 0.02e6, SMALL_USD), np.zeros(len(firm))


def _debt(world: World, rng: np.random.Generator) -> _Part:
    months = np.maximum(world.months_alive() - 12, 0)
    count = rng.poisson(0.06 / 12 * months)
    firm = np.repeat(np.arange(len(count)), count)
    month = world.firms.born[firm] + 13 + (rng.random(len(firm)) * months[firm]).astype(np.int64)
    usd = 0.8e6 * np.exp(0.3 * world.firms.quality[firm] + 0.8 * rng.standard_normal(len(firm)))
    return firm, day_in(month, rng), np.full(len(firm), "debt", object), usd, np.zeros(len(firm))


def _state_rounds(world: World, rng: np.random.Generator) -> _Part:
    """Return guidance funds' majority rounds. They come with a grant, so that they never decide an outcome."""
    chance = 0.02 * (world.firms.dependence[world.history.grants.firm] > 0)
    with_fund = rng.random(len(chance)) < chance
    firm, day = world.history.grants.firm[with_fund], world.grant_on[with_fund]
    kind = np.where(rng.random(len(firm)) < 0.7, "venture", "private_equity").astype(object)
    usd = np.maximum(2.5e6 * np.exp(0.5 * rng.standard_normal(len(firm))), MARKET_USD)
    return firm, day, kind, usd, rng.uniform(0.55, 1.0, len(firm)).round(2)


def grants(world: World, rng: np.random.Generator) -> Columns:
    """Return the grants, with the programme of their authority and time."""
    order = np.lexsort((world.history.grants.firm, world.grant_on))
    firm, day = world.history.grants.firm[order], world.grant_on[order]
    level, currency = world.grant_level[order], world.currency[world.history.grants.firm][order]
    first = np.zeros(len(firm), bool)
    first[np.unique(firm, return_index=True)[1]] = True
    programme = _programmes(world.country[firm], level, day)
    phased = np.isin(programme, ["SBIR", "EIC Accelerator", "SME Instrument"])
    early = first | (rng.random(len(firm)) < 0.4)
    return {
        "firm_id": world.firm_id[firm],
        "grant_id": numbered("G", np.arange(len(firm))),
        "awarded_on": day,
        "amount": in_home_currency(world.grant_usd[order], currency, day),
        "currency": currency,
        "programme": programme,
        "level": np.array(GRANT_LEVELS, object)[level],
        "phase": np.where(phased, np.where(early, "1", "2"), "").astype(object),
    }


def _programmes(country: Text, level: Ints, day: Days) -> Text:
    """Return the name of the programme of a level in a country; the supranational one by its period."""
    year = day.astype("datetime64[Y]").astype(np.int64) + 1970
    union = np.select([year < 2014, year < 2021], ["FP7", "SME Instrument"], "EIC Accelerator")
    china = np.array(["Development Zone Fund", "Provincial Specialised SME Fund", "Torch Programme", ""], object)
    america = np.array(["City Innovation Fund", "State Matching Grant", "SBIR", ""], object)
    europe = np.array(["Municipal Start Grant", "Regional Innovation Fund", "National R&D Programme", ""], object)
    named = np.select([country == "CN", country == "US"], [china[level], america[level]], europe[level])
    return np.where(level == GRANT_LEVELS.index("supranational"), union, named).astype(object)


def financials(world: World, rng: np.random.Generator) -> Columns:
    """Return the accounts of every year that a firm ended alive; one in twenty is never filed.

    Revenue, staff, research and exports each show the firm's quality through a noise of their own, and operating
    subsidies over revenue its dependence. Profit, cash flow and cash show nothing more of it: they follow from these
    figures, the firm's age and its rounds.
    """
    own_stream = rng.spawn(1)[0]
    firm, year, age = _account_years(world)
    kept = rng.random(len(firm)) >= 0.05
    granted = _granted_usd(world, firm, year)[kept]
    firm, year, age = firm[kept], year[kept], age[kept]
    quality, dependence = world.firms.quality[firm], world.firms.dependence[firm]
    own = rng.standard_normal((4, len(world.firms)))[:, firm]  # a firm's lasting deviation in each figure
    once = rng.standard_normal((4, len(firm)))
    revenue = np.exp(11.9 + 0.8 * np.log(0.5 + age) + (0.6 + 0.07 * age) * quality + 0.15 * own[0] + 0.12 * once[0])
    staff = np.exp(1.6 + 0.5 * np.log(0.5 + age) + 0.45 * quality + 0.2 * own[1] + 0.1 * once[1])
    research = 12e3 * staff * np.exp(0.2 * quality + 0.3 * own[2] + 0.15 * once[2])
    abroad = 1 / (1 + np.exp(1.2 - 0.6 * quality - 0.3 * own[3] - 0.2 * once[3]))
    subsidy = 0.9 * granted + 0.05 * revenue * np.exp(1.0 * dependence + 0.2 * rng.standard_normal(len(firm)))
    profit, flow, cash = _results(world, (firm, year, age), revenue, subsidy, own_stream)
    day = (np.datetime64("1971-01-01") - 1) + np.zeros(len(firm), np.int64)
    day = later(day, (year - 1970) * 12)
    gaps = rng.random((2, len(firm))) < 0.04
    currency = world.currency[firm]
    return {
        "firm_id": world.firm_id[firm],
        "period_end": day,
        "revenue": in_home_currency(revenue, currency, day),
        "export_revenue": np.where(gaps[0], np.nan, in_home_currency(revenue * abroad, currency, day)),
        "rnd_expense": np.where(gaps[1], np.nan, in_home_currency(research, currency, day)),
        "subsidy_income": in_home_currency(subsidy, currency, day),
        "net_profit": np.sign(profit) * in_home_currency(np.abs(profit), currency, day),
        "operating_cash_flow": np.sign(flow) * in_home_currency(np.abs(flow), currency, day),
        "cash": in_home_currency(cash, currency, day),
        "employees": np.maximum(np.rint(staff), 1),
        "currency": currency,
    }


def _account_years(world: World) -> tuple[Ints, Ints, Floats]:
    """Return firm, year and age in years of each December that a firm lived to see, ordered by year and firm."""
    year = np.arange(_FIRST_ACCOUNTS, _LAST_ACCOUNTS + 1)
    december = (year - 2003) * 12 + 11
    seen = (world.firms.born[None, :] < december[:, None]) & (world.history.left[None, :] > december[:, None])
    row, firm = np.nonzero(seen)
    return firm, year[row], (december[row] - world.firms.born[firm]) / 12


def _results(
    world: World, accounts: tuple[Ints, Ints, Floats], revenue: Floats, subsidy: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Return net profit, operating cash flow and cash in US dollars; young firms lose money and live on rounds."""
    firm, year, age = accounts
    own = rng.standard_normal((3, len(world.firms)))[:, firm]
    once = rng.standard_normal((3, len(firm)))
    margin = 0.08 - 0.9 * np.exp(-age / 5) + 0.10 * own[0] + 0.08 * once[0]
    profit = margin * revenue + 0.5 * subsidy
    flow = profit + revenue * (0.05 + 0.04 * own[1] + 0.06 * once[1])
    raised = 0.6 * _raised_usd(world, firm, year) + 0.3 * _raised_usd(world, firm, year - 1)
    return profit, flow, 0.25 * revenue * np.exp(0.5 * own[2] + 0.3 * once[2]) + raised


def _raised_usd(world: World, firm: Ints, year: Ints) -> Floats:
    """Return what a firm's rounds of a calendar year usually bring at their stages, in US dollars."""
    usual = _STAGE_USD[np.minimum(world.history.rounds.mark, len(_STAGE_USD) - 1)]
    return _in_year(world, world.history.rounds, usual, firm, year)


def _granted_usd(world: World, firm: Ints, year: Ints) -> Floats:
    """Return the US dollars of grants that a firm was awarded in a calendar year."""
    return _in_year(world, world.history.grants, world.grant_usd, firm, year)


def _in_year(world: World, events: Events, usd: Floats, firm: Ints, year: Ints) -> Floats:
    span = _LAST_ACCOUNTS + 2 - _FIRST_ACCOUNTS
    total = np.bincount(events.firm * span + events.month // 12, usd, minlength=len(world.firms) * span)
    sums: Floats = np.where(year < _FIRST_ACCOUNTS, 0.0, total[firm * span + year - _FIRST_ACCOUNTS])
    return sums
