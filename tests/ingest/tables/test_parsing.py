"""What a column's text or typed values become, and under which code they are set apart."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.contract import ROUND_KINDS, Column, Kind
from littlegiants.ingest.tables.days import NO_DAY, day_number
from littlegiants.ingest.tables.parsing import FIRST_DAY, LAST_DAY, parse, to_text

DAY = Column("announced_on", Kind.DATE)
AMOUNT = Column("amount", Kind.MONEY)
NAME = Column("name", Kind.TEXT)


def violations(series, column):
    """Return the code of each value, None where it is good."""
    found = np.full(len(series), None, object)
    for code, mask in parse(pd.Series(series), column, "rounds").violations:
        found[mask] = code
    return found.tolist()


def values(series, column):
    return parse(pd.Series(series), column, "rounds").values.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "2019-02-29",
        "1900-02-29",
        "2019-04-31",
        "0000-00-00",
        "9999-12-31",
        "1900-01-01",
        "1066-10-14",
        "2101-01-01",
        "31/12/2019",
        "12/31/2019",
        "31.12.2019",
        "2019/12/31",
        "20191231",
        "2019-12",
        "2019",
        "2019-1-5",
        "2019-12- 1",
        "2019-365",
        "2019-W01-1",
        "2019-12-31T00:00:00",
        "2019-12-31 00:00",
        "2019-12-31Z",
        "41000",
        "1577750400",
        "1577750400000",
        "２０１９-１２-３１",
        "2019年12月31日",
        "today",
        "now",
        "NaT",
        "none",
        "-",
        "2019-13-01",
        "+019-12-31",
    ],
)
def test_anything_but_a_possible_iso_date_is_impossible(text):
    assert violations([text, "2019-12-31"], DAY) == ["impossible_date", None]
    assert values([text, "2019-12-31"], DAY) == [NO_DAY, day_number(date(2019, 12, 31))]


def test_dates_that_are_possible():
    texts = ["1900-01-02", "2100-12-31", "2020-02-29", "2000-02-29", " 1970-01-01 "]
    assert violations(texts, DAY) == [None] * 5
    assert values(texts, DAY) == [FIRST_DAY, LAST_DAY, 18_321, 11_016, 0]


@given(st.text(st.sampled_from("0123456789-/.: TZ"), max_size=12) | st.dates().map(str))
def test_the_iso_calendar_of_the_standard_library_agrees(text):
    try:
        expected = date.fromisoformat(text.strip()) if len(text.strip()) == 10 and text.strip()[4] == "-" else None
    except ValueError:
        expected = None
    possible = expected is not None and date(1900, 1, 2) <= expected <= date(2100, 12, 31)
    good = text.strip() == "" or possible
    assert violations([text], DAY) == [None if good else "impossible_date"]
    assert values([text], DAY) == [day_number(expected) if expected is not None and possible else NO_DAY]


@pytest.mark.parametrize(
    "series",
    [
        pd.Series(pd.to_datetime(["2019-12-31", ""])),
        pd.Series(pd.to_datetime(["2019-12-31", ""]).as_unit("ms")),
        pd.Series([date(2019, 12, 31), None], dtype=object),
        pd.Series([datetime(2019, 12, 31), pd.NaT], dtype=object),
        pd.Series(["2019-12-31", None], dtype=object),
        pd.Series(["2019-12-31", ""], dtype="str"),
        pd.Series(["2019-12-31", None], dtype="category"),
        pd.Series([date(2019, 12, 31), None], dtype=pd.ArrowDtype(pa.date32())),
        pd.Series(["2019-12-31", None], dtype=pd.ArrowDtype(pa.string())),
    ],
    ids=lambda series: str(series.dtype),
)
def test_a_date_is_the_same_however_it_is_stored(series):
    assert values(series, DAY) == [18_261, NO_DAY]
    assert violations(series, DAY) == [None, None]


@pytest.mark.parametrize(
    "series",
    [
        pd.Series(pd.to_datetime(["2019-12-31 23:59:59", ""])),
        pd.Series([datetime(2019, 12, 31, 12), pd.NaT], dtype=object),
        pd.Series(["2019-12-31 23:59:59", ""], dtype="str"),
    ],
    ids=lambda series: str(series.dtype),
)
def test_a_time_of_day_is_no_date_however_it_is_stored(series):
    assert values(series, DAY) == [NO_DAY, NO_DAY]
    assert violations(series, DAY) == ["impossible_date", None]


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (
            pd.Series(pd.to_datetime(["2019-12-31"]).tz_localize("Asia/Shanghai")),
            "times with a zone; store the calendar",
        ),
        (pd.Series([41_000]), "holds int64, expected ISO dates"),
        (pd.Series([1.5e9]), "holds float64, expected ISO dates"),
        (pd.Series([True]), "holds bool, expected ISO dates"),
        (pd.Series([41_000, "2019-12-31"], dtype=object), "holds int, expected text"),
        (pd.Series([pd.Timedelta(1)]), "holds timedelta64"),
    ],
)
def test_a_column_of_another_type_is_no_column_of_dates(series, message):
    with pytest.raises(TableError, match=f"rounds.announced_on .*{message}"):
        parse(series, DAY, "rounds")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0.0),
        ("-0", 0.0),
        ("+5", 5.0),
        ("1250000.5", 1_250_000.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1E6", 1e6),
        ("1e-3", 0.001),
        (" 7 ", 7.0),
        ("0.1", 0.1),
        ("123456789.123456789", 123456789.123456789),
    ],
)
def test_plain_decimal_numbers(text, number):
    assert violations([text], AMOUNT) == [None]
    assert repr(values([text], AMOUNT)) == repr([number])


@pytest.mark.parametrize(
    "text",
    [
        "1,000",
        "1.234,56",
        "1'000",
        "1 000",
        "1_000",
        "１２３",
        "3万",
        "1.2亿",
        "$5",
        "5m",
        "5 USD",
        "50%",
        "0x10",
        "1e999",
        "-1e999",
        "inf",
        "Infinity",
        "nan",
        "NULL",
        "n/a",
        "=1+1",
        "--5",
        "1e",
        ".",
        "e5",
        "TRUE",
        "9" * 400,
        "5\x00",
    ],
)
def test_whatever_would_have_to_be_guessed_is_not_a_number(text):
    assert violations([text, "5"], AMOUNT) == ["not_a_number", None]


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (Kind.MONEY, "-5", "negative_amount"),
        (Kind.NUMBER, "-0.001", "negative_amount"),
        (Kind.COUNT, "-1", "negative_amount"),
        (Kind.COUNT, "1.5", "not_a_count"),
        (Kind.COUNT, "2.0", None),
        (Kind.SHARE, "1.01", "share_out_of_range"),
        (Kind.SHARE, "-0.01", "share_out_of_range"),
        (Kind.SHARE, "50", "share_out_of_range"),
        (Kind.SHARE, "0", None),
        (Kind.SHARE, "1", None),
    ],
)
def test_numbers_out_of_their_range(kind, text, code):
    assert violations([text], Column("x", kind)) == [code]


def test_only_signed_money_may_be_below_zero():
    results = Column("net_profit", Kind.MONEY, signed=True)
    assert values(["-5", "-0.0", "1e3"], results) == [-5.0, 0.0, 1000.0]
    assert violations(["-5", "-0.0", "-x"], results) == [None, None, "not_a_number"]


def test_a_grade_has_its_allowed_values():
    tier = Column("tier", Kind.COUNT, required=True, choices=("1", "2", "3", "4"))
    assert violations(["1", "4.0", "0", "5", ""], tier) == [
        None,
        None,
        "unknown_value",
        "unknown_value",
        "missing_value",
    ]


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([2.5, None]),
        pd.Series([2.5, None], dtype="Float64"),
        pd.Series([2.5, None], dtype=pd.ArrowDtype(pa.float32())),
        pd.Series([Decimal("2.5"), None], dtype=object),
        pd.Series([Decimal("2.50"), Decimal("NaN")], dtype=object),
        pd.Series(["2.5", None], dtype=object),
        pd.Series([2.5, pd.NA], dtype=object),
        pd.Series(["2.5", None], dtype="category"),
        pd.Series([2.5, None], dtype="category"),
    ],
    ids=lambda series: str(series.dtype),
)
def test_a_number_is_the_same_however_it_is_stored(series):
    number, missing = values(series, AMOUNT)
    assert number == 2.5
    assert np.isnan(missing)
    assert violations(series, AMOUNT) == [None, None]


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (pd.Series([True]), "bool"),
        (pd.Series([1j]), "complex128"),
        (pd.Series(pd.to_datetime(["2019-12-31"])), "datetime64"),
    ],
)
def test_a_column_of_another_type_is_no_column_of_numbers(series, message):
    with pytest.raises(TableError, match=f"rounds.amount holds {message}"):
        parse(series, AMOUNT, "rounds")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**17).map(float), max_size=20))
def test_every_finite_number_survives_its_text_bit_for_bit(numbers):
    text = pd.Series([repr(number) for number in numbers], dtype="str")
    read = np.asarray(parse(text, AMOUNT, "rounds").values)
    assert read.tobytes() == (np.array(numbers, np.float64) + 0.0).tobytes()  # but for the sign of zero


@pytest.mark.parametrize(
    "name", ["NA", "NULL", "None", "nan", "NaN", "TRUE", "1E10", "null", "N/A", "#N/A", "#NAME?", "-", "007"]
)
def test_firms_of_awkward_names_keep_them(name):
    assert values([name], NAME) == [name]
    assert violations([name], NAME) == [None]


@pytest.mark.parametrize(
    "name", ["雅安一二三科技有限公司", "𠮷野家", "Ærø ApS", "e\u0301", "\u200bzero", "🚀 Ltd", "two\nlines", "a\tb"]
)
def test_text_is_kept_as_it_is(name):
    assert values([name], NAME) == [name]
    assert violations([name], NAME) == [None]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\x9b", "\u2028", "\u2029"])
def test_control_characters_are_set_apart(character):
    assert violations([f"a{character}b", "ab"], NAME) == ["control_character", None]


def test_text_may_have_a_thousand_characters():
    assert violations(["𠮷" * 1_000, "x" * 1_001, "x" * 1_000_000], NAME) == [None, "text_too_long", "text_too_long"]


def test_an_id_is_text_and_is_there():
    key = Column("round_id", Kind.ID, required=True)
    codes = ["000000000123456789", "911101080000000000", "91110108MA01KPGK0X", "", "   ", None]
    assert values(codes, key) == [*codes[:3], "", "", ""]
    assert violations(codes, key) == [None] * 3 + ["missing_key"] * 3


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (pd.Series([911101080000000000]), "holds int64, expected text; store ids as text, zeros included"),
        (pd.Series([9.111e17]), "holds float64, expected text"),
        (pd.Series([1, None], dtype="Int64"), "holds Int64"),
        (pd.Series([1, 2], dtype="category"), "holds int64"),
        (pd.Series([True, False]), "holds bool"),
        (pd.Series(["a", 5], dtype=object), "holds int, expected text"),
        (pd.Series([b"a"], dtype=object), "holds bytes"),
        (pd.Series([["a"]], dtype=object), "holds list"),
        (pd.Series([np.array([1, 2])], dtype=object), "holds ndarray"),
        (pd.Series([pd.Timestamp("2020-01-01")]), "holds datetime64"),
        (pd.Series(["\ud800"], dtype=object), "holds text with half of a surrogate pair"),
    ],
)
def test_a_column_of_another_type_is_no_text(series, message):
    with pytest.raises(TableError, match=f"^rounds.round_id {message}"):
        parse(series, Column("round_id", Kind.ID), "rounds")


def test_every_null_is_missing_text():
    assert to_text(pd.Series([None, np.nan, pd.NA, pd.NaT, "", "a"], dtype=object), "t.c").tolist() == [""] * 5 + ["a"]
    assert to_text(pd.Series([np.nan, np.nan]), "t.c").tolist() == ["", ""]


def test_choices_are_codes_in_the_contract_s_order():
    kind = Column("kind", Kind.CHOICE, required=True, choices=ROUND_KINDS)
    assert values(["angel", "other"], kind) == [0, len(ROUND_KINDS) - 1]
    assert violations(["Angel", "grant", "", "angel"], kind) == [
        "unknown_value",
        "unknown_value",
        "missing_value",
        None,
    ]


@pytest.mark.parametrize("text", ["usd", "RMB", "¥", "US$", "XXX", "euro", "Usd"])
def test_a_currency_is_an_iso_code_in_capitals(text):
    assert violations([text, "CNY", ""], Column("currency", Kind.CURRENCY)) == ["unknown_currency", None, None]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("dtype", ["str", "object", "float64", "category", "datetime64[s]"])
def test_a_column_without_rows_is_read(kind, dtype):
    if dtype == "datetime64[s]" and kind is not Kind.DATE:
        return
    column = Column("x", kind, choices=("a",) if kind is Kind.CHOICE else ())
    assert len(parse(pd.Series([], dtype=dtype), column, "t").values) == 0
