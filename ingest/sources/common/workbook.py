"""Excel workbooks, read cell by cell and not trusted: no formula is evaluated, no link followed, no size believed."""

import hashlib
import io
import warnings
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.functions import fromstring

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.sources.common.exports import Export, read_bytes
from littlegiants.ingest.tables.limits import Limits
from littlegiants.ingest.tables.quarantine import Quarantine

FORMAT = "xlsx"
# Genuine workbooks unfold some ten times; a bomb, thousands of times.
_MEMBERS, _UNFOLDED, _UNFOLDED_PER_BYTE = 10_000, 1 << 21, 100
FORMAT_LIMITS = Limits(1_048_576, 256)
_CELLS, _GAP = 20_000_000, 100_000
_TEXT = 1_000
# The format uses none. A declaration can multiply itself, or name files of this machine.
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY")
# What openpyxl and the modules under it raise on a damaged file.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    OSError,
    RuntimeError,
)


def read_workbook(
    path: Path, sheets: Collection[str], limits: Limits = FORMAT_LIMITS
) -> tuple[dict[str, Export], list[str]]:
    """Read the sheets of those names; each has its header in the first row.

    Rows are numbered as records, from the one below the header; empty rows at the end are none. Rows with a formula,
    an error value or too long a text are quarantined.

    Parameters
    ----------
    path
        The file, ``.xlsx``.
    sheets
        Names to read, where the workbook has them.
    limits
        Of rows and columns; by default those of the format, and no more columns than any table has.

    Returns
    -------
    exports : dict of Export
        By sheet. Cells are text, or the number, truth value or date that the workbook holds; empty ones are empty text.
    others : list of str
        Names of the workbook's other sheets.

    Raises
    ------
    TableError
        If the file is no workbook, is damaged, unfolds to far more than its size, takes content from another file, or
        has a header that is not usable.
    """
    with open_workbook(path) as (book, digest):
        names = [sheet.title for sheet in book.worksheets]
        found = {name: _read_sheet(book[name], path, digest, limits) for name in names if name in sheets}
    return found, [name for name in names if name not in sheets]


@contextmanager
def open_workbook(path: Path, *, cached: bool = False) -> Iterator[tuple[Any, str]]:
    """Give a workbook that was checked, as openpyxl reads it, and the SHA-256 of its file.

    Parameters
    ----------
    path
        The file.
    cached
        Whether the cell of a formula is the value that was stored with it; otherwise it is the formula.

    Raises
    ------
    TableError
        As `read_workbook`, for whatever goes wrong inside the block too.
    """
    raw = read_bytes(path)
    try:
        _check_archive(raw, path)
        with warnings.catch_warnings():
            # Of styles and extensions that are not read here.
            warnings.simplefilter("ignore")
            reader = ExcelReader(io.BytesIO(raw), read_only=True, data_only=cached, keep_links=False)
            reader.archive = _Archive(io.BytesIO(raw))
            reader.read()
            yield reader.wb, hashlib.sha256(raw).hexdigest()
            reader.wb.close()
    except TableError as error:
        raise type(error)(str(error).replace("its member", f"{path}:", 1)) from error
    except _DAMAGE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise TableError(f"{path} cannot be read as a workbook: {reason}; save it anew as .xlsx") from error


class _Archive(zipfile.ZipFile):
    """An archive of which no byte is handed out before its member is unpacked whole, its checksum and its text checked.

    So the guard sees what the parser sees, whatever a member is called. No more than a member claims is ever unpacked;
    if it holds more, its checksum does not fit.
    """

    def open(self, name: Any, *_: Any, **__: Any) -> Any:
        with super().open(name) as file:
            text = file.read()
        if b"\0" in text[:4] or any(mark in text for mark in _DECLARATIONS):
            named = name.filename if isinstance(name, zipfile.ZipInfo) else name
            raise TableError(f"its member {named} declares entities or is UTF-16; it is refused")
        return io.BytesIO(text)


def _check_archive(raw: bytes, path: Path) -> None:
    with _Archive(io.BytesIO(raw)) as archive:
        members = archive.infolist()
        unfolded = sum(member.file_size for member in members)
        if len(members) > _MEMBERS or unfolded > _UNFOLDED + _UNFOLDED_PER_BYTE * len(raw):
            raise TableError(f"{path} claims {unfolded:,} bytes in {len(raw):,} bytes; it is refused as a bomb")
        for member in members:
            name = member.filename.replace("\\", "/")
            if name.startswith("/") or ".." in name.split("/"):
                raise TableError(f"{path} holds {member.filename!r}, which lies outside of it; it is refused")
            if name.endswith((".xml", ".rels")):
                text = archive.read(member)
                if name.endswith(".rels") and (outside := _outside(text)):
                    raise TableError(f"{path} takes content from {outside!r}; break its links and save it anew")


