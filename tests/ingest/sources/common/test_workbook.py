"""Workbooks as tables: cells become text or stay what they are, and rows that cannot be used are quarantined."""

from datetime import date, datetime

import openpyxl
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.sources.common.workbook import as_text, read_workbook


@pytest.fixture
def book(tmp_path):
    def make(**sheets):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
        workbook.save(tmp_path / "book.xlsx")
        return tmp_path / "book.xlsx"

    return make


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5_000_000.0, "5000000"),
        (0.25, "0.25"),
        (7, "7"),
        (1e15, "1000000000000000.0"),
        (date(2024, 9, 3), "2024-09-03"),
        ("007", "007"),
        (True, "True"),
    ],
)
def test_cell_as_text(value, text):
    assert as_text(value) == text


def test_named_sheets_are_read_and_the_others_are_named(book):
    path = book(firms=[["firm_id", "founded"], [" 007 ", datetime(2020, 1, 2)], ["8", None]], Notes=[["x"]])
    found, others = read_workbook(path, ["firms", "rounds"])
    assert (list(found), others) == (["firms"], ["Notes"])
    export = found["firms"]
    assert (export.name, export.encoding, export.read) == ("book.xlsx!firms", "xlsx", 2)
    assert export.frame.to_dict("index") == {
        1: {"firm_id": "007", "founded": date(2020, 1, 2)},
        2: {"firm_id": "8", "founded": ""},
    }


def test_rows_that_cannot_be_used_are_quarantined_by_number(book):
    rows = [["id", "x"], ["a", "=1+1"], [None, None], ["b", "y", "z"], ["c", "t" * 1_001], ["d", "ok"], [None, None]]
    export = read_workbook(book(t=rows), ["t"])[0]["t"]
    assert export.frame.to_dict("index") == {5: {"id": "d", "x": "ok"}}
    codes = export.quarantine.frame()[["row", "column", "code"]].to_dict("split")["data"]
    assert sorted(codes) == [
        [1, "x", "formula_cell"],
        [2, "", "blank_row"],
        [3, "", "ragged_row"],
        [4, "x", "text_too_long"],
    ]
    assert str(export.reconcile()).startswith("book.xlsx!t: 5 read = 1 used + 4 quarantined")


@pytest.mark.parametrize(
    ("header", "named"), [(["id", "id"], "'id'"), (["id", None, "x"], "an empty cell"), ([None], "an empty cell")]
)
def test_header_must_name_each_column_once(book, header, named):
    with pytest.raises(TableError, match=f"its first row must be a header, each column named once; see .*{named}"):
        read_workbook(book(t=[header, ["a", "b", "c"]]), ["t"])


def test_what_is_no_workbook_is_refused(tmp_path):
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(TableError, match=r"cannot be read as a workbook: .*; save it anew as \.xlsx"):
        read_workbook(tmp_path / "book.xlsx", ["t"])
