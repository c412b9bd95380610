"""Records as text under the names of their columns."""

import numpy as np
import pytest

from littlegiants.ingest.mapping.sheets import bare, from_rows

ROWS = [
    ["Company", "Contact", "Size (USD m)"],
    ["Acme", "A. Person", " 1 "],
    ["Bolt", "B. Person", ""],
    ["Acme", "", "2"],
]


def sheet(rows=ROWS):
    return from_rows("x.csv", rows, "utf-8", "d")[0]


def test_people_are_not_in_the_table_at_all():
    assert sheet().table.column_names == ["Company", "Size (USD m)"]
    assert sheet().header.names == ("Company", "Contact", "Size (USD m)")


def test_a_sheet_of_people_alone_has_no_columns():
    found = sheet([["Contact", "电话"], ["A. Person", "1"], ["B. Person", "2"]])
    assert (found.table.column_names, found.rows.tolist(), found.find("Contact")) == ([], [1, 2], None)


def test_records_are_dropped_with_all_that_is_read_of_them():
    found = sheet()
    found.drop(np.array([True, False, False]), "undecodable_text")
    assert (found.column("Company").all().tolist(), found.rows.tolist()) == (["Bolt", "Acme"], [2, 3])
    assert found.quarantine.frame()["value"].tolist() == ["Acme, 1 "]


def test_text_is_stripped_and_each_distinct_one_kept_once():
    column = sheet().column("Size (USD m)")
    assert column.all().tolist() == ["1", "", "2"]
    assert column.filled.tolist() == [True, False, True]
    assert sheet().column("Company").texts == ["Acme", "Bolt"]
    assert sheet().column("Size (USD m)", ["2"]).all().tolist() == ["1", "", ""]
    assert sheet().column("Size (USD m)", (), "Company").all().tolist() == ["1", "Bolt", "2"]


@pytest.mark.parametrize("wanted", ["Size (USD m)", "size", " SIZE (usd M)", "Ｓｉｚｅ"])
def test_columns_are_found_whatever_their_case_width_and_bracket(wanted):
    assert sheet().find(wanted) == "Size (USD m)"


@pytest.mark.parametrize("wanted", ["Sizes", "Contact", ""])
def test_other_columns_and_people_are_not_found(wanted):
    assert sheet().find(wanted) is None


def test_records_that_are_blank_or_ragged_are_quarantined():
    rows = [["name", "city"], ["a", "b"], ["", ""], ["c"], ["d", "e", "f"], ["g", "h", ""], ["", ""]]
    found = sheet(rows)
    assert (found.rows.tolist(), found.read) == ([1, 5], 5)
    codes = found.quarantine.frame()[["row", "code"]].to_numpy(object).tolist()
    assert codes == [[2, "blank_row"], [3, "ragged_row"], [4, "ragged_row"]]


@pytest.mark.parametrize(("header", "value"), [(["name", "city"], "SECRET"), (["name", "email"], "")])
def test_a_ragged_row_is_shown_only_where_no_column_is_about_people(header, value):
    found = sheet([header, ["SECRET"], ["a", "b"]])
    assert found.quarantine.frame()["value"].tolist() == [value]


def test_a_second_table_below_a_gap_is_a_sheet_of_its_own():
    rows = [
        ["企业名称", "地区", ""],
        ["甲", "江苏", ""],
        ["", "", ""],
        ["公司名称", "成立日期", "官网"],
        ["乙", "2016", "x.example"],
    ]
    first, second = from_rows("x.csv", rows, "utf-8", "d")
    assert (first.name, first.read) == ("x.csv", 1)
    assert (second.name, second.column("官网").all().tolist()) == ("x.csv#2", ["x.example"])


def test_bare_names():
    assert bare("Deal Size (USD)") == bare("deal_size") == "dealsize"
