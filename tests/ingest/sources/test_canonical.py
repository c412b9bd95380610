"""Tables of the contract as CSV, Parquet and Excel, and workbooks that mean harm."""

import io
import shutil
import zipfile
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.packaging.relationship import Relationship
from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.canonical import import_canonical
from littlegiants.ingest.sources.common.writing import write_import

FIRMS = [["firm_id", "name", "founded_on"], ["007", "#NAME?", date(2010, 5, 1)], ["b", "=1+1", "2011-02-03"]]
ROUNDS: list[list[Any]] = [
    ["firm_id", "round_id", "announced_on", "kind", "amount", "currency", "state"],
    ["007", "r1", datetime(2012, 3, 4), "seed", 5e6, "USD", "CA"],
    ["b", "r2", "2013-03-04", "angel", 0.25, "EUR", ""],
]


@pytest.fixture
def book(tmp_path):
    def make(name="book.xlsx", /, **sheets):
        workbook = Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
                for cell in sheet[sheet.max_row]:
                    # openpyxl takes any text with an equals sign for a formula; Excel keeps typed text as text.
                    if cell.value in ("=1+1", "#NAME?"):
                        cell.data_type = "s"
        workbook.save(tmp_path / name)
        return tmp_path / name

    return make


def quarantined(imported):
    return [tuple(row) for row in imported.quarantine.frame()[["table", "row", "column", "code"]].to_numpy()]


def texts(imported):
    return {name: frame.to_dict("split")["data"] for name, frame in imported.frames.items()}


EXPECTED = {
    "firms": [["007", "#NAME?", "2010-05-01"], ["b", "=1+1", "2011-02-03"]],
    "rounds": [
        ["007", "r1", "2012-03-04", "seed", "5000000", "USD", "CA"],
        ["b", "r2", "2013-03-04", "angel", "0.25", "EUR", ""],
    ],
}


def test_a_workbook_is_a_folder_of_tables(book, tmp_path):
    imported = import_canonical(book(firms=FIRMS, rounds=ROUNDS, Notes=[["hello"]]))
    assert texts(imported) == EXPECTED
    assert imported.notes == ("sheet 'Notes' is no table of the contract: not read",)
    assert imported.encodings == {"book.xlsx!firms": "xlsx", "book.xlsx!rounds": "xlsx"}
    write_import(imported, tmp_path / "out")
    tables = read_tables(tmp_path / "out")
    assert [(sums.table, sums.read, sums.used) for sums in tables.reconciliations] == [
        ("firms", 2, 2),
        ("rounds", 2, 2),
    ]


