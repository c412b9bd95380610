"""From the records of a sheet to rows of the tables: what each record says by the sheet's rule, not judged yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.mapping.cells import Cells, Mask, Texts, read_cells, routes
from littlegiants.ingest.mapping.event_kinds import kind_of, stays
from littlegiants.ingest.mapping.mapping import KIND, ColumnRule, EventRule, SheetRule, column_of
from littlegiants.ingest.mapping.sheets import Sheet, TextColumn
from littlegiants.ingest.tables.contract import FIRM_ID, FIRMS, TABLES, Kind

Indices = npt.NDArray[np.int64]


@dataclass(slots=True)
class Event:
    """Events that the records of a sheet state.

    Attributes
    ----------
    table
        Their table.
    frame
        Their columns as text; ``record`` is the index of the record in the sheet.
    sources
        By column of the table, the sheet's column it came from.
    bad
        Why an event cannot be used, by index in the frame: column, code and value.
    values
        Values that cannot be used, of events that can be.
    rule
        How they were read.
    """

    table: str
    frame: pd.DataFrame
    sources: dict[str, str]
    bad: list[tuple[Indices, str, str, Texts]]
    values: list[tuple[Indices, str, str, Texts]]
    rule: EventRule


@dataclass(slots=True)
class SheetRows:
    """What the records of one sheet say.

    Attributes
    ----------
    sheet, rule
        The sheet and how it was read.
    firms
        The columns of the firms table that it has, and ``id`` and ``name``, by record.
    values
        Values of these that cannot be used.
    events
        Its events, one for each rule.
    excluded : ndarray of bool, shape (records,)
        Which records the rule does not mean.
    exits
        ``record``, ``kind`` and the word of the status, of records whose firm is gone.
    notes
        For a person.
    """

    sheet: Sheet
    rule: SheetRule
    firms: pd.DataFrame
    excluded: Mask
    values: list[tuple[Indices, str, str, Texts]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    exits: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"record": [], "kind": []}))
    notes: list[str] = field(default_factory=list)


def read_rows(sheet: Sheet, rule: SheetRule) -> SheetRows:
    """Return what the records of a sheet say.

    Parameters
    ----------
    sheet, rule
        The sheet, and its rule, all of whose columns the sheet has.
    """
    found = _firms(sheet, rule)
    routed: set[str] = set()
    for event in rule.event:
        first = event.rules().get(KIND, ColumnRule()).column not in routed
        found.events.append(_events(sheet, rule, event, found.excluded, first))
        routed.add(event.rules().get(KIND, ColumnRule()).column)
    if rule.status is not None:
        _exits(found, sheet.column(rule.status.column, rule.missing), rule.status)
    return found


def _firms(sheet: Sheet, rule: SheetRule) -> SheetRows:
    count = len(sheet.rows)
    columns: dict[str, Texts] = {}
    values = []
    for name, one in rule.firm_rules().items():
        cells = _read(sheet, rule, one, FIRMS.name, name, count)
        if cells.code:
            wrong = np.flatnonzero(cells.bad[cells.codes])
            values.append((wrong, one.column, cells.code, cells.texts[cells.codes[wrong]]))
        # A founding that cannot be read leaves the firm without one, and with its events.
        columns[name] = (cells.texts if name == FIRM_ID.name else cells.readable)[cells.codes]
        values += _formulas(sheet, one.column, np.arange(count))
    empty = np.full(count, "", object)
    frame = pd.DataFrame({"id": columns.pop(FIRM_ID.name, empty), "name": columns.pop("name", empty), **columns})
    return SheetRows(sheet, rule, frame, ~_filtered(sheet, rule), values)


def _read(sheet: Sheet, rule: SheetRule, one: ColumnRule, table: str, name: str, count: int) -> Cells:
    if one.value:
        return Cells.constant(one.value, count)
    return _cells(sheet.column(one.column, rule.missing, one.otherwise), one, table, name, sheet.cells)


def _cells(column: TextColumn, one: ColumnRule, table: str, name: str, cache: dict[object, object]) -> Cells:
    """Return the cells of a column, read once for all the events that have the same rule for it."""
    spec = column_of(table, name)
    key = (spec.kind, spec.name if spec.name in ("tier", "level", "currency") else "", msgspec.json.encode(one))
    found = cache.get(key)
    if not isinstance(found, Cells):
        found = cache[key] = read_cells(column, one, spec)
    return found


def _events(sheet: Sheet, rule: SheetRule, event: EventRule, excluded: Mask, first: bool) -> Event:
    rules = event.rules()
    columns, records = _columns(sheet, rule, event, rules)
    count = len(records)
    meant = ~excluded[records]
    cells: dict[str, Cells] = {}
    for name, one in rules.items():
        if one.value:
            cells[name] = Cells.constant(one.value, count)
        elif name != KIND:
            cache = {} if event.each else sheet.cells
            cells[name] = _cells(columns[one.column], one, event.table, name, cache)
    stating = [name for name, one in rules.items() if one.column and name not in ("currency", "level", KIND)]
    stated = np.zeros(count, bool)
    for name in stating:
        stated |= cells[name].filled
    if KIND in rules and not rules[KIND].value:
        kind = columns[rules[KIND].column]
        cells[KIND], own = _routed(kind, rules[KIND], event.table, first)
        meant &= own
        stated |= kind.filled
    keep = np.flatnonzero(meant & stated)
    found = Event(event.table, pd.DataFrame({"record": records[keep]}), {}, [], [], event)
    for name, one in rules.items():
        _take(found, sheet, name, one, cells[name], keep)
    if event.table == "grants":
        found.frame = found.frame.drop(columns=KIND, errors="ignore")
    _money(found, rules, cells, keep)
    _undated(found, keep)
    return found


def _columns(
    sheet: Sheet, rule: SheetRule, event: EventRule, rules: Mapping[str, ColumnRule]
) -> tuple[dict[str, TextColumn], Indices]:
    """Return the columns of an event's rule, and the record of each of their rows."""
    columns = {
        one.column: sheet.column(one.column, rule.missing, one.otherwise) for one in rules.values() if one.column
    }
    records = np.arange(len(sheet.rows))
    if not event.each:
        return columns, records
    lists = {
        name: [text.split(event.each) if text else [] for text in column.texts] for name, column in columns.items()
    }
    longest = np.zeros(len(records), np.int64)
    for name, column in columns.items():
        longest = np.maximum(longest, np.array([len(parts) for parts in lists[name]], np.int64)[column.codes])
    spread = np.repeat(records, longest)
    at = np.arange(len(spread)) - np.repeat(np.cumsum(longest) - longest, longest)
    parted = {}
    for name, column in columns.items():
        parts = [lists[name][code] for code in column.codes[spread]]
        texts = [part[index].strip() if index < len(part) else "" for part, index in zip(parts, at, strict=True)]
        absent = set(rule.missing)
        codes, distinct = pd.factorize(np.array(["" if text in absent else text for text in texts], object))
        parted[name] = TextColumn(codes.astype(np.int64), list(distinct))
    return parted, spread


