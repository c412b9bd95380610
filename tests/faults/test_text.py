"""Text as files hold it: encodings, names that look like something else, delimiters, quotes, formulas, look-alikes."""

import json

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from littlegiants.ingest.entities.names import is_suspect, match_key
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.files.formula_guard import guard_frame
from littlegiants.ingest.files.frames import write_frame
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.canonical import import_canonical
from littlegiants.ingest.sources.common.writing import REPORT, write_import
from littlegiants.ingest.sources.subsidy_panel import import_subsidy_panel
from tests.faults.files import FIRMS, ROUNDS, put, quarantine_of, read

RARE = "𠮷野科技有限公司"  # its first character takes four bytes in GB 18030, and two units in UTF-16
AWKWARD = ["NA", "NULL", "None", "nan", "TRUE", "1E10", "#N/A", "-", "007"]


def test_f01_gb18030_file_is_decoded_and_its_encoding_recorded(tmp_path):
    source = put(tmp_path, firms="firm_id,name\na,深圳小巨人有限公司\n".encode("gb18030"))
    imported = import_canonical(source)
    assert imported.frames["firms"]["name"].tolist() == ["深圳小巨人有限公司"]
    write_import(imported, tmp_path / "out")
    report = json.loads((tmp_path / "out" / REPORT).read_text(encoding="utf-8"))
    assert report["imports"][0]["files"]["firms.csv"]["encoding"] == "gb18030"
    assert read_tables(tmp_path / "out").names() == {"a": "深圳小巨人有限公司"}
    with pytest.raises(TableError, match=r"firms\.csv is not UTF-8, see its record 1; save it as UTF-8"):
        read_tables(source)


def test_f02_characters_of_four_bytes_are_kept(tmp_path):
    text = f"firm_id,name\na,{RARE}\n"
    imported = import_canonical(put(tmp_path, firms=text.encode("gb18030")), encoding="gb18030")
    assert imported.frames["firms"]["name"].tolist() == [RARE]
    assert read(tmp_path, firms=text).names() == {"a": RARE}
    assert match_key(RARE) == "𠮷野科技"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_f03_byte_order_mark_is_no_text_and_utf16_is_read_by_the_importer_only(encoding, tmp_path):
    assert quarantine_of(read(tmp_path, firms="\ufeff" + FIRMS)) == []
    assert read_tables(tmp_path).firm_ids.tolist() == ["007", "b"]
    put(tmp_path, firms=FIRMS.encode(encoding))
    with pytest.raises(TableError):
        read_tables(tmp_path)
    imported = import_canonical(tmp_path, encoding=encoding)
    assert imported.frames["firms"]["name"].tolist() == ["Ærø AS", "Bo"]


def test_f05_records_in_another_encoding_than_the_file_are_set_apart(tmp_path):
    latin = "firm_id,name\na,Ærø\nb,".encode() + "Café\n".encode("latin1") + "c,Bø\n".encode()
    tables = read(tmp_path, firms=latin)
    assert quarantine_of(tables) == [("firms", 2, "name", "undecodable_text")]
    assert tables.names() == {"a": "Ærø", "c": "Bø"}


@pytest.mark.parametrize("suffix", ["csv", "parquet", "xlsx"])
def test_f06_names_that_look_like_nulls_or_numbers_stay_text(suffix, tmp_path):
    frame = pd.DataFrame({"firm_id": AWKWARD, "name": AWKWARD, "founded_on": "2001-01-01"})
    path = tmp_path / f"firms.{suffix}"
    if suffix == "csv":
        frame.to_csv(path, index=False)
    elif suffix == "parquet":
        frame.to_parquet(path)
    else:
        book = Workbook()
        for row in [list(frame.columns), *frame.to_numpy().tolist()]:
            book.active.append(row)
            for cell in book.active[book.active.max_row]:
                cell.data_type = "s"  # openpyxl would take #N/A for an error value
        book.save(path)
        write_import(import_canonical(tmp_path), tmp_path / "out")
    tables = read_tables(tmp_path / "out" if suffix == "xlsx" else tmp_path)
    assert tables.names() == dict(zip(AWKWARD, AWKWARD, strict=True))
    assert quarantine_of(tables) == []


def test_f07_ids_keep_their_zeros_and_what_a_spreadsheet_has_rounded_is_set_apart(tmp_path):
    code = "911100001000131730"
    assert read(tmp_path, firms=f"firm_id\n{code}\n000042\n").firm_ids.tolist() == ["000042", code]
    imported = import_canonical(put(tmp_path, firms=f"firm_id\n{code}\n9.111E+17\n"))
    assert imported.frames["firms"]["firm_id"].tolist() == [code]
    assert imported.quarantine.frame()["code"].tolist() == ["numeric_id"]
    (tmp_path / "firms.csv").unlink()
    pq.write_table(pa.table({"firm_id": [int(code)]}), tmp_path / "firms.parquet")
    with pytest.raises(TableError, match=r"firms\.firm_id holds int64, expected text; store ids as text"):
        read_tables(tmp_path)


def test_f09_records_with_too_many_or_too_few_fields_are_set_apart(tmp_path):
    tables = read(tmp_path, firms="firm_id,name\na,A\nb\nc,C,more\nd,D\n")
    assert quarantine_of(tables) == [("firms", 2, "", "ragged_row"), ("firms", 3, "", "ragged_row")]
    assert tables.firm_ids.tolist() == ["a", "d"]


