"""Excel workbooks, read cell by cell and not trusted: no formula is evaluated, no link followed, no size believed."""

import hashlib
import io
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.functions import fromstring

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.sources.common.exports import Export, read_bytes
from littlegiants.ingest.tables.quarantine import Quarantine

FORMAT = "xlsx"
# Genuine workbooks unfold some ten times; a bomb, thousands of times.
_MEMBERS, _UNFOLDED, _UNFOLDED_PER_BYTE = 10_000, 1 << 26, 100
_ROWS, _COLUMNS, _CELLS, _GAP = 1_048_576, 256, 20_000_000, 100_000
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


def read_workbook(path: Path, sheets: Collection[str]) -> tuple[dict[str, Export], list[str]]:
    """Read the sheets of those names; each has its header in the first row.

    Rows are numbered as records, from the one below the header; empty rows at the end are none. Rows with a formula,
    an error value or too long a text are quarantined.

    Parameters
    ----------
    path
        The file, ``.xlsx``.
    sheets
        Names to read, where the workbook has them.

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
    raw = read_bytes(path)
    digest = hashlib.sha256(raw).hexdigest()
    try:
        _check_archive(raw, path)
        with warnings.catch_warnings():
            # Of styles and extensions that are not read here.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
            names = [sheet.title for sheet in book.worksheets]
            found = {name: _read_sheet(book[name], path, digest) for name in names if name in sheets}
            book.close()
    except _DAMAGE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise TableError(f"{path} cannot be read as a workbook: {reason}; save it anew as .xlsx") from error
    return found, [name for name in names if name not in sheets]


def _check_archive(raw: bytes, path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = archive.infolist()
        unfolded = sum(member.file_size for member in members)
        if len(members) > _MEMBERS or unfolded > _UNFOLDED + _UNFOLDED_PER_BYTE * len(raw):
            raise TableError(f"{path} claims {unfolded:,} bytes in {len(raw):,} bytes; it is refused as a bomb")
        for member in members:
            name = member.filename.replace("\\", "/")
            if name.startswith("/") or ".." in name.split("/"):
                raise TableError(f"{path} holds {member.filename!r}, which lies outside of it; it is refused")
            if name.endswith((".xml", ".rels")):
                # No more than what it claims is ever unpacked; if it holds more, its checksum does not fit.
                text = archive.read(member)
                if b"\0" in text[:4] or any(mark in text for mark in _DECLARATIONS):
                    raise TableError(f"{path}: {member.filename} declares entities or is UTF-16; it is refused")
                if name.endswith(".rels") and (outside := _outside(text)):
                    raise TableError(f"{path} takes content from {outside!r}; break its links and save it anew")


def _outside(relationships: bytes) -> str:
    """Return the first place outside of the workbook that its content comes from; a link to click on is none."""
    for part in fromstring(relationships):
        if part.get("TargetMode") == "External" and not str(part.get("Type")).endswith("/hyperlink"):
            return str(part.get("Target"))
    return ""


def _read_sheet(sheet: Any, path: Path, digest: str) -> Export:
    name = f"{path.name}!{sheet.title}"
    rows = _rows(sheet, name)
    header = _header(next(rows, []), name)
    quarantine = Quarantine()
    kept: dict[int, list[object]] = {}
    blank: list[int] = []
    number = 0
    for number, cells in enumerate(rows, start=1):
        values = [_value(cell) for cell in cells]
        if not any(value != "" for value in values):
            blank.append(number)
            continue
        if violation := _violation(cells, header):
            quarantine.add(name, [number], *violation)
            continue
        kept[number] = values[: len(header)] + [""] * (len(header) - len(values))
        if len(kept) * len(header) > _CELLS:
            raise TableError(f"{name} has more than {_CELLS:,} cells; give it as CSV or Parquet")
    last = max([*kept, *quarantine.frame()["row"]], default=0)
    inner = [place for place in blank if place < last]
    quarantine.add(name, inner, "", "blank_row", [""] * len(inner))
    frame = pd.DataFrame(list(kept.values()), columns=header, index=np.array(list(kept), np.int64), dtype=object)
    return Export(name, frame, FORMAT, digest, int(last), quarantine)


def _rows(sheet: Any, name: str) -> Iterator[list[Any]]:
    # The size that the sheet states may be false; without it openpyxl reads what is there.
    sheet.reset_dimensions()
    gap = 0
    for number, cells in enumerate(sheet.iter_rows(max_col=_COLUMNS + 1), start=1):
        if number > _ROWS or (len(cells) > _COLUMNS and cells[_COLUMNS].value is not None):
            raise TableError(f"{name} has more than {_ROWS:,} rows or {_COLUMNS} columns; no table has")
        # Rows that the file leaves out are made up by openpyxl: one row far away would be a million.
        gap = gap + 1 if all(cell is EMPTY_CELL for cell in cells) else 0
        if gap > _GAP:
            raise TableError(f"{name} has more than {_GAP:,} empty rows on end; delete them")
        yield list(cells) if gap == 0 else []


def _header(cells: list[Any], name: str) -> list[str]:
    header = [str(_value(cell)).strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    wrong = next((had for had in header if not had or header.count(had) > 1), None)
    if not header or wrong is not None:
        raise TableError(
            f"{name}: its first row must be a header, each column named once; see {wrong or 'an empty cell'!r}"
        )
    return header


def _violation(cells: list[Any], header: list[str]) -> tuple[str, str, list[object]] | None:
    """Return column, code and value of the first cell that the row cannot be used for."""
    for place, cell in enumerate(cells):
        value = _value(cell)
        if place >= len(header):
            if value != "":
                return "", "ragged_row", [value]
        elif value != "" and cell.data_type in ("f", "e"):
            return header[place], "formula_cell", [getattr(value, "text", value)]
        elif isinstance(value, str) and len(value) > _TEXT:
            # Quarantined here: a text that many cells share would unfold to gigabytes.
            return header[place], "text_too_long", [value]
    return None


def _value(cell: Any) -> object:
    value = cell.value
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime):
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
