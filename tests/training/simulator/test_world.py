"""Days, months and money of the simulated tables."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.tables.money import to_cents
from littlegiants.training.simulator.economy import LAST
from littlegiants.training.simulator.world import day_in, in_home_currency, later, numbered
from tests.training.simulator.small_world import materialised, month_of

MONTHS = st.integers(0, LAST)
DAYS = st.dates(min_value=date(2003, 1, 1), max_value=date(2025, 12, 31))


@given(MONTHS, st.integers(0, 2**32))
def test_a_day_drawn_in_a_month_lies_in_it(month, seed):
    days = day_in(np.full(50, month), np.random.default_rng(seed))
    assert set(month_of(days).tolist()) == {month}


@given(DAYS, st.integers(0, 60))
def test_later_is_never_earlier_than_that_many_months(day, months):
    start = np.array([day], "M8[D]")
    moved = later(start, months)
    # The same day of the month where there is one, else one of the first three days of the month that follows.
    target = start.astype("M8[M]") + months
    length = (target + 1).astype("M8[D]") - target.astype("M8[D]")
    exists = (start - start.astype("M8[M]").astype("M8[D]")) < length
    assert (moved.astype("M8[M]") == target)[0] if exists[0] else (moved >= (target + 1).astype("M8[D]"))[0]


def test_later_of_a_leap_day():
    moved = later(np.array(["2020-02-29", "2020-02-29", "2019-08-31"], "M8[D]"), np.array([36, 48, 18]))
    assert moved.astype(str).tolist() == ["2023-03-01", "2024-02-29", "2021-03-03"]


@given(st.floats(2e4, 1e9), st.sampled_from(["USD", "EUR", "CNY"]), DAYS)
def test_money_comes_back_as_it_was_within_rounding(usd, currency, day):
    days = np.array([day], "M8[D]")
    codes = np.array([currency], object)
    amount = in_home_currency(np.array([usd]), codes, days)
    assert amount[0] % 1000 == 0
    back = to_cents(amount, codes, np.array([day.year])) / 100
    assert abs(back[0] - usd) <= 750  # half of a thousand, at up to 1.5 dollars for a euro


def test_ids_keep_their_zeros():
    assert numbered("F", np.array([0, 17, 1234567])).tolist() == ["F000000", "F000017", "F1234567"]


def test_the_country_decides_the_currency_and_only_europe_has_supranational_grants():
    world = materialised()
    pairs = set(zip(world.country.tolist(), world.currency.tolist(), strict=True))
    assert {("CN", "CNY"), ("US", "USD"), ("DE", "EUR"), ("FR", "EUR")} <= pairs
    assert len({country for country, _ in pairs}) == len(pairs)
    union = world.country[world.history.grants.firm][world.grant_level == 3]
    assert len(union) > 0
    assert not np.isin(union, ["CN", "US"]).any()


def test_higher_tiers_win_higher_grants():
    world = materialised()
    tier, level = world.history.grants.mark, world.grant_level
    assert level[tier >= 3].mean() > level[tier == 0].mean() + 0.3
