"""What a mapping says: for each sheet, which of its columns describe the firm and which an event of it.

A mapping is data. A file of the user's, the proposal for an unknown file, and the known layouts are all of this form,
so what recognises one vendor's export can be copied, changed and given back.
"""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from typing import Literal

import msgspec

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.mapping.people import is_about_people
from littlegiants.ingest.sources.common.amounts import AmountForm
from littlegiants.ingest.sources.common.dates import form_reader
from littlegiants.ingest.tables.contract import EVENT_TABLES, FIRM_ID, FIRMS, KNOWN_ON, TABLES, Column, Kind

# A grant has no kind in the contract; a list that mixes grants with rounds still says by it which row is which.
KIND = "kind"
_ROUTED = ("grants",)


class ColumnRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How one column of a table is made.

    Attributes
    ----------
    column, value
        The sheet's column that it is read from, or the constant that it is.
    otherwise
        The column that is read where the first is empty.
    dates
        The forms its dates have, the likeliest first, see `littlegiants.ingest.sources.common.dates`; none finds them
        out. ISO dates are always read, unless a form has the day before the month behind the year.
    numbers
        How its numbers are written, see `littlegiants.ingest.sources.common.amounts`; nothing finds it out.
    unit, currency
        What its amounts are counted in where the cell does not say it, such as ``million`` or ``万元``, and ``USD``.
    vocabulary
        What its words mean: values of the table by values of the sheet. For a date it must hold every word there is.
    separator, position
        What separates several values in a cell. All of them are taken for a list; else the one of that number, counted
        from 1, or from the end if negative.
    """

    column: str = ""
    value: str = ""
    otherwise: str = ""
    dates: tuple[str, ...] = ()
    numbers: AmountForm | Literal[""] = ""
    unit: str = ""
    currency: str = ""
    vocabulary: dict[str, str] = {}
    separator: str = ""
    position: int = 0


class EventRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which rows of a sheet are events of one table, and how they are read.

    Attributes
    ----------
    table, columns
        The table, and a rule for each of its columns that the sheet has; plain text names the sheet's column.
    each
        What separates the events in a cell, where the cells of a row are parallel lists.
    add_up
        Whether rows of one key are items of one sum.
    totals
        By column, words that mark a row as the sum of the others. It counts where there are no others.
    """

    table: str
    columns: dict[str, str | ColumnRule]
    each: str = ""
    add_up: bool = False
    totals: dict[str, tuple[str, ...]] = {}

    def rules(self) -> dict[str, ColumnRule]:
        """Return the rules of the columns, each whole."""
        return {name: as_rule(rule) for name, rule in self.columns.items()}


class SheetRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the rows of one file, or of one sheet of a workbook, are read.

    Attributes
    ----------
    file
        Its name, or a pattern for it; a sheet of a workbook is ``book.xlsx!Sheet1``.
    headers
        Columns by which a known layout is recognised: all of them must be there.
    title
        What it is, for people.
    missing
        Values that stand for no value.
    only, omit
        Which rows are meant: by column, patterns of which one must, or none may, fit its value (``*-12-31``).
    firm
        The columns of the firms table, ``firm_id`` among them where the sheet has ids. A sheet with ids alone refers to
        the firms of another.
    status
        The column that says whether the firm is still there, and what its words mean.
    event
        The events of its rows.
    """

    file: str = "*"
    headers: tuple[str, ...] = ()
    title: str = ""
    missing: tuple[str, ...] = ()
    only: dict[str, tuple[str, ...]] = {}
    omit: dict[str, tuple[str, ...]] = {}
    firm: dict[str, str | ColumnRule] = {}
    status: ColumnRule | None = None
    event: tuple[EventRule, ...] = ()

    def firm_rules(self) -> dict[str, ColumnRule]:
        """Return the rules of the firm's columns, each whole."""
        return {name: as_rule(rule) for name, rule in self.firm.items()}

    def named(self) -> set[str]:
        """Return the sheet's columns that the rule names."""
        rules = [*self.firm_rules().values(), *([self.status] if self.status else [])]
        rules += [rule for event in self.event for rule in event.rules().values()]
        totals = [name for event in self.event for name in event.totals]
        read = [name for rule in rules for name in (rule.column, rule.otherwise) if name]
        return {*read, *self.only, *self.omit, *totals}


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A rule for each sheet, the first that fits a sheet's name is its own."""

    sheet: tuple[SheetRule, ...] = ()


def as_rule(rule: str | ColumnRule) -> ColumnRule:
    """Return a rule in full: text alone names the column.

    Examples
    --------
    >>> as_rule("Company ID").column
    'Company ID'
    """
    return ColumnRule(column=rule) if isinstance(rule, str) else rule


def check(mapping: Mapping) -> None:
    """Refuse a mapping that cannot be meant.

    Raises
    ------
    ConfigError
        If it has no sheet, or a table or column that the contract does not have, a rule without a column or a value, a
        form of dates that cannot be read, or a column about people.
    """
    if not mapping.sheet:
        raise ConfigError("the mapping has no [[sheet]]")
    for sheet in mapping.sheet:
        where = sheet.title or sheet.file
        if not sheet.firm:
            raise ConfigError(f"{where}: [sheet.firm] must say which column names the firm, by firm_id or name")
        _check_columns(where, sheet.firm_rules(), {FIRM_ID.name: FIRM_ID, **_columns("firms")}, "firms")
        for event in sheet.event:
            if event.table not in EVENT_TABLES:
                raise ConfigError(f"{where}: table {event.table!r} is not known; it is one of {listed(EVENT_TABLES)}")
            _check_columns(where, event.rules(), _columns(event.table), event.table)
            day = TABLES[event.table].event
            if day not in event.columns:
                raise ConfigError(f"{where}: {event.table} needs {day}, the day of the event")
        about = sorted(name for name in sheet.named() if is_about_people(name))
        if about:
            raise ConfigError(f"{where}: column {about[0]!r} is about people and is never read; take it out")


def column_of(table: str, name: str) -> Column:
    """Return a column of a table, ``firm_id`` and ``known_on`` among them."""
    return {FIRM_ID.name: FIRM_ID, **_columns(table)}[name]


def _columns(table: str) -> Dict[str, Column]:
    own = {column.name: column for column in TABLES[table].columns}
    routed = {KIND: Column(KIND, Kind.TEXT)} if table in _ROUTED else {}
    return {**own, **routed, **({} if table == FIRMS.name else {KNOWN_ON.name: KNOWN_ON})}


def _check_columns(where: str, rules: Dict[str, ColumnRule], known: Dict[str, Column], table: str) -> None:
    for name, rule in rules.items():
        if name not in known:
            raise ConfigError(f"{where}: {table} has no column {name!r}; it has {listed(known)}")
        if bool(rule.column) == bool(rule.value):
            raise ConfigError(f"{where}: {table}.{name} needs a column or a value, and not both")
        _check_dates(where, rule.dates)


def _check_dates(where: str, forms: Sequence[str]) -> None:
    for form in forms:
        try:
            form_reader(form)
        except ConfigError as error:
            raise ConfigError(f"{where}: {error}") from None
