"""A delimited file as a sheet: read by pyarrow where every record is whole, and record by record where not."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.mapping.header_rows import Header, find_header
from littlegiants.ingest.mapping.sheets import Sheet, from_rows, readable
from littlegiants.ingest.sources.common.encodings import GARBLED, check_encoding, decode
from littlegiants.ingest.sources.common.exports import read_bytes

_DELIMITERS = ",;\t|"
# Records, and characters, among which the header stands.
_SAMPLED, _HEAD = 50, 1 << 18
# A spreadsheet's own way to say what separates fields.
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n")
_NULL = re.compile(r"(?<![^,;|\t\r\n])\\N(?![^,;|\t\r\n])")
_BLOCK = 1 << 23
_END = "\x03"
# Records of a field alone, such as a name, are separated by nothing.
_ALONE = ","


def read_delimited(path: Path, *, encoding: str | None = None, delimiter: str | None = None) -> list[Sheet]:
    r"""Return the sheets of a delimited file: one, or more where tables stand below each other.

    Where ``\N`` stands for a null, as databases write it, a backslash takes away the meaning of a quote behind it.

    Parameters
    ----------
    path
        The file.
    encoding
        One of `littlegiants.ingest.sources.common.encodings.ENCODINGS`; None finds it out.
    delimiter
        What separates fields; None takes the one of comma, semicolon, tab and bar that gives most columns.

    Raises
    ------
    ConfigError
        If an option is wrong.
    TableError
        If the file is not a regular file, is empty, cannot be decoded, or has a quote that never ends.
    """
    check_encoding(encoding)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise ConfigError(f"delimiter {delimiter!r} cannot separate fields; it is one character, such as ';'")
    raw = read_bytes(path)
    text, found = decode(raw, encoding, path)
    if declared := _SEPARATOR_LINE.match(text):
        text, delimiter = text[declared.end() :], delimiter or declared[1]
    text = text.rstrip("\r\n")
    if not text.strip():
        raise TableError(f"{path} is empty; a table has at least its header line")
    nulls = "\\N" in text and bool(_NULL.search(text))
    text = _NULL.sub("", text) if nulls else text
    split = _Splitting(path, delimiter or _most_columns(text), nulls)
    sample = list(islice(_lenient(text, split), _SAMPLED))
    header = find_header(sample)
    digest = hashlib.sha256(raw).hexdigest()
    if encoding is None and (sheet := _fast(text, header, split, found, digest)) is not None:
        return [sheet]
    rows = [[cell.strip() for cell in row] for row in _strict(text, split)]
    return _garbled(from_rows(path.name, rows, found, digest, header))


class _Splitting:
    """How a file is split into records and fields."""

    def __init__(self, path: Path, delimiter: str, backslash: bool) -> None:
        self.path, self.delimiter, self.backslash = path, delimiter, backslash

    def reader(self, text: str, *, strict: bool) -> Iterator[list[str]]:
        escape = "\\" if self.backslash else None
        source = io.StringIO(text, newline="")
        return csv.reader(
            source, delimiter=self.delimiter, escapechar=escape, strict=strict, doublequote=not self.backslash
        )


def _lenient(text: str, split: _Splitting) -> Iterator[list[str]]:
    return split.reader(text[:_HEAD], strict=False)


def _strict(text: str, split: _Splitting) -> list[list[str]]:
    reader = split.reader(text, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        if not split.backslash and '\\"' in text:
            return _strict(text, _Splitting(split.path, split.delimiter, backslash=True))
        # After an open quote the ends of records are unknown, so the whole file is refused.
        raise TableError(f"{split.path}: {error}; mend the quotes of the file") from error


def _most_columns(text: str) -> str:
    widths = {}
    for delimiter in _DELIMITERS:
        rows = csv.reader(io.StringIO(text[: 1 << 16], newline=""), delimiter=delimiter)
        try:
            counts = sorted(len(row) for row in islice(rows, _SAMPLED) if row)
        except csv.Error:
            counts = []
        widths[delimiter] = (counts[len(counts) // 2], counts[-1]) if counts else (0, 0)
    best = max(_DELIMITERS, key=lambda delimiter: widths[delimiter])
    return best if max(widths[best]) > 1 else _ALONE


def _fast(text: str, header: Header, split: _Splitting, encoding: str, digest: str) -> Sheet | None:
    """Return the sheet if all of its records are as wide as its header; None if each has to be looked at."""
    start = _offset(text, header.first, split)
    width = len(header.names)
    ending = split.delimiter.join([_END] * width)
    body = text[start:]
    if not body or width < 2:
        return None
    data = f"{body}\n{ending}\n".encode()
    names = [str(index) for index in range(width)]
    own = readable(header.names, [header.titles.get(name, name) for name in header.names])
    # The last column is read too: a quote that never ends swallows the ending there.
    wanted = [names[index] for index in dict.fromkeys([*own, width - 1])]
    quoted = '"' in body
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(data),
            pyarrow.csv.ReadOptions(column_names=names, block_size=_BLOCK),
            pyarrow.csv.ParseOptions(
                delimiter=split.delimiter,
                quote_char='"' if quoted else False,
                double_quote=not split.backslash,
                escape_char="\\" if split.backslash else False,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
                check_utf8=False,  # it was text already
            ),
        )
    except pa.ArrowInvalid:
        return None
    count = len(table) - 1
    if count < 1 or any(column[-1].as_py() != _END for column in table.columns):
        return None
    table = table.slice(0, count).select([names[index] for index in own])
    table = table.rename_columns([header.names[index] for index in own])
    sheet = Sheet(split.path.name, header, table, np.arange(1, count + 1), count, encoding, digest)
    return None if _has_blank(sheet) else sheet


def _offset(text: str, rows: int, split: _Splitting) -> int:
    """Return where the first record begins, after so many rows."""
    source = io.StringIO(text[:_HEAD], newline="")
    lines = 0

    def counted() -> Iterator[str]:
        nonlocal lines
        for line in source:
            lines += len(line)
            yield line

    escape = "\\" if split.backslash else None
    reader = csv.reader(counted(), delimiter=split.delimiter, escapechar=escape, doublequote=not split.backslash)
    for _ in islice(reader, rows):
        pass
    return lines


def _has_blank(sheet: Sheet) -> bool:
    """Return whether any record is empty: it may be the gap before a second table."""
    empty = np.ones(len(sheet.rows), bool)
    for name in sheet.table.column_names:
        if not empty.any():
            return False
        empty &= ~sheet.column(name).filled
    return bool(empty.any())


def _garbled(sheets: list[Sheet]) -> list[Sheet]:
    """Quarantine the records that are not text in the declared encoding."""
    for sheet in sheets:
        wrong = np.zeros(len(sheet.rows), bool)
        for name in sheet.table.column_names:
            column = sheet.column(name)
            wrong |= np.array([GARBLED in text for text in column.texts], bool)[column.codes]
        if wrong.any():
            sheet.drop(wrong, "undecodable_text")
    return sheets