def test_a_folder_may_mix_formats(book, tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    book("mixed/firms.xlsx", Sheet1=FIRMS)
    rounds = pd.DataFrame(ROUNDS[1:], columns=ROUNDS[0]).assign(
        announced_on=pd.to_datetime(["2012-03-04", "2013-03-04"])
    )
    rounds.to_parquet(folder / "rounds.parquet")
    lines = "firm_id;grant_id;awarded_on;amount;currency\n007;g;04.03.2012;3;USD\n"
    (folder / "grants.csv").write_bytes(lines.encode("utf-16"))
    (folder / "readme.txt").write_text("hello", encoding="utf-8")
    imported = import_canonical(folder, date_format="%d.%m.%Y", delimiter=";")
    assert texts(imported) == {**EXPECTED, "grants": [["007", "g", "2012-03-04", "3", "USD"]]}
    assert imported.encodings == {"firms.xlsx!Sheet1": "xlsx", "rounds.parquet": "parquet", "grants.csv": "utf-16"}
    assert imported.notes == ("readme.txt is no table of the contract: not read",)


def test_what_a_spreadsheet_does_to_a_table(book):
    header = ["firm_id", "grant_id", "awarded_on", "amount", "currency", "programme"]
    good = ["007", "g", "2012-03-04", 5, "USD", "P"]

    def changed(**cells):
        return [cells.get(name, value) for name, value in zip(header, good, strict=True)]

    grants = [
        header,
        changed(firm_id=9.111e17),
        changed(grant_id=7),
        changed(grant_id="9.111E+17"),
        changed(awarded_on=44197),
        changed(awarded_on="44197.5"),
        changed(awarded_on=True),
        changed(amount="=5+5"),
        changed(programme='=HYPERLINK("http://x")'),
        changed(amount="1,000"),
        changed(programme="x" * 1_001),
        [None] * 6,
        [*changed(grant_id="h"), "beyond"],
        changed(firm_id="nobody"),
        changed(),
        [None] * 6,
        [""] * 6,
    ]
    imported = import_canonical(book(firms=FIRMS, grants=grants))
    assert [record[1:] for record in quarantined(imported)] == [
        (1, "firm_id", "numeric_id"),
        (2, "grant_id", "numeric_id"),
        (3, "grant_id", "numeric_id"),
        (4, "awarded_on", "serial_date"),
        (5, "awarded_on", "serial_date"),
        (6, "awarded_on", "serial_date"),
        (7, "amount", "formula_cell"),
        (8, "programme", "formula_cell"),
        (9, "amount", "not_a_number"),
        (10, "programme", "text_too_long"),
        (11, "", "blank_row"),
        (12, "", "ragged_row"),
        (13, "firm_id", "orphan_event"),
    ]
    assert str(imported.reconciliations[1]).startswith("book.xlsx!grants: 14 read = 1 used + 13 quarantined")
    assert texts(imported)["grants"] == [["007", "g", "2012-03-04", "5", "USD", "P"]]


def test_error_values_are_no_text(book):
    path = book(firms=[["firm_id", "name"], ["a", "#N/A"]])
    assert quarantined(import_canonical(path)) == [("book.xlsx!firms", 1, "name", "formula_cell")]


def test_mangled_ids_and_serial_dates_of_a_csv(tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id,founded_on\n9.111E+17,\na,44197\n1E10,2020-01-01\n", encoding="utf-8")
    imported = import_canonical(tmp_path)
    assert [record[1:] for record in quarantined(imported)] == [
        (1, "firm_id", "numeric_id"),
        (2, "founded_on", "serial_date"),
    ]
    assert texts(imported) == {"firms": [["1E10", "2020-01-01"]]}


def test_encoding_of_a_csv_is_declared_or_found(tmp_path):
    (tmp_path / "firms.csv").write_bytes("firm_id,name\n1,深圳市某某科技有限公司\n".encode("gb18030"))
    for encoding in (None, "gb18030"):
        imported = import_canonical(tmp_path, encoding=encoding)
        assert imported.encodings == {"firms.csv": "gb18030"}
        assert texts(imported) == {"firms": [["1", "深圳市某某科技有限公司"]]}


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"Firms": [["firm_id"]]}, "holds no firms table"),
        ({"firms": [[]]}, "its first row must be a header"),
        ({"firms": [["firm_id", None, "name"]]}, "each column named once; see 'an empty cell'"),
        ({"firms": [["firm_id", "name", "name"]]}, "each column named once; see 'name'"),
        ({"firms": [["name"], ["a"]]}, "column 'firm_id' is missing"),
        ({"firms": [["firm_id"], ["a"] + [None] * 255 + ["x"]]}, "256 columns"),
    ],
)
def test_workbook_that_is_no_set_of_tables_is_refused(book, sheets, message):
    with pytest.raises(TableError, match=message):
        import_canonical(book(**sheets))


def add_member(path, name, data):
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("xl/media/bomb.bin", b"\0" * (200 << 20), "is refused as a bomb"),
        ("../../outside.xml", b"<a/>", "lies outside of it"),
        ("/etc/outside.xml", b"<a/>", "lies outside of it"),
        ("xl/extra.xml", b'<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>', "declares entities"),
        ("xl/extra.xml", "<a/>".encode("utf-16"), "declares entities or is UTF-16"),
    ],
)
def test_f21_hostile_archives_are_refused(book, name, data, message):
    path = book(firms=FIRMS)
    add_member(path, name, data)
    with pytest.raises(TableError, match=message):
        import_canonical(path)


