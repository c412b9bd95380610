"""Encodings: found out from what proves itself to what is only likely, and never guessed over a declared one."""

from pathlib import Path

import pytest

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.sources.common.encodings import ENCODINGS, check_encoding, decode, detect

PATH = Path("list.csv")
SIMPLIFIED = "名称,地区\n深圳市某某科技有限公司,广东\n𠮷林科技,吉林\n"
TRADITIONAL = "企業名稱,地區\n台積電股份有限公司,新竹\n鴻海精密工業股份有限公司,新北\n"
FRENCH = "nom,région\nÉlan Médical,Île-de-France\nNoël & Frères,Rhône\nCréa,Hérault\n"


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("id,name\n1,Café\n", "utf-8", "utf-8"),
        ("id,name\n1,Café\n", "utf-8-sig", "utf-8-sig"),
        ("id,name\r\n1,Café\r\n", "utf-16", "utf-16"),
        ("id,name\r\n1,Café\r\n", "utf-16-le", "utf-16-le"),
        ("id,name\r1,Café", "mac_roman", "mac_roman"),
        ("id,name\r1,Café", "utf-8", "utf-8"),
        ("id,name\r\n1,Café\r\n", "cp1252", "cp1252"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        ("firm_id,name\na,深圳小巨人有限公司\n", "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5"),
        ("name,city\n聯發科技,Hsinchu\n", "big5", "big5"),
        ("id,name\n", "ascii", "utf-8"),
    ],
)
def test_encoding_is_found(text, written, found):
    assert decode(text.encode(written), None, PATH) == (text, found)


@pytest.mark.parametrize("text", [FRENCH, "x\nNoël\n", "x\nÉLÉVAGE\n", "x\nÆon\n", "x\n20 °C\n", "x\n²x\n"])
def test_accents_are_not_taken_for_chinese(text):
    assert detect(text.encode("cp1252"), PATH) == "cp1252"


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"id,name\n1,\xc3\xa9\n2,\xe9\n", "list.csv is UTF-8 in some lines and not in others; save it as UTF-8"),
        (b"id,name\n1,\x81\n", "list.csv is neither UTF-8 nor cp1252; save it as UTF-8"),
    ],
)
def test_bytes_of_no_encoding_are_refused(raw, message):
    with pytest.raises(TableError, match=message):
        detect(raw, PATH)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_declared_encoding_is_used(encoding):
    text = "id,name\n1,é\n" if encoding in ("cp1252", "mac_roman") else "id,name\n1,中文\n"
    assert decode(text.encode(encoding), encoding, PATH) == (text, encoding)


@pytest.mark.parametrize(
    ("raw", "encoding", "message"),
    [
        (SIMPLIFIED.encode(), "gb18030", "is declared as gb18030 but is valid UTF-8"),
        (SIMPLIFIED.encode("gb18030"), "utf-8", "is not utf-8, see 3 of its lines"),
    ],
)
def test_wrongly_declared_encoding_is_refused(raw, encoding, message):
    with pytest.raises(TableError, match=message):
        decode(raw, encoding, PATH)


def test_encoding_that_is_not_known():
    check_encoding(None)
    with pytest.raises(ConfigError, match="encoding 'latin-1' is not known; it is one of utf-8"):
        check_encoding("latin-1")
