"""Money in US cents at a rate and in prices that were already published."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest import tables
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.money import (
    STALE_YEARS,
    Money,
    MoneyRule,
    currencies,
    prices,
    rates,
    to_cents,
    whole_cents,
)

FIRST, LAST = int(rates().index[0]), int(rates().index[-1])
RATES = {
    (int(year), str(code)): float(rate)
    for year, *row in rates().itertuples()
    for code, rate in zip(rates(), row, strict=True)
}


def cents(amount, currency, year):
    return to_cents(np.array([amount], np.float64), np.array([currency], object), np.array([year]))[0]


@pytest.mark.parametrize(
    ("amount", "currency", "year", "expected"),
    [
        (100, "EUR", 2016, 11_096),  # 1.1096 dollars a euro, the average of 2015
        (1_234_567.89, "EUR", 2016, 136_987_653),  # 1,234,567.89 * 1.1096 = 1,369,876.530744
        (1_000_000, "CNY", 2016, 15_916_724),  # 6.2827 yuan a dollar, the average of 2015: 159,167.2370...
        (0.01, "USD", 2016, 1),
        (0.29, "USD", 2016, 29),  # 0.29 * 100 is 28.999999999999996 in binary
        (1.005, "USD", 2016, 100),  # stored just below 1.005
        (0, "GBP", 2016, 0),
    ],
)
def test_converted_amounts(amount, currency, year, expected):
    assert cents(amount, currency, year) == expected


@pytest.mark.parametrize("currency", rates().columns)
@pytest.mark.parametrize("year", [FIRST + 1, 2008, LAST, LAST + 1])
def test_an_event_is_converted_at_the_average_of_the_year_before(currency, year):
    assert cents(1_000_000, currency, year) == np.rint(1e8 * RATES[year - 1, currency])


def test_the_average_of_the_event_s_own_year_is_never_used():
    changed = [(year, currency) for year, currency in RATES if RATES[year, currency] != RATES.get((year - 1, currency))]
    assert len(changed) > 100
    for year, currency in changed:
        assert cents(1e9, currency, year) != np.rint(1e11 * RATES[year, currency])


@pytest.mark.parametrize("currency", rates().columns)
def test_before_the_first_average_there_is_no_rate(currency):
    assert np.isnan(cents(5, currency, FIRST))
    assert np.isnan(cents(5, currency, 1950))
    assert cents(5, "USD", 1950) == 500


@pytest.mark.parametrize("currency", rates().columns)
def test_the_last_average_serves_three_years_and_no_longer(currency):
    last = np.rint(1e8 * RATES[LAST, currency])
    assert [cents(1e6, currency, LAST + later) for later in range(1, STALE_YEARS + 1)] == [last] * STALE_YEARS
    assert np.isnan(cents(1e6, currency, LAST + STALE_YEARS + 1))


def test_a_missing_amount_stays_missing_and_an_absurd_one_becomes_infinite():
    assert np.isnan(cents(np.nan, "USD", 2016))
    assert cents(1e308, "USD", 2016) == np.inf


def test_an_unknown_currency_has_no_rate():
    assert "CNY" in currencies()
    assert [code for code in ("RMB", "usd", "", "XXX") if not np.isnan(cents(5, code, 2016))] == []


def test_every_rate_is_a_positive_number():
    assert np.isfinite(rates().to_numpy()).all()
    assert (rates().to_numpy() > 0).all()
    assert (np.diff(rates().index) == 1).all()


@given(st.integers(0, 10**15))
def test_whole_cents_survive_as_dollars(whole):
    assert cents(whole / 100, "USD", 2016) == whole


def day(text):
    return int(np.datetime64(text, "D").astype(int))


def series(**rates):
    """Supplied rates, such as ``INR={"2015-01-02": 0.0158}``."""
    return {
        code: (np.array([day(text) for text in some], np.int32), np.array(list(some.values()), np.float64))
        for code, some in rates.items()
    }


def usd(money, currency, *days):
    return money.usd(np.array([currency] * len(days), object), np.array([day(text) for text in days])).tolist()


INR = series(INR={"2015-01-02": 0.0158, "2015-02-02": 0.0162}, EUR={"2015-06-01": 1.09})


def test_t11_an_event_takes_the_last_supplied_rate_published_on_or_before_its_day():
    money = Money(INR)
    assert usd(money, "INR", "2015-01-02", "2015-02-01", "2015-02-02") == [0.0158, 0.0158, 0.0162]
    # 400 days after 2 February 2015 is 8 March 2016.
    assert usd(money, "INR", "2016-03-08", "2016-03-09") == pytest.approx([0.0162, np.nan], nan_ok=True)


def test_t11_before_the_first_supplied_rate_the_bundled_one_serves_or_none():
    money = Money(INR)
    assert usd(money, "EUR", "2015-05-31", "2015-06-01") == [RATES[2014, "EUR"], 1.09]
    assert np.isnan(usd(money, "INR", "2015-01-01")).all()
    # A currency that nobody supplies, and the dollar, are as ever.
    assert usd(money, "GBP", "2015-06-01") == [RATES[2014, "GBP"]]
    assert usd(money, "USD", "1950-06-01") == [1.0]


def test_a_stale_supplied_rate_is_not_replaced_by_a_bundled_one():
    assert np.isnan(usd(Money(INR), "EUR", "2016-07-06")).all()


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.sampled_from(["USD", *rates().columns]))
def test_without_rates_and_base_year_money_is_the_bundled_one_to_the_bit(when, currency):
    money, number = Money(), np.array([day(str(when))])
    factor = money.usd(np.array([currency], object), number) * money.deflator(number)
    amounts = np.array([1_234_567.89])
    assert whole_cents(amounts, factor).tobytes() == np.float64(cents(amounts[0], currency, when.year)).tobytes()


def test_constant_prices_take_the_index_published_before_the_event():
    # The averages of 2009 and 2014 are 214.537 and 236.736: a dollar of 2010 has the worth of 1.1035 dollars of 2015.
    money = Money(constant_prices=2015)
    days = np.array([day("2010-01-01"), day("2010-12-31"), day("2015-07-01")])
    assert money.deflator(days).tolist() == pytest.approx([236.736 / 214.537, 236.736 / 214.537, 1.0], rel=1e-15)
    assert whole_cents(np.array([100.0]), money.deflator(days[:1])).tolist() == [11_035]


def test_prices_are_unknown_before_their_first_index_and_long_after_the_last():
    first, last = int(prices().index[0]), int(prices().index[-1])
    money = Money(constant_prices=2015)
    days = np.array([day(f"{year}-06-01") for year in (first, first + 1, last + STALE_YEARS, last + STALE_YEARS + 1)])
    assert np.isnan(money.deflator(days)).tolist() == [True, False, False, True]
    for year in (first, last + STALE_YEARS + 1):
        with pytest.raises(ConfigError, match=f"constant_prices is {year}; choose a year from {first + 1} to "):
            Money(constant_prices=year)


def test_the_price_index_is_whole_and_says_where_it_is_from():
    assert prices().index.tolist() == list(range(1960, 2025))
    assert (prices() > 0).all()
    # Three of the published averages, and the years in which prices fell.
    assert prices()[[1980, 2009, 2024]].tolist() == [82.4, 214.537, 313.689]
    assert prices().index[1:][np.diff(prices()) < 0].tolist() == [2009]
    assert "CUUR0000SA0" in (Path(tables.__file__).parent / "data" / "cpi_yearly.csv").read_text("utf-8")


DAYS = st.integers(day("2009-01-01"), day("2020-12-31"))
SOME = st.dictionaries(DAYS, st.floats(1e-6, 1e3), max_size=6)


def supplied(some):
    """Rates by currency and day, currencies without one left out."""
    return {
        code: (np.array(sorted(by_day), np.int32), np.array([by_day[d] for d in sorted(by_day)]))
        for code, by_day in some.items()
        if by_day
    }


@given(
    st.dictionaries(st.sampled_from(["EUR", "INR"]), SOME), st.dictionaries(st.sampled_from(["EUR", "INR"]), SOME), DAYS
)
def test_t11_rates_published_later_change_nothing_that_was_converted(early, late, today):
    early = {code: {d: rate for d, rate in some.items() if d <= today} for code, some in early.items()}
    later = {
        code: early.get(code, {}) | {d: rate for d, rate in late.get(code, {}).items() if d > today}
        for code in ("EUR", "INR")
    }
    before, after = Money(supplied(early)), Money(supplied(later))
    events = np.arange(day("2009-01-01"), today + 1, 7)
    for code in ("EUR", "INR", "USD", "GBP"):
        words = np.full(len(events), code, object)
        assert before.usd(words, events).tobytes() == after.usd(words, events).tobytes()
    when = np.datetime64(today, "D").astype(date)
    assert before.rule(when) == after.rule(when) == after.known_by(when).rule(date(2100, 1, 1))


def test_a_rule_tells_rates_and_base_years_apart():
    when = date(2015, 3, 1)
    assert Money().rule(when) == MoneyRule() == MoneyRule("bundled", None)
    rules = [
        Money(),
        Money(INR),
        Money(series(INR={"2015-01-02": 0.0159})),
        Money(INR, 2015),
        Money({}),
        Money({}, 2010),
    ]
    assert len({money.rule(when) for money in rules}) == len(rules)
    assert str(Money(constant_prices=2015).rule(when)) == "the bundled rates, prices of 2015"
    assert str(Money({}).rule(when)).startswith("a table of rates (")
