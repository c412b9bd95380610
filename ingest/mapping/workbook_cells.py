"""A workbook as sheets of text: dates by their day, formulas by their stored value, merged cells by their first."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import coordinate_to_tuple

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.mapping.sheets import Sheet, from_rows
from littlegiants.ingest.sources.common.workbook import FORMAT, FORMAT_LIMITS, as_text, open_workbook
from littlegiants.ingest.tables.limits import Limits

_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_UNSTORED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+[0-9]+)"[^>]*>\s*<(?:\w+:)?f\b[^>/]*>([^<]*)</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<v></v>)?\s*</(?:\w+:)?c>'
)
_CELLS, _GAP = 20_000_000, 100_000
# The cells that all merged ranges of a sheet may fill.
_MERGED_CELLS = 1_000_000
ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"))


def read_cells(path: Path, limits: Limits = FORMAT_LIMITS) -> list[Sheet]:
    """Return the sheets of a workbook that hold anything; a sheet may hold several tables below each other.

    A formula counts by the value that was stored with it; one without is empty. A merged range has the value of its
    first cell in each of its cells.

    Parameters
    ----------
    path
        The file, ``.xlsx`` or ``.xlsm``.
    limits
        Of rows and columns.

    Raises
    ------
    TableError
        If the file is no workbook, is damaged, unfolds to far more than its size, or takes content from another file.
    """
    sheets: list[Sheet] = []
    with open_workbook(path, cached=True) as (book, digest):
        for sheet in book.worksheets:
            name = f"{path.name}!{sheet.title}"
            values = list(_rows(sheet, name, limits))
            rows = [[_text(value) for value in row] for row in values]
            xml = _xml(sheet)
            formulas = _without_value(xml) | _errors(values)
            width = max(map(len, rows), default=0)
            if width * len(rows) > _CELLS:
                raise TableError(f"{name} spans more than {_CELLS:,} cells; give it as CSV or Parquet")
            filled = _fill_merged(rows, xml, name)
            rows = [row + [""] * (width - len(row)) for row in rows]
            if any(map(any, rows)):
                found = from_rows(name, rows, FORMAT, digest, None, formulas)
                found[0].notes += _notes(name, filled, xml)
                sheets += found
    if not sheets:
        raise TableError(f"{path} has no sheet with anything in it")
    return sheets


def _rows(sheet: Any, name: str, limits: Limits) -> Iterator[Sequence[Any]]:
    # The size that the sheet states may be false; without it openpyxl reads what is there.
    sheet.reset_dimensions()
    gap = made = 0
    empty: list[Sequence[Any]] = []
    for number, values in enumerate(sheet.iter_rows(values_only=True)):
        made += len(values)
        if made > _CELLS:
            raise TableError(f"{name} has more than {_CELLS:,} cells; give it as CSV or Parquet")
        last = len(values)
        while last and values[last - 1] is None:
            last -= 1
        limits.check(name, number, last)
        gap = 0 if last else gap + 1
        if gap > _GAP:
            raise TableError(f"{name} has more than {_GAP:,} empty rows on end; delete them")
        if not last:
            empty.append(())
            continue
        yield from empty
        empty.clear()
        yield values[:last]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        stripped = value.strip()
        return "" if stripped in ERRORS else stripped
    if isinstance(value, datetime):
        value = value.date() if value.time() == time.min else value
    if isinstance(value, date):
        return value.isoformat()
    return str(as_text(value))


def _xml(sheet: Any) -> bytes:
    # openpyxl keeps no merged ranges of a sheet that it reads as a stream.
    with sheet.parent._archive.open(sheet._worksheet_path) as file:
        found: bytes = file.read()
    return found


def _fill_merged(rows: list[list[str]], xml: bytes, name: str) -> int:
    """Give each cell of a merged range the value of its first, and return how many ranges there are.

    Raises
    ------
    TableError
        If they fill more cells than any list has: a few bytes can name millions.
    """
    width = max(map(len, rows), default=0)
    count = cells = 0
    for reference in _MERGED.findall(xml):
        left, top, right, bottom = range_boundaries(reference.decode())
        bottom, right = min(bottom, len(rows)), min(right, width)
        # A title across the sheet is no value of its columns.
        if top == bottom or top > len(rows):
            continue
        cells += (bottom - top + 1) * max(right - left + 1, 0)
        if cells > _MERGED_CELLS:
            raise TableError(f"{name} has more than {_MERGED_CELLS:,} merged cells; take the merging away")
        first = rows[top - 1]
        value = first[left - 1] if left <= len(first) else ""
        for row in rows[top - 1 : bottom]:
            row += [""] * (right - len(row))
            row[left - 1 : right] = [value] * (right - left + 1)
        count += 1
    return count


def _without_value(xml: bytes) -> dict[tuple[int, int], str]:
    """Return the formulas that no value was stored with, by row and column."""
    found = {}
    for reference, formula in _UNSTORED.findall(xml):
        row, column = coordinate_to_tuple(reference.decode())
        found[row - 1, column - 1] = f"={formula.decode(errors='replace')}"
    return found


def _errors(rows: Sequence[Sequence[Any]]) -> dict[tuple[int, int], str]:
    return {
        (row, column): value
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
        if isinstance(value, str) and value in ERRORS
    }


def _notes(name: str, merged: int, xml: bytes) -> Iterator[str]:
    if merged:
        yield f"{name}: {merged:,} merged ranges, read as their first cell's value in each of their cells"
    if formulas := len(_FORMULA.findall(xml)):
        yield f"{name}: {formulas:,} formulas, read by their stored values"