def test_a_row_far_away_is_no_million_rows(book):
    path = book(firms=FIRMS)
    raw = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b'<row r="3"', b'<row r="999999999999"').replace(b'r="A3"', b'r="A999999999999"')
            new.writestr(member, data)
    with pytest.raises(TableError, match="has more than 100,000 empty rows on end; delete them"):
        import_canonical(path)


def with_link(path, target):
    """Have a workbook refer to a cell of another one, as Excel saves it."""
    workbook = load_workbook(path)
    link = ExternalLink(externalBook=ExternalBook())
    link.file_link = Relationship(type="externalLinkPath", Target=target, TargetMode="External")
    workbook._external_links.append(link)
    workbook.save(path)
    return path


@pytest.mark.parametrize("target", ["file:///etc/passwd", "https://example.org/other.xlsx", "..\\other.xlsx"])
def test_f21_a_workbook_that_takes_content_from_elsewhere_is_refused(book, target):
    path = with_link(book(firms=FIRMS), target)
    with pytest.raises(TableError, match=r"takes content from .*; break its links and save it anew"):
        import_canonical(path)


def test_a_link_to_click_on_is_no_content(book):
    path = book(firms=FIRMS)
    workbook = load_workbook(path)
    workbook["firms"]["B2"].hyperlink = "https://example.org/"
    workbook.save(path)
    assert texts(import_canonical(path))["firms"][0] == EXPECTED["firms"][0]


