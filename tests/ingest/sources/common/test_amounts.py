"""Only declared forms are rewritten; whatever else stands in a column reaches the contract as it is."""

import pandas as pd
import pytest

from littlegiants.ingest.sources.common.amounts import decimal_comma, grouped_thousands, keep_dated, plain_amounts
from littlegiants.ingest.sources.common.exports import read_export


def test_amounts_stay_where_the_comma_could_mean_either():
    assert decimal_comma(pd.Series(["0,5", "626199,99999984", "1,234", "1,2,3", ""])).tolist() == [
        "0.5",
        "626199.99999984",
        "1,234",
        "1,2,3",
        "",
    ]
    assert grouped_thousands(pd.Series(["1,234", "1,234,567.5", "1234", "1,23"])).tolist() == [
        "1234",
        "1234567.5",
        "1234",
        "1,23",
    ]


def test_records_to_refer_to_need_a_key_and_a_date(tmp_path):
    path = tmp_path / "project.csv"
    path.write_text("id,day\n1,2014-01-02\n,2014-01-02\n3,\n4,2014-02-30\n1,2014-01-02\n5,2014-01-02\n5,2014-01-03\n")
    export = read_export(path, ("id", "day"))
    keep_dated(export, "id", "day")
    assert export.frame["id"].tolist() == ["1"]
    assert set(export.reconcile().by_code) == {
        "missing_key",
        "missing_date",
        "impossible_date",
        "duplicate_row",
        "duplicate_conflict",
    }


@pytest.mark.parametrize(
    ("form", "written", "read"),
    [
        ("comma", ["1.234,56", "1234,5", "-1.234.567", "12", ""], ["1234.56", "1234.5", "-1234567", "12", ""]),
        ("grouped", ["1,234.56", "1234.5", "-1,234,567", "12", ""], ["1234.56", "1234.5", "-1234567", "12", ""]),
        ("lakh", ["1,20,00,000", "20,000.5", "-1,00,000", "1234", ""], ["12000000", "20000.5", "-100000", "1234", ""]),
        (
            "spaced",
            ["1 234,56", "1'234.5", "1\u202f234\u202f567", "12", ""],
            ["1234.56", "1234.5", "1234567", "12", ""],
        ),
        # Of plain amounts the contract is the judge: it takes 1234.56 and refuses the rest.
        ("plain", ["1.234,56", "1,234.56", "1234.56"], ["1.234,56", "1,234.56", "1234.56"]),
    ],
)
def test_amounts_of_the_declared_form(form, written, read):
    amounts, other = plain_amounts(pd.Series(written), form)
    assert amounts.tolist() == read
    assert not other.any()


@pytest.mark.parametrize(
    ("form", "written"),
    [
        # 12.34 would be twelve and a third where points group thousands; nothing is guessed.
        ("comma", ["12.34", "1,234.56", "1.23.456", "1,5,0", "３万", "1 234,5"]),
        ("lakh", ["1,234,567", "12,34", "1.20.000", "1,2,000"]),
        ("spaced", ["1,234,567", "12 34", "1 2345"]),
        ("grouped", ["12,34", "1.234,56", "1,23,456", "1.5.0", "３", "1 234.5"]),
    ],
)
def test_amounts_of_another_form_are_told(form, written):
    amounts, other = plain_amounts(pd.Series(written), form)
    assert other.all()
    assert amounts.tolist() == written
