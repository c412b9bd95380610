"""From a column as it was read to typed values and violations: parsing is the validation.

Each parser returns as many values as it was given, and the violations it found as ``(code, mask)`` pairs. A value under
a violation's mask means nothing. Empty text and nulls are *missing* (NaN, `NO_DAY`, empty text), never zero.

Text that rows repeat is parsed once for each distinct value, and stays by codes. Dates and numbers that Arrow itself
reads as the contract would are left to Arrow; a column with anything else is read value by value.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from littlegiants.ingest.arrays import Floats, Mask
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.tables.contract import FIRM_ID, KNOWN_ON, Column, Kind
from littlegiants.ingest.tables.days import NO_DAY
from littlegiants.ingest.tables.iso_date import ISO_DATE
from littlegiants.ingest.tables.money import currencies
from littlegiants.ingest.tables.screening import Screening
from littlegiants.ingest.tables.vocabulary import is_repeated_text, repeated_text, text_codes

Violations = list[tuple[str, Mask]]
# Text is a series of strings, by codes where rows repeat it.
Values = npt.NDArray[np.generic] | pd.Series
FIRST_DAY = int(np.datetime64("1900-01-02", "D").astype(int))  # 1900-01-01 is how spreadsheets write "no date"
LAST_DAY = int(np.datetime64("2100-12-31", "D").astype(int))
TEXT_LIMIT = 1_000
CONTROL = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]"
# How spreadsheets write a long number, or a number in a column that they read as fractions.
MANGLED = r"[0-9](\.[0-9]+)?[eE]\+[0-9]{2,3}|[0-9]+\.0+"
_BLANK, _DELETE = 0x20, 0x7F
_DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"


@dataclass(frozen=True, slots=True)
class Parsed:
    """Typed values of one column, and the violations found in it as pairs of a code and a mask of its rows."""

    values: Values
    violations: Violations


def parse_columns(screening: Screening, currencies: tuple[str, ...]) -> pd.DataFrame:
    """Return the columns of a table as its contract types them, ``firm_id`` and ``known_on`` among them.

    Parameters
    ----------
    screening
        The table as read; takes the violations.
    currencies
        The currency codes that can be converted.

    Raises
    ------
    TableError
        If a required column is missing, stands twice, or has an impossible type.
    """
    spec, frame = screening.spec, screening.raw.frame
    names = list(frame.columns)
    columns: dict[str, Values] = {}
    for column in (FIRM_ID, *spec.columns, KNOWN_ON):
        times = names.count(column.name)
        if times > 1:
            raise TableError(f"{spec.name}: column {column.name!r} stands {times} times; keep one of them")
        if times == 0 and column.required:
            present = listed([*names, *screening.raw.unread]) or "no column"
            raise TableError(f"{spec.name}: column {column.name!r} is missing; the table has {present}")
        if column.kind is Kind.CURRENCY:
            column = replace(column, choices=currencies)
        parsed = parse(frame[column.name], column, spec.name) if times else absent(column, len(frame))
        columns[column.name] = parsed.values
        for code, mask in parsed.violations:
            screening.reject(column.name, code, mask)
    return pd.DataFrame(columns, copy=False)


def parse(series: pd.Series, column: Column, table: str) -> Parsed:
    """Parse one column by its kind.

    Parameters
    ----------
    series
        Text, or already typed values (from Parquet or a database).
    column, table
        What it must hold, and where it stands (for messages).

    Raises
    ------
    TableError
        If the column's type as a whole cannot be the declared kind, such as numbers for ids.
    """
    where = f"{table}.{column.name}"
    if _is_day(series) and column.kind is Kind.DATE:
        return _judged_days(*_numbered(pa.array(series)), column)
    repeated = is_repeated_text(series)
    if not repeated and isinstance(series.dtype, pd.ArrowDtype | pd.CategoricalDtype):
        series = series.astype(object).infer_objects()
    if not _repeats(column):
        return _PARSERS[column.kind](series.astype("str") if repeated else series, column, where)
    if column.kind in _TEXTS and not repeated:
        series = to_text(series, where)
    elif _is_text(series):
        typed = _typed(series, column)
        if typed is not None:
            return typed
    if repeated or _is_text(series):
        return _parse_distinct(series, column, where)
    return _PARSERS[column.kind](series, column, where)


def absent(column: Column, rows: int) -> Parsed:
    """Return the values of an optional column that a table does not have: as many as it has rows, all missing."""
    match column.kind:
        case Kind.DATE:
            return Parsed(np.full(rows, NO_DAY, np.int32), [])
        case Kind.CHOICE:
            return Parsed(np.full(rows, -1, np.int32), [])
        case Kind.MONEY | Kind.NUMBER | Kind.COUNT | Kind.SHARE:
            return Parsed(np.full(rows, np.nan), [])
    return Parsed(repeated_text(np.zeros(rows, np.int32), pa.array([""])), [])


def _repeats(column: Column) -> bool:
    """Return whether rows may well share a value: ids of events are each row's own."""
    return column.kind is not Kind.ID or column.name == FIRM_ID.name


