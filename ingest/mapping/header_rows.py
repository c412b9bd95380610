"""The rows above the records: titles, the header, a second header of names below one of codes, and a row of units."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.mapping.column_meanings import is_known
from littlegiants.ingest.mapping.layouts import layout_headers
from littlegiants.ingest.mapping.units import is_unit
from littlegiants.ingest.sources.common.headers import plain

# A title, notes and the address of a search stand above the header of some exports.
_SEARCHED = 30
_CODE = re.compile("[A-Za-z][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[-+(]?[$€£¥]?[0-9][0-9.,  %/:-]*\)?")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the records of a sheet.

    Attributes
    ----------
    names
        The columns, each named once.
    first
        The index of the row with the first record.
    titles
        By column, its name in the second header.
    units
        By column, what its numbers are counted in.
    known
        How many of the names are known to mean something.
    above
        What stands above the header, such as the title of a list.
    """

    names: tuple[str, ...]
    first: int
    titles: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    known: int = 0
    above: tuple[str, ...] = ()


def find_header(rows: Sequence[Sequence[str]]) -> Header:
    """Return the header among the first rows.

    It is the first row with names of columns that are known, and with no few of them. Where none is, it is the first
    row with about as many cells as the rows have.

    Parameters
    ----------
    rows
        The first rows of the sheet, or all of them.

    Raises
    ------
    TableError
        If all of the rows are empty.

    Examples
    --------
    >>> find_header([["附件：名单", ""], ["企业名称", "地区"], ["某某公司", "江苏省"]]).names
    ('企业名称', '地区')
    """
    some = [[cell.strip() for cell in row] for row in rows[:_SEARCHED]]
    known = [sum(map(_is_known, row)) for row in some]
    # A second table may stand below; the words of a title may be the name of a column.
    at = next(at for at, count in enumerate(known) if 2 * count >= max(known)) if any(known) else _first_full(some)
    codes = at - 1 if at and _are_codes(some[at - 1], some[at]) else at
    titles = some[at] if codes != at else []
    below = some[at + 1] if at + 1 < len(some) else []
    if not titles and _are_codes(some[at], below) and not any(map(_NUMBER.fullmatch, filter(None, below))):
        titles, at = below, at + 1
        below = some[at + 1] if at + 1 < len(some) else []
    units = below if any(below) and all(is_unit(cell) for cell in below if cell) else []
    names = _named(some[codes])
    return Header(
        tuple(names),
        at + (2 if units else 1),
        dict(zip(names, titles, strict=False)),
        {name: unit for name, unit in zip(names, units, strict=False) if unit},
        max(known[codes], known[at]),
        tuple(cell for row in some[:codes] for cell in row if cell),
    )


def unique_names(cells: Iterable[str]) -> list[str]:
    """Return the names of columns: those without one are numbered, and so is a name that stands again.

    Examples
    --------
    >>> unique_names(["Round", "Investor", "Investor", ""])
    ['Round', 'Investor', 'Investor (2)', 'column 4']
    """
    times: Counter[str] = Counter()
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = cell.strip() or f"column {number}"
        times[name] += 1
        names.append(name if times[name] == 1 else f"{name} ({times[name]})")
    return names


def _is_known(cell: str) -> bool:
    return is_known(cell) or (bool(cell) and plain(cell) in layout_headers())


def _first_full(rows: Sequence[Sequence[str]]) -> int:
    filled = [sum(map(bool, row)) for row in rows]
    if not any(filled):
        raise TableError("no row has anything in it; a table has at least its header line")
    usual = sorted(filled)[len(filled) // 2]
    return next(at for at, count in enumerate(filled) if count and 2 * count > usual)


def _are_codes(codes: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether one row is of codes, and the other, below it, of names for them in another script."""
    return (
        sum(map(bool, codes)) == sum(map(bool, names)) > 0
        and all(_CODE.fullmatch(cell) for cell in codes if cell)
        and sum(not cell.isascii() for cell in names) > len(names) / 2
        and sum(map(_is_known, names)) > 1
    )


def _named(cells: Sequence[str]) -> list[str]:
    last = max((at for at, cell in enumerate(cells, start=1) if cell), default=0)
    return unique_names(cells[:last])