def _filtered(sheet: Sheet, rule: SheetRule) -> Mask:
    """Say which records a rule means."""
    meant = np.ones(len(sheet.rows), bool)
    for filters, wanted in ((rule.only, True), (rule.omit, False)):
        for name, patterns in filters.items():
            column = sheet.column(name, rule.missing)
            fits = [any(fnmatchcase(text, pattern) for pattern in patterns) for text in column.texts]
            meant &= np.array(fits, bool)[column.codes] == wanted
    return meant


def _routed(column: TextColumn, rule: ColumnRule, table: str, first: bool) -> tuple[Cells, Mask]:
    """Return the kinds, and which records are of a table by the word for their kind.

    A word that is not known is of the first rule that reads the column, which quarantines it. Without a word a record
    is a round of a kind that is not disclosed.
    """
    found = list(zip(column.texts, routes(column, rule), strict=True))
    own = [route[0] == table if route else (first if text else table == "rounds") for text, route in found]
    unknown = np.array([bool(text) and not route for text, route in found], bool)
    kinds = np.array([route[1] if route else text for text, route in found], object)
    return Cells(column.codes, kinds, "unknown_value", unknown), np.array(own, bool)[column.codes]


def _formulas(sheet: Sheet, column: str, records: Indices) -> list[tuple[Indices, str, str, Texts]]:
    """Return the cells of a column that hold a formula without a value, or an error, by index among some records."""
    texts = sheet.formulas.get(column, {})
    at = np.flatnonzero(np.isin(records, list(texts)))
    return [(at, column, "formula_cell", np.array([texts[int(records[one])] for one in at], object))] if len(at) else []