def _is_text(values: pd.Series | pd.Index) -> bool:
    return isinstance(values.dtype, pd.StringDtype)


def _is_day(series: pd.Series) -> bool:
    return isinstance(series.dtype, pd.ArrowDtype) and pa.types.is_date32(series.dtype.pyarrow_dtype)


def _parse_distinct(series: pd.Series, column: Column, where: str) -> Parsed:
    """Parse each distinct text of a column once."""
    codes, texts = text_codes(series)
    if (codes < 0).any():
        codes, texts = np.where(codes < 0, len(texts), codes), pa.concat_arrays([texts, pa.array([""], texts.type)])
    distinct = pd.Series(pd.array(texts.cast(pa.large_string()), dtype="str"))
    each = _PARSERS[column.kind](distinct, column, where)
    violations = [(code, mask[codes]) for code, mask in each.violations if mask.any()]
    if isinstance(each.values, np.ndarray):
        return Parsed(each.values[codes], violations)
    # Two texts may be one once they are parsed.
    numbers, parsed = text_codes(each.values)
    return Parsed(repeated_text(codes if len(parsed) == len(texts) else numbers[codes], parsed), violations)


def _typed(text: pd.Series, column: Column) -> Parsed | None:
    """Return a column of text as Arrow reads it, or None where any value needs the rules of the contract."""
    array = pa.array(text)
    stated = pc.if_else(pc.equal(array, ""), pa.scalar(None, array.type), array)
    try:
        if column.kind is Kind.DATE:
            return _judged_days(*_numbered(stated.cast(pa.date32())), column)
        # Where Arrow reads any exponent, the contract has three digits.
        if _holds(text, "eE"):
            return None
        numbers = stated.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    return _judged_numbers(np.asarray(numbers), np.asarray(numbers.is_null()), column)


def _numbered(days: pa.Array | pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], Mask, Mask]:
    """Return dates as day numbers, which of them are stated, and which are missing."""
    missing = np.asarray(days.is_null()) if days.null_count else np.zeros(len(days), bool)
    numbers = days.cast(pa.int32())
    return np.asarray(numbers.fill_null(NO_DAY) if days.null_count else numbers), ~missing, missing


def to_text(series: pd.Series, where: str) -> pd.Series:
    """Return the column as stripped text, empty where null.

    Raises
    ------
    TableError
        If the column holds numbers, dates or nested values: text that was read as a number has already lost its zeros.
    """
    if pd.api.types.is_bool_dtype(series) or pd.api.types.is_numeric_dtype(series):
        if not series.isna().all():
            raise TableError(f"{where} holds {series.dtype}, expected text; store ids as text, zeros included")
        return pd.Series(np.full(len(series), "", object), dtype="str")
    if series.dtype == object:
        other = [type(value).__name__ for value in series[series.notna()] if not isinstance(value, str)]
        if other:
            raise TableError(f"{where} holds {other[0]}, expected text; store ids as text, zeros included")
    elif not isinstance(series.dtype, pd.StringDtype):
        raise TableError(f"{where} holds {series.dtype}, expected text")
    try:
        text = series.astype("str")
    except UnicodeEncodeError:
        raise TableError(f"{where} holds text with half of a surrogate pair, which no file can store") from None
    # A column of plain letters and digits has no blank to strip.
    return (text if _is_plain(text) else text.str.strip()).fillna("")


def _is_plain(text: pd.Series) -> bool:
    """Return whether a column holds nothing but printable ASCII without blanks, which its bytes tell at once."""
    content = _content(text)
    return len(content) == 0 or bool(content.min() > _BLANK and content.max() < _DELETE)


def _holds(text: pd.Series, signs: str) -> bool:
    """Return whether any of some ASCII characters stands in a column."""
    content = _content(text)
    return any(bool((content == ord(sign)).any()) for sign in signs)


def _content(text: pd.Series) -> npt.NDArray[np.uint8]:
    """Return all bytes of a column of text, in one array."""
    array = pa.array(text)
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    buffers = [np.frombuffer(buffer, np.uint8) for chunk in chunks if (buffer := chunk.buffers()[2]) is not None]
    return buffers[0] if len(buffers) == 1 else np.concatenate([*buffers, np.empty(0, np.uint8)])


def _text(series: pd.Series, column: Column, where: str) -> Parsed:
    text = to_text(series, where)
    plain = _is_plain(text)
    violations: Violations = [("text_too_long", (text.str.len() > TEXT_LIMIT).to_numpy(bool))]
    if not plain:
        violations.append(("control_character", text.str.contains(CONTROL, regex=True).to_numpy(bool)))
    if column.kind is Kind.ID and _holds(text, "+."):
        violations.append(("numeric_id", text.str.fullmatch(MANGLED).to_numpy(bool)))
    if column.required:
        violations.append(("missing_key", (text == "").to_numpy(bool)))
    return Parsed(text, violations)


