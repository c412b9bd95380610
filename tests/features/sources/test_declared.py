"""Only declared forms are rewritten; whatever else stands in a column reaches the contract as it is."""

import pandas as pd
import pytest

from littlegiants.features.sources.declared import decimal_comma, grouped_thousands, iso_dates, keep_dated
from littlegiants.features.sources.exports import read_export


def test_dates_in_declared_forms():
    text = pd.Series(["2018-10-23", "October 3, 2018", "10-23-2018", "1/2/2018", ""], index=[3, 5, 7, 8, 9])
    assert iso_dates(text, ("%B %d, %Y", "%m-%d-%Y", "%m/%d/%Y")).to_dict() == {
        3: "2018-10-23",
        5: "2018-10-03",
        7: "2018-10-23",
        8: "2018-01-02",
        9: "",
    }


@pytest.mark.parametrize("text", ["23-10-2018", "02-30-2018", "10-23-18", "Octember 3, 2018", "43396", "10.23.2018"])
def test_other_dates_stay_as_they_are(text):
    assert iso_dates(pd.Series([text]), ("%B %d, %Y", "%m-%d-%Y", "%m/%d/%Y")).tolist() == [text]


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
