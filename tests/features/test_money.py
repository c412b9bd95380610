"""Money in US cents at a rate that was already published."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.features.money import STALE_YEARS, currencies, rates, to_cents

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
