"""Empty tables to fill in, made from the contract: a workbook with notes, or CSV files in one archive."""

import io
import zipfile
from collections.abc import Iterator
from functools import cache

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from littlegiants.ingest.tables.contract import TABLES, Column, Kind, Table

_KINDS = {
    Kind.ID: "text; format the column as text, or a spreadsheet drops zeros and digits",
    Kind.TEXT: "text",
    Kind.LIST: "several, separated by semicolons",
    Kind.CHOICE: "one of",
    Kind.CURRENCY: "ISO 4217 code, such as USD, EUR or CNY",
    Kind.DATE: "date, YYYY-MM-DD",
    Kind.MONEY: "amount in units of the row’s currency",
    Kind.NUMBER: "number",
    Kind.COUNT: "whole number",
    Kind.SHARE: "share from 0 to 1",
}
_FORMATS = {Kind.ID: "@", Kind.DATE: "yyyy-mm-dd"}
_FIRM_ID = Column("firm_id", Kind.ID, required=True)
_KNOWN_ON = Column("known_on", Kind.DATE)
_RULES = (
    "One sheet a table. Only “firms” is required.",
    "Delete the sheet of a table that you have no data for. Absent means not observed; empty means nothing happened.",
    "firm_id joins the tables: an event of a firm that “firms” does not have is quarantined.",
    "An empty cell is not known; it is never zero.",
    "Store values, not formulas. Every amount needs its currency.",
    "known_on is the day the row became known to you, where you can tell; leave it empty otherwise.",
    "Rows that break a rule are quarantined and shown with their place; the others are used.",
)
_ROWS = 10_000
_WIDTHS = (14, 26, 12, 90)


@cache
def workbook() -> bytes:
    """Return a workbook with an empty sheet for each table and one of notes, as ``.xlsx``."""
    book = Workbook()
    notes = book.active
    assert isinstance(notes, Worksheet)  # noqa: S101 - narrows the type; a new workbook has one sheet
    notes.title = "notes"
    for rule in _RULES:
        notes.append([rule])
    notes.append([])
    notes.append(["table", "column", "required", "what it holds"])
    for cell in notes[notes.max_row]:
        cell.font = Font(bold=True)
    for table in TABLES.values():
        for column in columns(table):
            notes.append([table.name, column.name, "yes" if column.required else "", meaning(table, column)])
    for place, width in enumerate(_WIDTHS, 1):
        notes.column_dimensions[get_column_letter(place)].width = width
    for table in TABLES.values():
        _add_sheet(book, table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@cache
def archive() -> bytes:
    """Return the same tables as ``.zip`` of CSV files, each with its header line only."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as found:
        for table in TABLES.values():
            found.writestr(f"{table.name}.csv", ",".join(column.name for column in columns(table)) + "\n")
        found.writestr("notes.txt", "\n".join([*_RULES, "", *_lines()]) + "\n")
    return file.getvalue()


def columns(table: Table) -> tuple[Column, ...]:
    """Return all columns of a table's file, in order."""
    return (_FIRM_ID, *table.columns, _KNOWN_ON)


def meaning(table: Table, column: Column) -> str:
    """Return what a column holds, as a note for the person who fills it in.

    Examples
    --------
    >>> meaning(TABLES["outcomes"], TABLES["outcomes"].column("kind"))
    'one of ipo, acquisition, closure'
    """
    if column is _KNOWN_ON:
        return f"{_KINDS[Kind.DATE]}; by default {table.known_rule}"
    if column.choices:
        return f"one of {', '.join(column.choices)}"
    return _KINDS[column.kind]


def _lines() -> Iterator[str]:
    for table in TABLES.values():
        for column in columns(table):
            required = ", required" if column.required else ""
            yield f"{table.name}.{column.name}{required}: {meaning(table, column)}"


def _add_sheet(book: Workbook, table: Table) -> None:
    sheet = book.create_sheet(table.name)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns(table), 1):
        letter = get_column_letter(place)
        cell = sheet.cell(1, place, column.name)
        cell.font = Font(bold=column.required)
        cell.alignment = Alignment(horizontal="left")
        cell.comment = Comment(meaning(table, column), "littlegiants")
        sheet.column_dimensions[letter].width = max(len(column.name) + 3, 12)
        sheet.column_dimensions[letter].number_format = _FORMATS.get(column.kind, "General")
        if column.choices:
            allowed = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            allowed.add(f"{letter}2:{letter}{_ROWS}")
            sheet.add_data_validation(allowed)
