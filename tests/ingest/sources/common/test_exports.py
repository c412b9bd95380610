"""Files as they lie on disk: bytes, line ends, blank and ragged records."""

import hashlib

import pytest

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.sources.common.exports import read_export


def write(tmp_path, raw):
    path = tmp_path / "list.csv"
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("id,name\n1,Café\n".encode(), "utf-8"),
        ("id,name\n1,Café\n".encode("utf-8-sig"), "utf-8-sig"),
        ("id,name\r\n1,Café\r\n".encode("utf-16"), "utf-16"),
        ("id,name\r1,Café".encode("mac_roman"), "mac_roman"),
        ("id,name\r1,Café".encode(), "utf-8"),
        ("id,name\r\n1,Café\r\n".encode("cp1252"), "cp1252"),
    ],
)
def test_encoding_is_found_and_recorded(tmp_path, raw, encoding):
    export = read_export(write(tmp_path, raw), ("id", "name"))
    assert export.encoding == encoding
    assert export.frame.to_dict("index") == {1: {"id": "1", "name": "Café"}}
    assert export.digest == hashlib.sha256(raw).hexdigest()


def test_names_that_look_like_missing_values_stay_text(tmp_path):
    names = ["NA", "NULL", "None", "nan", "TRUE", "1E10", "#NAME?", "=1+1", "007"]
    raw = "name,x\n" + "".join(f"{name},1\n" for name in names)
    assert read_export(write(tmp_path, raw.encode()), ("name",)).frame["name"].tolist() == names


def test_embedded_newlines_and_outer_blanks(tmp_path):
    export = read_export(write(tmp_path, b'id,name\r\n1,"two\nlines"\r\n2, blank \r\n'), ("id",))
    assert export.frame["name"].tolist() == ["two\nlines", "blank"]


def test_blank_and_ragged_records_are_quarantined_by_number(tmp_path):
    export = read_export(write(tmp_path, b"id,name\n1,a\n,\n\n2\n3,b,c\n4,d\n"), ("id",))
    assert export.quarantine.frame().to_dict("split")["data"] == [
        ["list.csv", 2, "", "blank_row", ","],
        ["list.csv", 3, "", "blank_row", ""],
        ["list.csv", 4, "", "ragged_row", "2"],
        ["list.csv", 5, "", "ragged_row", "3,b,c"],
    ]
    assert export.frame.index.tolist() == [1, 6]
    assert str(export.reconcile()) == "list.csv: 6 read = 2 used + 4 quarantined (blank_row 2, ragged_row 2)"


def test_header_only_is_a_table_without_rows(tmp_path):
    assert read_export(write(tmp_path, b"id,name\n"), ("id",)).read == 0


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "is empty; it must have a header line"),
        (b"id,title\n1,a\n", "column 'name' must stand once in the header, which is id, title"),
        (b"id,name,name\n1,a,b\n", "column 'name' must stand once"),
        (b'id,name\n1,"open\n2,b\n', "line 3: unexpected end of data; mend the quotes"),
        (b"id,name\n1,\xc3\xa9\n2,\xe9\n", "is UTF-8 in some lines and not in others"),
        (b"id,name\n1,\x81\n", "is neither UTF-8 nor cp1252"),
    ],
)
def test_file_that_cannot_be_trusted_as_a_whole_is_refused(tmp_path, raw, message):
    with pytest.raises(TableError, match=message):
        read_export(write(tmp_path, raw), ("id", "name"))


def test_only_regular_files_are_read(tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to(write(tmp_path, b"id\n1\n"))
    for path in (link, tmp_path, tmp_path / "absent.csv"):
        with pytest.raises(TableError, match="is not a regular file"):
            read_export(path, ("id",))


CHINESE = "名称,地区\n深圳市某某科技有限公司,广东\n𠮷林科技,吉林\n"


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-16-be"])
def test_chinese_files_without_a_mark_are_found(tmp_path, encoding):
    export = read_export(write(tmp_path, CHINESE.encode(encoding)), ("名称", "地区"))
    assert export.encoding == encoding
    assert export.frame["名称"].tolist() == ["深圳市某某科技有限公司", "𠮷林科技"]


def test_accents_are_not_taken_for_chinese(tmp_path):
    raw = "nom,région\nÉlan Médical,Île-de-France\nNoël & Frères,Rhône\nCréa,Hérault\n".encode("cp1252")
    assert read_export(write(tmp_path, raw), ("nom",)).encoding == "cp1252"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "gb18030", "big5", "cp1252", "mac_roman"])
def test_declared_encoding_is_used_and_recorded(tmp_path, encoding):
    text = "id,name\n1,中文\n" if encoding in ("utf-8", "utf-16", "utf-16-le", "gb18030", "big5") else "id,name\n1,é\n"
    export = read_export(write(tmp_path, text.encode(encoding)), ("id", "name"), encoding=encoding)
    assert export.encoding == encoding
    assert export.frame["name"].tolist() == [text[-3:-1].strip(",")]


def test_records_that_are_not_text_in_the_declared_encoding(tmp_path):
    raw = "名称,地区\n甲,广东\n".encode("gb18030") + b"\xff\xff,x\n" + "乙,广东\n丙,广东\n".encode("gb18030")
    export = read_export(write(tmp_path, raw), ("名称",), encoding="gb18030")
    assert export.frame["名称"].tolist() == ["甲", "乙", "丙"]
    assert str(export.reconcile()) == "list.csv: 4 read = 3 used + 1 quarantined (undecodable_text 1)"


@pytest.mark.parametrize(
    ("raw", "encoding", "message"),
    [
        (CHINESE.encode(), "gb18030", "is declared as gb18030 but is valid UTF-8"),
        (CHINESE.encode("gb18030"), "utf-8", "is not utf-8, see 3 of its lines"),
    ],
)
def test_wrongly_declared_encoding_is_refused(tmp_path, raw, encoding, message):
    with pytest.raises(TableError, match=message):
        read_export(write(tmp_path, raw), ("名称",), encoding=encoding)


@pytest.mark.parametrize(("encoding", "delimiter"), [("latin-1", ","), (None, ""), (None, "||"), (None, '"')])
def test_options_that_are_not_known(tmp_path, encoding, delimiter):
    with pytest.raises(ConfigError, match=r"is not known; it is one of utf-8|cannot separate fields"):
        read_export(write(tmp_path, b"id\n"), ("id",), delimiter, encoding)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_found_in_the_header_when_asked_for(tmp_path, delimiter):
    raw = f"id{delimiter}name{delimiter}x\n1{delimiter}a; b{delimiter}\n".replace("; ", "-").encode()
    assert read_export(write(tmp_path, raw), ("id", "name"), None).frame["name"].tolist() == ["a-b"]