def test_f10_quotes_line_ends_and_nul(tmp_path):
    assert quarantine_of(read(tmp_path, firms='firm_id,name\na,A\nb,"open\nc,C\n')) == [
        ("firms", 2, "", "unterminated_quote"),
    ]
    assert read(tmp_path, firms='firm_id,name\na,"two\nlines"\n').names() == {"a": "two\nlines"}
    assert read(tmp_path, firms="firm_id,name\ra,A\rb,B\r").names() == {"a": "A", "b": "B"}
    tables = read(tmp_path, firms="firm_id,name\na,A\nb,B\0B\n")
    assert quarantine_of(tables) == [("firms", 2, "name", "control_character")]


@pytest.mark.parametrize("amount", ["1.234,56", "1,234.56", "1 234", "１２３", "3万", "1.2亿", "$5", "1'000", "5k"])
def test_f11_amounts_in_undeclared_forms_are_set_apart(amount, tmp_path):
    tables = read(tmp_path, rounds=ROUNDS + f'b,r1,2010-01-01,seed,"{amount}",USD\nb,r2,2010-01-01,seed,5,USD\n')
    assert quarantine_of(tables) == [("rounds", 1, "amount", "not_a_number")]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_f11_another_delimiter_must_be_declared(delimiter, tmp_path):
    put(tmp_path, firms=FIRMS.replace(",", delimiter))
    with pytest.raises(TableError, match="column 'firm_id' is missing"):
        read_tables(tmp_path)
    assert len(import_canonical(tmp_path, delimiter=delimiter).frames["firms"]) == 2


def test_f11_a_unit_is_applied_where_it_is_declared(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_text("证券代码,证券简称,会计年度,政府补助\n600001,甲公司,2019,3.5\n", encoding="utf-8")
    plain, declared = (import_subsidy_panel(path, unit=unit) for unit in (None, "万元"))
    assert float(plain.frames["financials"]["subsidy_income"].iloc[0]) == 3.5
    assert float(declared.frames["financials"]["subsidy_income"].iloc[0]) == 35_000


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\tx=1", "＝1+1", "＋1", "－1", "＠x"]
)
def test_f13_formulas_are_escaped_in_what_is_written_and_numbers_are_not(cell, tmp_path):
    frame = pd.DataFrame({"name": pd.Series([cell, "plain"], dtype="str"), "points": [-1.5, 2.0]})
    write_frame(frame, tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert f"'{cell}" in lines
    assert ",-1.5" in lines
    assert guard_frame(frame)["name"].tolist() == [f"'{cell}", "plain"]


@pytest.mark.parametrize("separator", [",", ";", "|", "\t", "\n", "\r"])
@pytest.mark.parametrize("sign", ["=", "﹦", "＝", "﹣", "﹢", "﹫", "⁼"])
def test_f13_formulas_behind_every_separator_and_in_every_form_are_escaped(separator, sign, tmp_path):
    frame = pd.DataFrame({"name": pd.Series([f"a{separator}{sign}1+1"], dtype="str"), "points": [-1.5]})
    write_frame(frame, tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_bytes().decode()
    assert f"a{separator}'{sign}1+1" in text
    assert ",-1.5" in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Caf\u00e9 SA", "Cafe\u0301 SA"),
        ("ＡＣＭＥ　ＡＳ", "Acme AS"),
        ("Ac\u200bme", "Acme"),
        ("\u202eAcme", "Acme"),
    ],
    ids=["composed", "full width", "zero width", "right to left"],
)
def test_f25_writings_of_one_name_have_one_key_and_are_shown_as_written(one, other, tmp_path):
    assert match_key(one) == match_key(other)
    tables = read(tmp_path, firms=f"firm_id,name\na,{one}\nb,{other}\n")
    assert tables.names() == {"a": one, "b": other}


def test_f25_names_that_only_look_alike_are_flagged():
    assert match_key("Асme") != match_key("Acme")
    assert is_suspect("Асme")
    assert is_suspect("\u202eAcme")


@pytest.mark.parametrize(
    "name",
    [
        "深圳（某某）科技有限公司",
        "深圳(某某)科技有限公司",
        "深圳 某某 科技有限责任公司",
        "深圳某某科技股份有限公司",
        "深圳某某科技有限公司　",
    ],
)
def test_f26_forms_of_a_chinese_name_agree_by_the_documented_rule(name):
    assert match_key(name) == "深圳某某科技"
    assert match_key("華為技術有限公司") == match_key("华为技术有限公司")


def test_f27_endless_names_and_control_characters_are_set_apart_and_emoji_are_not(tmp_path):
    endless = "x" * (1 << 20)
    tables = read(tmp_path, firms=f"firm_id,name\na,{endless}\nb,🚀 Rocket\nc,bell\x07\n")
    assert quarantine_of(tables) == [
        ("firms", 1, "name", "text_too_long"),
        ("firms", 3, "name", "control_character"),
    ]
    assert tables.names() == {"b": "🚀 Rocket"}
    assert tables.quarantine.frame()["value"].str.len().max() <= 200
