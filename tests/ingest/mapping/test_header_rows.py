"""The header is found below titles, above units, and in one row or two."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.mapping.header_rows import find_header, unique_names


@pytest.mark.parametrize(
    ("rows", "names", "first"),
    [
        ([["firm_id", "name"], ["1", "Acme"]], ("firm_id", "name"), 1),
        ([["附件：名单", ""], ["序号", "企业名称"], ["1", "某某"]], ("序号", "企业名称"), 2),
        ([["A list"], ["made in May"], [], ["Company", "Colour"], ["Acme", "red"]], ("Company", "Colour"), 4),
        ([["企业名称"], ["某某公司"]], ("企业名称",), 1),
        # No name is known: the first row as wide as the others.
        ([["Notes"], ["alpha", "beta", "gamma"], ["1", "2", "3"], ["1", "2", "3"]], ("alpha", "beta", "gamma"), 1),
        ([["name", "", "city"], ["a", "b", "c"]], ("name", "column 2", "city"), 1),
        ([["name", "city", ""], ["a", "b", ""]], ("name", "city"), 1),
    ],
)
def test_names_and_first_record(rows, names, first):
    found = find_header(rows)
    assert (found.names, found.first) == (names, first + (rows[0] == ["Notes"]))


@pytest.mark.parametrize("units", [["没有单位", "没有单位", "万元"], ["", "", "USD m"], ["年", "人", "%"]])
def test_a_row_of_units_is_no_record(units):
    rows = [["证券代码", "会计期间", "本期发生额"], units, ["000901", "2019-12-31", "1"]]
    found = find_header(rows)
    assert (found.first, found.units) == (2, {n: u for n, u in zip(found.names, units, strict=True) if u})


@pytest.mark.parametrize("codes", [("Stkcd", "Accper", "Fn05602"), ("stkcd", "accper", "amt"), ("A1", "A2", "A3")])
def test_codes_above_names_are_the_names_and_these_the_titles(codes):
    rows = [codes, ["证券代码", "会计期间", "本期发生额"], ["000901", "2019-12-31", "1"]]
    found = find_header(rows)
    assert (found.names, found.first) == (codes, 2)
    assert found.titles == dict(zip(codes, rows[1], strict=True))


def test_a_record_in_another_script_is_no_second_header():
    found = find_header([["firm_id", "name", "city"], ["甲", "某某公司", "北京"], ["乙", "某某厂", "上海"]])
    assert (found.titles, found.first) == ({}, 1)


def test_what_stands_above_is_kept():
    assert find_header([["第五批“小巨人”名单"], ["企业名称", "地区"], ["a", "b"]]).above == ("第五批“小巨人”名单",)


@pytest.mark.parametrize("rows", [[], [[]], [["", " "]]])
def test_nothing_at_all_is_refused(rows):
    with pytest.raises(TableError, match="no row has anything in it"):
        find_header(rows)


def test_names_that_stand_again_are_numbered():
    assert unique_names(["Investor", "Investor", "", "Investor"]) == [
        "Investor",
        "Investor (2)",
        "column 3",
        "Investor (3)",
    ]
