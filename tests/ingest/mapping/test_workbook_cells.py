"""Workbooks as text: dates, numbers, merged cells, formulas by their stored value, and titles above."""

import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.mapping import workbook_cells
from littlegiants.ingest.mapping.workbook_cells import read_cells


@pytest.fixture
def book(tmp_path):
    def make(merged=(), **sheets):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
            for reference in merged:
                sheet.merge_cells(reference)
        workbook.save(tmp_path / "book.xlsx")
        return tmp_path / "book.xlsx"

    return make


def texts(sheet):
    return {name: sheet.column(name).all().tolist() for name in sheet.table.column_names}


def test_cells_as_text(book):
    rows = [
        ["name", "founded on", "amount"],
        ["Acme", datetime(2020, 1, 2), 5_000_000.0],
        ["Bolt", 2018, 0.25],
        ["Cog", date(2019, 3, 4), None],
    ]
    (sheet,) = read_cells(book(Sheet1=rows))
    assert (sheet.name, sheet.encoding, sheet.read) == ("book.xlsx!Sheet1", "xlsx", 3)
    assert texts(sheet) == {
        "name": ["Acme", "Bolt", "Cog"],
        "founded on": ["2020-01-02", "2018", "2019-03-04"],
        "amount": ["5000000", "0.25", ""],
    }


@pytest.mark.parametrize(
    ("merged", "region"),
    [
        (("B2:B4",), ["Kent", "Kent", "Kent"]),
        (("B2:B3",), ["Kent", "Kent", ""]),
        (("A1:B1", "B3:B4"), ["Kent", "", ""]),
    ],
)
def test_a_merged_range_has_its_first_value_in_every_cell(book, merged, region):
    rows = [["name", "region"], ["Acme", "Kent"], ["Bolt", None], ["Cog", None]]
    if "A1:B1" in merged:
        merged = ("A1:B1", "B4:B5")
        rows = [["A list of firms", None], *rows]
    (sheet,) = read_cells(book(merged=merged, firms=rows))
    assert texts(sheet)["region"] == region
    assert "1 merged ranges" in sheet.notes[0]


def test_a_title_merged_across_the_sheet_is_no_value(book):
    rows = [["附件：名单", None, None], ["企业名称", "地区", "公示日期"], ["甲公司", "江苏", "2023-07-14"]]
    (sheet,) = read_cells(book(merged=("A1:C1",), Sheet1=rows))
    assert sheet.header.above == ("附件：名单",)
    assert texts(sheet)["地区"] == ["江苏"]


def test_a_title_merged_over_two_lines_is_no_value_below(book):
    rows = [["A list", None], [None, None], ["Company", "City"], ["Acme", "Rome"]]
    (sheet,) = read_cells(book(merged=("A1:B2",), Sheet1=rows))
    assert texts(sheet) == {"Company": ["Acme"], "City": ["Rome"]}


def test_merged_ranges_and_sparse_sheets_that_would_unfold_are_refused(book, monkeypatch):
    monkeypatch.setattr(workbook_cells, "_MERGED_CELLS", 5)
    rows = [["name", "city"], *(["a", "b"] for _ in range(6))]
    with pytest.raises(TableError, match="more than 5 merged cells"):
        read_cells(book(merged=("A2:A4", "B2:B4"), firms=rows))
    monkeypatch.setattr(workbook_cells, "_CELLS", 20)
    sparse = [["name", *[None] * 3, "far"], *(["a"] for _ in range(6))]
    with pytest.raises(TableError, match="spans more than 20 cells"):
        read_cells(book(firms=sparse))


def stored(path, value):
    """Put a stored value into every formula of a workbook, as Excel does when it saves one."""
    target = path.with_name("stored.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(
                name, old.read(name).replace(b"<v></v>", b"<v>%s</v>" % value).replace(b"<v />", b"<v>%s</v>" % value)
            )
    return target


def test_formulas_count_by_their_stored_value(book):
    rows = [["name", "amount"], ["Acme", "=2*250000"], ["Bolt", 7]]
    (sheet,) = read_cells(stored(book(rounds=rows), b"500000"))
    assert (texts(sheet)["amount"], sheet.formulas) == (["500000", "7"], {})


@pytest.mark.parametrize("cell", ["=2*250000", "#DIV/0!", "#N/A", "=SUM(B1:B9)"])
def test_formulas_without_a_value_and_errors_are_noted(book, cell):
    rows = [["name", "amount"], ["Acme", 1], ["Bolt", cell], ["Cog", 7]]
    (sheet,) = read_cells(book(rounds=rows))
    assert texts(sheet)["amount"] == ["1", "", "7"]
    assert sheet.formulas == {"amount": {1: cell}}


def test_sheets_that_hold_nothing_are_none(book):
    found = read_cells(book(firms=[["name", "city"], ["Acme", "Rome"]], empty=[]))
    assert [sheet.name for sheet in found] == ["book.xlsx!firms"]
    with pytest.raises(TableError, match="has no sheet with anything in it"):
        read_cells(book(empty=[]))


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(TableError, match="cannot be read as a workbook"):
        read_cells(tmp_path / "book.xlsx")
