"""Amounts in cells: taken apart where they can be nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.mapping.amounts import Cell, find_number_forms, read_amounts, split_cell


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("US$ 2.5m", "2500000", "USD"),
        ("€2.5m", "2500000", "EUR"),
        ("2.5 million EUR", "2500000", "EUR"),
        ("1000万人民币", "10000000", "CNY"),
        ("3.5亿元", "350000000", "CNY"),
        ("£1.2bn", "1200000000", "GBP"),
        ("₹20 crore", "200000000", "INR"),
        ("CNY 5 million", "5000000", "CNY"),
        ("500K", "500000", ""),
        ("$470000", "470000", ""),
        ("(250)", "-250", ""),
        ("-3.5", "-3.5", ""),
        ("约1000万元", "10000000", "CNY"),
        ("１２３", "123", ""),
        ("", "", ""),
    ],
)
def test_cells_that_can_be_read(text, amount, currency):
    found = read_amounts([text], "plain", "")
    assert (found.texts, found.currencies, found.wrong) == ([amount], [currency], [False])


@pytest.mark.parametrize(
    "text", ["数千万人民币", "undisclosed", "1-5m", "2.5 parsecs", "=1+1", "1,5", "12 of 30", "1.2.3"]
)
def test_cells_that_cannot_be_read(text):
    assert read_amounts([text], "plain", "").wrong == [True]


def test_the_unit_of_a_cell_goes_before_that_of_its_column():
    assert read_amounts(["2", "2k", "2bn"], "plain", "million").texts == ["2000000", "2000", "2000000000"]


@pytest.mark.parametrize(
    ("texts", "forms"),
    [
        (["5", "1200"], ["plain"]),
        (["5.25", "1.2"], ["plain"]),
        (["1,234,567", "250"], ["grouped"]),
        (["1,20,00,000", "20,00,000"], ["lakh"]),
        (["1.234.567,5", "3,25"], ["comma"]),
        (["1 234,56"], ["spaced"]),
        (["1'234'567.80"], ["spaced"]),
        (["0.125", "1.250"], ["plain"]),
        # Thousands here, thousandths there.
        (["1,234"], ["comma", "grouped"]),
        (["1.234"], ["comma", "plain"]),
        (["US$ 1,234,567", "€ 2"], ["grouped"]),
        (["n/a"], ["plain"]),
    ],
)
def test_forms_of_a_column(texts, forms):
    assert find_number_forms(texts) == forms


def test_signs_that_several_currencies_have_are_kept():
    assert [(split_cell(text) or Cell("")).sign for text in ("$5m", "5 ¥", "US$ 5", "5")] == ["$", "¥", "", ""]


@given(st.text(max_size=20))
def test_any_cell_is_an_amount_or_wrong(text):
    found = read_amounts([text], "plain", "")
    assert found.wrong[0] or not text or float(found.texts[0]) is not None
