"""Delimited files however they are written; what cannot be split is refused by its true reason."""

import pytest

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.mapping.delimited import read_delimited


def read(tmp_path, content, **options):
    path = tmp_path / "x.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_delimited(path, **options)


def texts(sheet):
    return {name: sheet.column(name).all().tolist() for name in sheet.table.column_names}


EXPECTED = {"name": ["Acme, Inc.", "Bölt"], "city": ["Rome", "Köln"]}
TEXT = 'name,city\n"Acme, Inc.",Rome\nBölt,Köln\n'


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        "\ufeff" + TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\r"),
        TEXT.encode("utf-16"),
        TEXT.encode("cp1252"),
        "sep=;\nname;city\nAcme, Inc.;Rome\nBölt;Köln\n",
        "name;city\nAcme, Inc.;Rome\nBölt;Köln",
        "name\tcity\nAcme, Inc.\tRome\nBölt\tKöln\n",
        "name|city\nAcme, Inc.|Rome\nBölt|Köln\n",
        "A list of firms\n\n" + TEXT,
        'name,city,\n"Acme, Inc.",Rome,\nBölt,Köln,\n',
        'name,city\n"Acme, Inc.",Rome,\nBölt,Köln,\n',
        '"name","city"\n"Acme, Inc.","Rome"\n"Bölt","Köln"\n\n\n',
    ],
)
def test_spellings_of_one_table(tmp_path, content):
    (sheet,) = read(tmp_path, content)
    assert texts(sheet) == EXPECTED
    assert (sheet.read, sheet.rows.tolist(), sheet.name) == (2, [1, 2], "x.csv")


def test_nulls_and_escapes_of_databases(tmp_path):
    (sheet,) = read(tmp_path, 'name,city\n"Say \\"Aye\\", twice",\\N\n\\N,Rome\n"back\\\\slash",N\n')
    assert texts(sheet) == {"name": ['Say "Aye", twice', "", "back\\slash"], "city": ["", "Rome", "N"]}


def test_lines_within_quotes_are_of_one_record(tmp_path):
    (sheet,) = read(tmp_path, 'name,city\n"Two\nlines",Rome\nBolt,Oslo\n')
    assert texts(sheet)["name"] == ["Two\nlines", "Bolt"]


def test_a_gap_and_ragged_records_are_quarantined_by_number(tmp_path):
    (sheet,) = read(tmp_path, "name,city\nAcme,Rome\n\nBolt\nCog,Oslo,x\nDell,Lyon\n")
    assert (texts(sheet)["name"], sheet.rows.tolist(), sheet.read) == (["Acme", "Dell"], [1, 5], 5)
    assert sheet.quarantine.frame()["code"].tolist() == ["blank_row", "ragged_row", "ragged_row"]


def test_two_tables_below_each_other(tmp_path):
    found = read(
        tmp_path, "企业名称,地区,批次\n甲公司,江苏,第一批\n,,\n公司名称,成立日期,官网\n乙公司,2016,x.example\n"
    )
    assert [(sheet.name, sheet.read) for sheet in found] == [("x.csv", 1), ("x.csv#2", 1)]


def test_a_single_column(tmp_path):
    (sheet,) = read(tmp_path, "企业名称\n甲公司\n乙公司\n")
    assert texts(sheet) == {"企业名称": ["甲公司", "乙公司"]}


def test_garbled_records_of_a_declared_encoding(tmp_path):
    content = "企业名称,地区\n甲公司,江苏\n".encode("gb18030") + b"\xff\xff,x\n" + "乙公司,浙江\n".encode("gb18030")
    (sheet,) = read(tmp_path, content, encoding="gb18030")
    assert (texts(sheet)["企业名称"], sheet.quarantine.frame()["code"].tolist()) == (
        ["甲公司", "乙公司"],
        ["undecodable_text"],
    )


@pytest.mark.parametrize(
    ("content", "options", "error", "message"),
    [
        ("", {}, TableError, "is empty"),
        (" \n\n", {}, TableError, "is empty"),
        ('name,city\n"Acme,Rome\nBolt,Oslo\n', {}, TableError, "mend the quotes of the file"),
        (TEXT, {"encoding": "klingon"}, ConfigError, "encoding 'klingon' is not known"),
        (TEXT, {"delimiter": ";;"}, ConfigError, "cannot separate fields"),
    ],
)
def test_what_is_refused(tmp_path, content, options, error, message):
    with pytest.raises(error, match=message):
        read(tmp_path, content, **options)
