"""Rounds, grants and accounts of the simulated firms."""

import numpy as np

from littlegiants.models.outcomes import MARKET_ROUNDS
from littlegiants.training.simulator import accounts
from littlegiants.training.simulator.world import END
from tests.training.simulator.small_world import firm_rows, materialised, month_of, rough_usd


def rounds():
    return accounts.rounds(materialised(), np.random.default_rng(5))


def test_rounds_of_market_size_are_those_of_the_history_and_no_others():
    table, history = rounds(), materialised().history
    market = np.isin(table["kind"], MARKET_ROUNDS) & (table["state_backed_share"] <= 0.5) & (rough_usd(table) >= 1e6)
    written = sorted(
        zip(firm_rows(table)[market].tolist(), month_of(table["announced_on"])[market].tolist(), strict=True)
    )
    assert written == sorted(zip(history.rounds.firm.tolist(), history.rounds.month.tolist(), strict=True))


def test_no_round_of_a_market_kind_comes_near_the_threshold():
    table = rounds()
    market = np.isin(table["kind"], MARKET_ROUNDS)
    usd = rough_usd(table)[market]
    assert not np.isnan(usd).any()
    assert not np.any((usd > 0.85e6) & (usd < 1.05e6))


def test_amounts_are_missing_only_where_the_kind_says_that_it_is_no_market_event():
    table = rounds()
    missing = np.isnan(table["amount"])
    assert 0.04 < missing.mean() < 0.12
    assert set(table["kind"][missing]) == set(accounts.SILENT_KINDS)
    assert not set(accounts.SILENT_KINDS) & set(MARKET_ROUNDS)


def test_a_majority_of_the_state_comes_with_a_grant_of_the_same_day():
    world, table = materialised(), rounds()
    state = table["state_backed_share"] > 0.5
    granted = set(zip(world.history.grants.firm.tolist(), world.grant_on.tolist(), strict=True))
    assert state.sum() > 20
    assert set(zip(firm_rows(table)[state].tolist(), table["announced_on"][state].tolist(), strict=True)) <= granted


def test_all_rounds_lie_within_the_life_of_their_firm():
    world, table = materialised(), rounds()
    firm, month = firm_rows(table), month_of(table["announced_on"])
    assert np.all((month > world.firms.born[firm]) & (month < world.history.left[firm]))
    assert table["announced_on"].max() <= END


def test_round_sizes_show_quality():
    world, table = materialised(), rounds()
    quality, series_a = world.firms.quality[firm_rows(table)], table["kind"] == "series_a"
    assert np.corrcoef(quality[series_a], np.log(rough_usd(table)[series_a]))[0, 1] > 0.4


def test_grants_are_those_of_the_history():
    world = materialised()
    table = accounts.grants(world, np.random.default_rng(5))
    months = month_of(table["awarded_on"])
    assert sorted(zip(firm_rows(table).tolist(), months.tolist(), strict=True)) == sorted(
        zip(world.history.grants.firm.tolist(), world.history.grants.month.tolist(), strict=True)
    )
    assert set(table["phase"]) == {"", "1", "2"}
    assert np.all(np.isin(table["programme"][table["phase"] != ""], ["SBIR", "SME Instrument", "EIC Accelerator"]))


def test_programmes_of_the_union_are_those_of_their_years():
    table = accounts.grants(materialised(), np.random.default_rng(5))
    for programme, first, last in (
        ("FP7", 2003, 2013),
        ("SME Instrument", 2014, 2020),
        ("EIC Accelerator", 2021, 2025),
    ):
        years = table["awarded_on"][table["programme"] == programme].astype("M8[Y]").astype(int) + 1970
        assert len(years) > 0
        assert first <= years.min() <= years.max() <= last


def test_accounts_close_in_december_of_years_the_firm_lived_through():
    world = materialised()
    table = accounts.financials(world, np.random.default_rng(5))
    firm, end = firm_rows(table), table["period_end"]
    assert {day[5:] for day in end.astype(str).tolist()} == {"12-31"}
    assert np.all((month_of(end) > world.firms.born[firm]) & (month_of(end) < world.history.left[firm]))
    assert (end + 120).max() <= END
    assert len(np.unique(np.char.add(table["firm_id"].astype(str), end.astype(str)))) == len(end)


def test_some_accounts_and_some_figures_are_missing():
    world = materialised()
    table = accounts.financials(world, np.random.default_rng(5))
    decembers = np.arange(11, 12 * (2025 - 2003), 12)[:, None]  # of 2003 to 2024
    due = np.sum((world.firms.born < decembers) & (decembers < world.history.left))
    assert 0.03 < 1 - len(table["firm_id"]) / due < 0.07
    assert 0.03 < np.isnan(table["rnd_expense"]).mean() < 0.05
    assert not np.isnan(table["revenue"]).any()


def test_accounts_show_quality_and_dependence():
    world = materialised()
    table = accounts.financials(world, np.random.default_rng(5))
    firm = firm_rows(table)
    home = table["currency"] == "USD"  # one currency, so that levels compare
    quality, dependence = world.firms.quality[firm][home], world.firms.dependence[firm][home]
    assert np.corrcoef(quality, np.log(table["revenue"][home]))[0, 1] > 0.6
    share = table["subsidy_income"][home] / table["revenue"][home]
    assert np.corrcoef(dependence, np.log(share))[0, 1] > 0.5


def test_results_say_no_more_of_quality_than_the_other_figures_do():
    world = materialised()
    table = accounts.financials(world, np.random.default_rng(5))
    firm, home = firm_rows(table), table["currency"] == "USD"
    revenue, quality = np.log(table["revenue"][home]), world.firms.quality[firm][home]
    age = np.log(month_of(table["period_end"])[home] - world.firms.born[firm][home] + 6)
    known = np.column_stack([np.ones(len(revenue)), revenue, age, revenue * age])
    rest = quality - known @ np.linalg.lstsq(known, quality, rcond=None)[0]
    for name in ("net_profit", "operating_cash_flow"):
        assert abs(np.corrcoef(rest, table[name][home] / table["revenue"][home])[0, 1]) < 0.08, name
    assert 0.5 < np.mean(table["net_profit"].astype(float) < 0) < 0.9
    assert np.all(table["cash"].astype(float) > 0)


def test_results_are_drawn_from_a_stream_of_their_own():
    rng, spawned = np.random.default_rng(5), np.random.default_rng(5)
    spawned.spawn(3)
    accounts.financials(materialised(), rng)
    accounts.financials(materialised(), spawned)
    assert rng.random() == spawned.random()