def _choice(series: pd.Series, column: Column, where: str) -> Parsed:
    text = to_text(series, where)
    codes = pd.Index(column.choices).get_indexer(pd.Index(text)).astype(np.int32)
    empty = (text == "").to_numpy(bool)
    violations: Violations = [("unknown_value", (codes < 0) & ~empty)]
    if column.required:
        violations.append(("missing_value", empty))
    return Parsed(codes, violations)


def _currency(series: pd.Series, column: Column, where: str) -> Parsed:
    text = to_text(series, where)
    known = text.isin(["", *(column.choices or currencies())]).to_numpy(bool)
    return Parsed(text, [("unknown_currency", ~known)])


def _date(series: pd.Series, column: Column, where: str) -> Parsed:
    if pd.api.types.is_datetime64_any_dtype(series):
        if getattr(series.dt, "tz", None) is not None:
            raise TableError(f"{where} holds times with a zone; store the calendar date of the event as a plain date")
        stamps = series.to_numpy()
        empty = np.isnat(stamps)
        # A time of day is no date, as it is none in text: which day it is depends on a zone that nothing states.
        units = stamps.astype(np.int64)
        ticks = int(np.array(1, "timedelta64[D]").astype(stamps.dtype.str.replace("M8", "m8")).astype(np.int64))
        days = units // ticks
        known = ~empty & (days * ticks == units)
    elif pd.api.types.is_numeric_dtype(series) and not series.isna().all():
        raise TableError(f"{where} holds {series.dtype}, expected ISO dates (YYYY-MM-DD)")
    else:
        text = to_text(_iso_dates(series), where)
        empty = (text == "").to_numpy(bool)
        # Left to itself, pandas also reads "2020-12- 1".
        text = text.where(text.str.fullmatch(ISO_DATE))
        stamps = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce").to_numpy()
        known, days = ~np.isnat(stamps), stamps.astype("datetime64[D]").astype(np.int64)
    return _judged_days(days, known, empty, column)


def _judged_days(days: npt.NDArray[np.integer], known: Mask, empty: Mask, column: Column) -> Parsed:
    good = known & (days >= FIRST_DAY) & (days <= LAST_DAY)
    violations: Violations = [("impossible_date", ~good & ~empty)]
    if column.required:
        violations.append(("missing_date", empty))
    return Parsed((days if good.all() else np.where(good, days, NO_DAY)).astype(np.int32, copy=False), violations)


def _iso_dates(series: pd.Series) -> pd.Series:
    """Return ``datetime.date`` values (databases and Arrow's date32 give them) as ISO text, with their time of day."""

    def iso(value: object) -> object:
        if isinstance(value, datetime) and value.tzinfo is None and value.time() == time.min:
            value = value.date()
        return value.isoformat() if isinstance(value, date) else value

    return series.map(iso, na_action="ignore") if series.dtype == object else series


def _number(series: pd.Series, column: Column, where: str) -> Parsed:
    if pd.api.types.is_bool_dtype(series) or pd.api.types.is_complex_dtype(series):
        raise TableError(f"{where} holds {series.dtype}, expected numbers")
    if pd.api.types.is_numeric_dtype(series):
        values = series.to_numpy(np.float64, na_value=np.nan)
        empty = series.isna().to_numpy(bool)
    else:
        # Decimal and other number objects, as databases give them, are read through their text.
        text = to_text(series.map(str, na_action="ignore") if series.dtype == object else series, where)
        empty = (text == "").to_numpy(bool)
        plain = text.str.fullmatch(_DECIMAL).to_numpy(bool)
        values = np.full(len(text), np.nan)
        values[plain] = text[plain].to_numpy(object).astype(np.float64)
    return _judged_numbers(values, empty, column)


def _judged_numbers(values: Floats, empty: Mask, column: Column) -> Parsed:
    finite = np.isfinite(values)
    violations: Violations = [("not_a_number", ~finite & ~empty)]
    if column.required:
        violations.append(("missing_value", empty))
    with np.errstate(invalid="ignore"):
        if column.kind is Kind.SHARE:
            violations.append(("share_out_of_range", finite & ((values < 0) | (values > 1))))
        elif not column.signed:
            violations.append(("negative_amount", finite & (values < 0)))
        if column.kind is Kind.COUNT:
            violations.append(("not_a_count", finite & (values != np.rint(values))))
        if column.choices:
            violations.append(("unknown_value", finite & ~np.isin(values, np.array(column.choices, np.float64))))
    # Adding zero turns -0.0 into 0.0, so that equal figures have equal bytes.
    return Parsed(np.where(finite, values + 0.0, np.nan), violations)


_TEXTS = (Kind.ID, Kind.TEXT, Kind.LIST, Kind.CHOICE, Kind.CURRENCY)
_PARSERS: dict[Kind, Callable[[pd.Series, Column, str], Parsed]] = {
    Kind.ID: _text,
    Kind.TEXT: _text,
    Kind.LIST: _text,
    Kind.CHOICE: _choice,
    Kind.CURRENCY: _currency,
    Kind.DATE: _date,
    Kind.MONEY: _number,
    Kind.NUMBER: _number,
    Kind.COUNT: _number,
    Kind.SHARE: _number,
}
