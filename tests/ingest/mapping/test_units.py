"""Units and currencies in headers and cells; what several currencies share is none of them."""

import pytest

from littlegiants.ingest.mapping.units import currency_code, is_unit, of_header, power, scaled, stated
from littlegiants.ingest.tables.money import currencies


@pytest.mark.parametrize(
    ("header", "unit", "currency"),
    [
        ("Total funding (USD M)", "m", "USD"),
        ("Deal Size (€m)", "m", "EUR"),
        ("Revenue (in millions)", "millions", ""),
        ("revenue in thousands", "thousands", ""),
        ("融资金额（万美元）", "万", "USD"),
        ("营业收入(单位:亿元)", "亿", "CNY"),
        ("Amount (INR crore)", "crore", "INR"),
        ("raised_amount_usd", "", "USD"),
        ("Price Currency (in USD)", "", "USD"),
        ("POST-MONEY VALUATION (USD MN - ESTIMATED**)", "mn", "USD"),
        ("Amount ($)", "", ""),
        ("Amount", "", ""),
        ("Team (m)", "m", ""),
    ],
)
def test_headers(header, unit, currency):
    assert of_header(header) == (unit, currency)


@pytest.mark.parametrize(
    ("text", "unit", "currency"),
    [
        ("US$ m", "m", "USD"),
        ("万元", "万", "CNY"),
        ("元人民币", "", "CNY"),
        ("bn", "bn", ""),
        ("EUR", "", "EUR"),
        ("£k", "k", "GBP"),
        ("$", "", ""),
        ("¥", "", ""),
        ("apples", "", ""),
    ],
)
def test_stated(text, unit, currency):
    assert stated(text) == (unit, currency)


@pytest.mark.parametrize("cell", ["没有单位", "元", "%", "万元", "人", "USD mn"])
def test_units_of_a_row_of_units(cell):
    assert is_unit(cell)


@pytest.mark.parametrize("cell", ["2019", "某某公司", "Acme", "", "m3"])
def test_other_cells_are_no_units(cell):
    assert not is_unit(cell)


def test_an_amount_is_scaled_exactly():
    assert [scaled("0.52", power(unit)) for unit in ("million", "万元", "", "CRORE")] == [
        "520000",
        "5200",
        "0.52",
        "5200000",
    ]
    assert scaled("1e3", 3) == "1000000"
    with pytest.raises(KeyError):
        power("bushels")


@pytest.mark.parametrize("code", currencies())
def test_codes_stay_as_they_are(code):
    assert currency_code(code) == currency_code(code.lower()) == code


@pytest.mark.parametrize(
    ("word", "code"), [("RMB", "CNY"), ("US$", "USD"), ("￥", "￥"), ("人民币", "CNY"), ("Rs.", "INR")]
)
def test_words_of_currencies(word, code):
    assert currency_code(word) == code