def _take(found: Event, sheet: Sheet, name: str, one: ColumnRule, cells: Cells, keep: Indices) -> None:
    """Put one column into the frame; cells that cannot be read take the event along only where it needs them."""
    spec = column_of(found.table, name)
    needed = spec.required or name in TABLES[found.table].key
    (found.bad if needed else found.values).extend(
        _formulas(sheet, one.column, found.frame["record"].to_numpy(np.int64))
    )
    codes = cells.codes[keep]
    if one.column:
        found.sources[name] = one.column
    if cells.bad.any():
        at = np.flatnonzero(cells.bad[codes])
        (found.bad if needed else found.values).append((at, one.column, cells.code, cells.texts[codes[at]]))
    found.frame[name] = cells.readable[codes]


def _money(found: Event, rules: Mapping[str, ColumnRule], cells: Mapping[str, Cells], keep: Indices) -> None:
    """Give each event the currency of its amounts: the cell's own, else the row's, else that of the rule."""
    table = TABLES[found.table]
    amounts = [column.name for column in table.columns if column.kind is Kind.MONEY and column.name in rules]
    if not amounts:
        return
    rowwise = found.frame["currency"].to_numpy(object) if "currency" in found.frame else None
    filled = np.zeros(len(keep), bool)
    currency = np.full(len(keep), "", object)
    for name in amounts:
        one = cells[name]
        codes = one.codes[keep]
        present = (one.readable != "")[codes]
        own = _currencies(one, codes, rowwise, rules[name].currency)
        currency = own if not filled.any() else np.where(filled, currency, own)
        for code, wrong in (("missing_currency", own == ""), ("unknown_currency", (own != "") & (own != currency))):
            wrong = wrong & present
            if wrong.any():
                at = np.flatnonzero(wrong)
                found.values.append((at, rules[name].column, code, one.texts[codes[at]]))
                found.frame.loc[wrong, name] = ""
                present = present & ~wrong
        filled |= present
    found.frame["currency"] = np.where(filled, currency, "")


def _currencies(one: Cells, codes: Indices, rowwise: Texts | None, default: str) -> Texts:
    stated = one.currency if one.currency is not None else np.array([""], object)
    if rowwise is None:
        return np.where(stated == "", default, stated)[codes if len(stated) == len(one.texts) else np.zeros_like(codes)]
    own = stated[codes]
    own = np.where(own == "", rowwise, own)
    return np.where(own == "", default, own)


def _undated(found: Event, keep: Indices) -> None:
    """List the events that have no day, with what they do have."""
    day = TABLES[found.table].event
    days = found.frame[day].to_numpy(object)
    known = np.zeros(len(keep), bool)
    for at, column, _, _ in found.bad:
        known[at] |= column == found.sources.get(day)
    missing = np.flatnonzero((days == "") & ~known)
    if len(missing):
        others = [name for name in found.frame.columns if name not in (day, "record", "currency")]
        said = zip(*(found.frame[name].to_numpy(object)[missing] for name in others), strict=True)
        values = np.array([", ".join(filter(None, row)) for row in said], object)
        found.bad.append((missing, found.sources.get(day, day), "missing_date", values))


def _exits(found: SheetRows, column: TextColumn, rule: ColumnRule) -> None:
    meant = [rule.vocabulary.get(text, text) for text in column.texts]
    kinds = [("outcomes", word) if word in ("ipo", "acquisition", "closure") else kind_of(word) for word in meant]
    gone = [
        kind[1] if kind and kind[0] == "outcomes" and not stays(word) else ""
        for kind, word in zip(kinds, meant, strict=True)
    ]
    every = np.array(gone, object)[column.codes]
    at = np.flatnonzero(every != "")
    found.exits = pd.DataFrame({"record": at, "kind": every[at]})
    strange = [word for word, kind in zip(meant, kinds, strict=True) if word and not stays(word) and not kind]
    if strange:
        said = listed(sorted(strange))
        found.notes.append(f"{found.sheet.name}: {rule.column}: not known whether these firms are there: {said}")