def test_damaged_workbooks_are_refused(book, tmp_path):
    raw = book(firms=FIRMS).read_bytes()
    for size in (0, 10, len(raw) // 3, len(raw) // 2, len(raw) - 5):
        (tmp_path / "cut.xlsx").write_bytes(raw[:size])
        with pytest.raises(TableError, match="cannot be read as a workbook"):
            import_canonical(tmp_path / "cut.xlsx")
    for place in range(0, len(raw), 97):
        (tmp_path / "cut.xlsx").write_bytes(raw[:place] + bytes([raw[place] ^ 0xFF]) + raw[place + 1 :])
        try:
            import_canonical(tmp_path / "cut.xlsx")
        except TableError:
            continue


def test_other_refusals(book, tmp_path):
    folder = tmp_path / "two"
    folder.mkdir()
    shutil.copy(book(firms=FIRMS), folder / "firms.xlsx")
    (folder / "firms.csv").write_text("firm_id\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"holds both firms\.csv and firms\.xlsx; keep one"):
        import_canonical(folder)
    (folder / "firms.csv").unlink()
    (folder / "rounds.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(TableError, match=r"rounds\.parquet cannot be read"):
        import_canonical(folder)
    with pytest.raises(TableError, match=r"is neither a folder nor an \.xlsx workbook"):
        import_canonical(tmp_path / "book.xls")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "book.xlsx")
    with pytest.raises(TableError, match="is not a regular file"):
        import_canonical(tmp_path / "link.xlsx")


@pytest.mark.parametrize(
    "amount", ["1.234,56", "1234,56", "1,234", "１２３", "3万", "1.2亿", "5 000", "EUR 5", "$5", "5元"]
)
def test_f11_amounts_in_another_form_than_the_contract_s_are_set_apart(amount, tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id\n007\n", encoding="utf-8")
    lines = f"firm_id;grant_id;awarded_on;amount;currency\n007;g;2012-03-04;{amount};EUR\n007;h;2012-03-04;3;EUR\n"
    (tmp_path / "grants.csv").write_text(lines, encoding="utf-8")
    imported = import_canonical(tmp_path, delimiter=";")
    assert quarantined(imported) == [("grants.csv", 1, "amount", "not_a_number")]
    assert texts(imported)["grants"] == [["007", "h", "2012-03-04", "3", "EUR"]]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_f11_another_delimiter_than_the_comma_is_declared(delimiter, tmp_path):
    (tmp_path / "firms.csv").write_text(f"firm_id{delimiter}name\n007{delimiter}A, B\n", encoding="utf-8")
    assert texts(import_canonical(tmp_path, delimiter=delimiter)) == {"firms": [["007", "A, B"]]}
    with pytest.raises(TableError, match="column 'firm_id' must stand once in the header"):
        import_canonical(tmp_path)


@pytest.mark.parametrize("currency", ["RMB", "cny", "¥", "元"])
def test_t10_what_is_no_iso_code_is_set_apart(currency, tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id\n007\n", encoding="utf-8")
    lines = f"firm_id,grant_id,awarded_on,amount,currency\n007,g,2012-03-04,5,{currency}\n"
    (tmp_path / "grants.csv").write_text(lines, encoding="utf-8")
    assert quarantined(import_canonical(tmp_path)) == [("grants.csv", 1, "currency", "unknown_currency")]


@pytest.mark.parametrize("value", [1_330_819_200, 1_330_819_200_000, 1_330_819_200_000_000, 40_972, 40_972.5])
def test_t07_seconds_and_serial_days_are_no_dates(value, book, tmp_path):
    grants = [["firm_id", "grant_id", "awarded_on"], ["007", "g", value], ["007", "h", date(2012, 3, 4)]]
    imported = import_canonical(book(firms=FIRMS, grants=grants))
    assert quarantined(imported) == [("book.xlsx!grants", 1, "awarded_on", "serial_date")]
    assert texts(imported)["grants"] == [["007", "h", "2012-03-04"]]
    typed = tmp_path / "typed"
    typed.mkdir()
    pd.DataFrame({"firm_id": ["007"]}).to_parquet(typed / "firms.parquet")
    pd.DataFrame({"firm_id": ["007"], "grant_id": ["g"], "awarded_on": [value]}).to_parquet(typed / "grants.parquet")
    with pytest.raises(TableError, match=r"grants\.awarded_on holds (int|float)64, expected ISO dates"):
        import_canonical(typed)


def test_amounts_are_read_in_the_declared_form_only(tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id\na\n")
    (tmp_path / "grants.csv").write_text(
        "firm_id;grant_id;awarded_on;amount;currency\na;1;2020-01-01;1.234,56;EUR\na;2;2020-01-01;12.34;EUR\n"
    )
    imported = import_canonical(tmp_path, amounts="comma", delimiter=None)
    assert imported.frames["grants"][["grant_id", "amount"]].to_numpy().tolist() == [["1", "1234.56"]]
    assert imported.quarantine.frame()["code"].tolist() == ["not_a_number"]
    assert import_canonical(tmp_path, delimiter=None).quarantine.frame()["value"].tolist() == ["1.234,56"]


@pytest.mark.parametrize(
    ("cell", "form", "day"),
    [
        (2018, "%Y", "2018-12-31"),
        (20180305, "%Y%m%d", "2018-03-05"),
        (201803, "%Y%m", "2018-03-31"),
        ("09-Aug-2023", "%d-%b-%Y", "2023-08-09"),
    ],
)
def test_a_cell_in_the_declared_form_is_a_date_whether_number_or_text(cell, form, day, book):
    rows = [["firm_id", "name", "founded_on"], ["a", "Acme", cell]]
    imported = import_canonical(book(firms=rows), date_format=form)
    assert (imported.frames["firms"]["founded_on"].tolist(), quarantined(imported)) == ([day], [])


@pytest.mark.parametrize("cell", [43000, 43000.5, 7])
def test_a_serial_number_is_no_date_in_a_declared_form_either(cell, book):
    imported = import_canonical(book(firms=[["firm_id", "founded_on"], ["a", cell], ["b", 2018]]), date_format="%Y")
    assert [one[1:] for one in quarantined(imported)] == [(1, "founded_on", "serial_date")]