def _outside(relationships: bytes) -> str:
    """Return the first place outside of the workbook that its content comes from; a link to click on is none."""
    for part in fromstring(relationships):
        if part.get("TargetMode") == "External" and not str(part.get("Type")).endswith("/hyperlink"):
            return str(part.get("Target"))
    return ""


def _read_sheet(sheet: Any, path: Path, digest: str, limits: Limits) -> Export:
    name = f"{path.name}!{sheet.title}"
    rows = _rows(sheet, name, limits)
    header = _header(next(rows, []), name)
    kept: dict[int, list[object]] = {}
    unusable: defaultdict[tuple[str, str], dict[int, object]] = defaultdict(dict)
    blank: list[int] = []
    for number, cells in enumerate(rows, start=1):
        values = [_value(cell) for cell in cells]
        if not any(value != "" for value in values):
            blank.append(number)
            continue
        if violation := _violation(cells, header):
            column, code, value = violation
            unusable[column, code][number] = value
            continue
        kept[number] = values[: len(header)] + [""] * (len(header) - len(values))
    last = max([*kept, *(row for rows in unusable.values() for row in rows)], default=0)
    unusable["", "blank_row"] = {row: "" for row in blank if row < last}
    quarantine = Quarantine()
    for (column, code), found in unusable.items():
        quarantine.add(name, list(found), column, code, found.values())
    frame = pd.DataFrame(list(kept.values()), columns=header, index=np.array(list(kept), np.int64), dtype=object)
    return Export(name, frame, FORMAT, digest, int(last), quarantine)


def _rows(sheet: Any, name: str, limits: Limits) -> Iterator[list[Any]]:
    # The size that the sheet states may be false; without it openpyxl reads what is there.
    sheet.reset_dimensions()
    gap = 0
    made = 0
    # The first row is the header, and no record.
    for number, cells in enumerate(sheet.iter_rows()):
        # openpyxl makes a cell for every place before the last one that a row has, up to 16,384 in a row.
        made += len(cells)
        if made > _CELLS:
            raise TableError(f"{name} has more than {_CELLS:,} cells; give it as CSV or Parquet")
        some = _filled(cells)
        limits.check(name, number, len(some))
        # Rows that the file leaves out are made up as well: one row far away would be a million.
        gap = 0 if some else gap + 1
        if gap > _GAP:
            raise TableError(f"{name} has more than {_GAP:,} empty rows on end; delete them")
        yield some


def _filled(cells: Sequence[Any]) -> list[Any]:
    """Return the cells of a row up to the last one that holds anything."""
    last = len(cells)
    while last and cells[last - 1].value is None:
        last -= 1
    return list(cells[:last])


def _header(cells: list[Any], name: str) -> list[str]:
    header = [str(_value(cell)).strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    times = Counter(header)
    wrong = next((had for had in header if not had or times[had] > 1), None)
    if not header or wrong is not None:
        raise TableError(
            f"{name}: its first row must be a header, each column named once; see {wrong or 'an empty cell'!r}"
        )
    return header


def _violation(cells: list[Any], header: list[str]) -> tuple[str, str, object] | None:
    """Return column, code and value of the first cell that the row cannot be used for."""
    for place, cell in enumerate(cells):
        value = _value(cell)
        if place >= len(header):
            if value != "":
                return "", "ragged_row", value
        elif value != "" and cell.data_type in ("f", "e"):
            return header[place], "formula_cell", getattr(value, "text", value)
        elif isinstance(value, str) and len(value) > _TEXT:
            # Quarantined here: a text that many cells share would unfold to gigabytes.
            return header[place], "text_too_long", value
    return None


def _value(cell: Any) -> object:
    value = cell.value
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date()
    return "" if value is None else value


def as_text(value: object) -> object:
    """Return a cell's value as the text of a CSV file.

    Examples
    --------
    >>> as_text(5_000_000.0), as_text(0.25), as_text(date(2024, 9, 3)), as_text("007")
    ('5000000', '0.25', '2024-09-03', '007')
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else str(value)
