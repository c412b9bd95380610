"""A rule made whole for one sheet: its columns found, and the forms of its dates and numbers resolved, or in doubt."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import cast

import msgspec

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import excerpt, listed
from littlegiants.ingest.mapping.amounts import find_number_forms, split_cell
from littlegiants.ingest.mapping.cells import ABSENT, routes
from littlegiants.ingest.mapping.column_meanings import BATCH, SUM, meaning_of, resembled, target_of
from littlegiants.ingest.mapping.date_forms import DateForms, find_date_forms
from littlegiants.ingest.mapping.mapping import KIND, ColumnRule, EventRule, SheetRule, column_of
from littlegiants.ingest.mapping.sheets import Sheet
from littlegiants.ingest.mapping.units import of_header
from littlegiants.ingest.sources.common.dates import iso_dates
from littlegiants.ingest.tables.contract import FIRMS, NUMBERS, TABLES, Kind

_SHOWN = 5
_NO_GROUNDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Line:
    """A column that is read: from where, to where, in what form, and how sure that is."""

    column: str
    target: str
    form: str
    example: str
    confidence: str
    doubt: str = ""


@dataclass(slots=True)
class Resolved:
    """A rule whose columns the sheet has, and what there is to say of each column.

    Attributes
    ----------
    rule
        With the names of columns as the sheet has them, and all forms.
    lines
        The columns that are read.
    unread
        By column that is not read, why.
    """

    rule: SheetRule
    lines: list[Line] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)


def resolve(
    sheet: Sheet, rule: SheetRule, confidence: str, *, optional: bool, grounds: Mapping[str, str] = _NO_GROUNDS
) -> Resolved:
    """Return a rule made whole for a sheet.

    Parameters
    ----------
    sheet, rule
        The sheet and its rule.
    confidence
        How sure the rule is, for each line.
    optional
        Whether columns that the sheet lacks are left out of the rule, as those of a known layout are.
    grounds
        How sure it is of some columns in particular, and of constants: ``always rounds.kind``.

    Raises
    ------
    TableError
        If the sheet lacks a column of the rule, or an event's day is given by words of which some have no day.
    """
    found = Resolved(rule)
    firm = {
        name: _resolved(found, sheet, rule, located, FIRMS.name, name, confidence)
        for name, one in rule.firm_rules().items()
        if (located := _located(sheet, one, optional)) is not None
    }
    events = tuple(
        event for one in rule.event if (event := _event(found, sheet, rule, one, confidence, optional)) is not None
    )
    status = _located(sheet, rule.status, optional) if rule.status else None
    if status is not None:
        found.lines.append(Line(status.column, "undated exits", "words", _example(sheet, status.column), confidence))
    changes = {"file": sheet.name, "headers": (), "firm": firm, "event": events, "status": status}
    filters = {name: _filter(sheet, getattr(rule, name), optional) for name in ("only", "omit")}
    found.lines = [
        replace(line, confidence=grounds.get(line.column or f"always {line.target}", line.confidence))
        for line in found.lines
    ]
    found.rule = msgspec.structs.replace(rule, **changes, **filters)
    _unread(found, sheet)
    return found


def _located(sheet: Sheet, one: ColumnRule, optional: bool) -> ColumnRule | None:
    if not one.column:
        return one
    names = [_find(sheet, wanted, optional) for wanted in (one.column, one.otherwise) if wanted]
    had = [name for name in names if name is not None]
    return msgspec.structs.replace(one, column=had[0], otherwise=" ".join(had[1:])) if had else None


def _find(sheet: Sheet, wanted: str, optional: bool) -> str | None:
    name = sheet.find(wanted)
    if name is None and not optional:
        raise TableError(
            f"{sheet.name}: column {wanted!r} of the mapping is not there; it has {listed(sheet.header.names)}"
        )
    return name


def _event(
    found: Resolved, sheet: Sheet, rule: SheetRule, event: EventRule, confidence: str, optional: bool
) -> EventRule | None:
    located = {
        name: one for name, each in event.rules().items() if (one := _located(sheet, each, optional)) is not None
    }
    day = TABLES[event.table].event
    if day not in located or not _has_table(sheet, rule, event, located):
        return None
    event = msgspec.structs.replace(event, columns={**located})
    columns = {
        name: _resolved(found, sheet, rule, one, event.table, name, confidence, event) for name, one in located.items()
    }
    return msgspec.structs.replace(event, columns=columns, totals=_filter(sheet, event.totals, optional))


def _filter(sheet: Sheet, patterns: dict[str, tuple[str, ...]], optional: bool) -> dict[str, tuple[str, ...]]:
    return {name: values for wanted, values in patterns.items() if (name := _find(sheet, wanted, optional))}


def _has_table(sheet: Sheet, rule: SheetRule, event: EventRule, located: dict[str, ColumnRule]) -> bool:
    """Return whether any word for a kind is of the event's table; rounds are of every word that is not known too."""
    kind = located.get(KIND)
    if kind is None or not kind.column or event.table == "rounds" or event.each:
        return True
    return any(
        route is not None and route[0] == event.table for route in routes(sheet.column(kind.column, rule.missing), kind)
    )


def _resolved(
    found: Resolved,
    sheet: Sheet,
    rule: SheetRule,
    one: ColumnRule,
    table: str,
    name: str,
    confidence: str,
    event: EventRule | None = None,
) -> ColumnRule:
    """Return a column's rule with its forms, and add its line."""
    target = f"{table}.{name}"
    if not one.column:
        found.lines.append(Line("", target, f"always {one.value}", "", confidence))
        return one
    spec = column_of(table, name)
    texts = sheet.column(one.column, rule.missing, one.otherwise).texts
    each = event.each if event else ""
    texts = [part.strip() for text in texts for part in text.split(each)] if each else texts
    doubt = ""
    if one.vocabulary and spec.kind is Kind.DATE:
        _check_vocabulary(sheet, one, texts, target)
    elif spec.kind is Kind.DATE and not one.dates:
        key = ("forms of dates", one.column, one.otherwise, each, rule.missing)
        if key not in sheet.cells:
            sheet.cells[key] = find_date_forms(text for text in texts if text and text.casefold() not in ABSENT)
        dates = cast("DateForms", sheet.cells[key])
        one = msgspec.structs.replace(one, dates=dates.forms)
        doubt = _doubtful_dates(dates.doubtful) or _undated_batches(sheet, one, texts)
    elif spec.kind in NUMBERS and name != "tier":
        one, doubt = _resolved_number(sheet, one, spec.kind, texts)
        if spec.kind is Kind.MONEY and event is not None and "currency" not in event.columns:
            doubt = doubt or _without_currency(one, texts)
    elif spec.kind is Kind.LIST and not one.separator:
        one, doubt = _resolved_list(one, texts)
    line = Line(one.column, target, _form(one, spec.kind), _example(sheet, one.column), confidence, doubt)
    if line not in found.lines:
        found.lines.append(line)
    return one


def _check_vocabulary(sheet: Sheet, one: ColumnRule, texts: Iterable[str], target: str) -> None:
    lacking = sorted({text for text in texts if text and text not in one.vocabulary and not _has_day(text)})
    if lacking:
        raise TableError(
            f"{sheet.name}: {target}: {listed(lacking)} of column {one.column!r} has no day; each needs its own, "
            f"{_days_for(lacking)}"
        )


def _has_day(text: str) -> bool:
    return iso_dates([text], ["%Y-%m-%d"])[0] == text and len(text) == len("2000-01-01")


def _undated_batches(sheet: Sheet, one: ColumnRule, texts: Iterable[str]) -> str:
    meaning = meaning_of(one.column, sheet.header.titles.get(one.column, one.column))
    batches = sorted(set(filter(None, texts)))
    if one.dates or meaning is None or meaning.column != BATCH or not batches:
        return ""
    return f"a batch has no day: declare one for each, {_days_for(batches)}"


def _days_for(words: Sequence[str]) -> str:
    more = ", …" if len(words) > _SHOWN else ""
    return "vocabulary = { " + ", ".join(f'"{word}" = "YYYY-MM-DD"' for word in words[:_SHOWN]) + more + " }"


def _doubtful_dates(forms: tuple[str, ...]) -> str:
    if not forms:
        return ""
    return f"day or month first? not read before one is declared: dates = [{', '.join(map(repr, forms))}]"


def _resolved_number(sheet: Sheet, one: ColumnRule, kind: Kind, texts: list[str]) -> tuple[ColumnRule, str]:
    present = [text for text in texts if text and text.casefold() not in ABSENT]
    forms = [one.numbers] if one.numbers else find_number_forms(present)
    doubts = []
    if len(forms) > 1:
        doubts.append(f"not read before its form is declared: numbers = {' or '.join(map(repr, forms))}")
    elif forms:
        one = msgspec.structs.replace(one, numbers=forms[0])
    if kind is not Kind.MONEY:
        return one, doubts[0] if doubts else ""
    header = sheet.header
    stated = [of_header(header.titles.get(one.column, one.column)), of_header(header.units.get(one.column, ""))]
    unit = one.unit or next((unit for unit, _ in stated if unit), "")
    currency = one.currency or next((code for _, code in stated if code), "")
    one = msgspec.structs.replace(one, unit=unit, currency=currency)
    signs = sorted({cell.sign for text in present if not text.isdecimal() and (cell := split_cell(text)) and cell.sign})
    if signs and not currency:
        doubts.append(f'{signs[0]} is of several currencies: declare currency = "USD", or which it is')
    return one, "; ".join(doubts)


def _without_currency(one: ColumnRule, texts: Iterable[str]) -> str:
    if one.currency:
        return ""
    cells = (split_cell(text) for text in texts if text and text.casefold() not in ABSENT)
    unstated = sum(cell is not None and not cell.currency for cell in cells)
    return 'no currency is stated: declare currency = "USD", or which it is' if unstated else ""


def _resolved_list(one: ColumnRule, texts: list[str]) -> tuple[ColumnRule, str]:
    present = [text for text in texts if text]
    if sum("|" in text for text in present) * 10 > len(present):
        return msgspec.structs.replace(one, separator="|"), ""
    commas = next((text for text in present if "," in text or "、" in text), "")
    if commas and not any(";" in text for text in present):
        mark = "," if "," in commas else "、"
        return (
            one,
            f"{excerpt(commas, 40)!r} is one sector; if {mark!r} separates several, declare separator = {mark!r}",
        )
    return one, ""


def _form(one: ColumnRule, kind: Kind) -> str:
    parts = list(one.dates) if not one.vocabulary else ["words"]
    if kind in NUMBERS and one.numbers not in ("", "plain"):
        parts.append(one.numbers)
    parts += [part for part in (one.unit, one.currency) if part]
    if one.separator:
        parts.append(f"split at {one.separator!r}" + (f", part {one.position}" if one.position else ""))
    return ", ".join(parts)


def _example(sheet: Sheet, column: str) -> str:
    return excerpt(next((text for text in sheet.column(column).texts if text), ""), 30)


_UNNAMED = re.compile(r"column [0-9]+")


def _unread(found: Resolved, sheet: Sheet) -> None:
    """Name each column that is not read, and why."""
    read = found.rule.named()
    for name in sheet.header.names:
        if name in read:
            continue
        if name not in sheet.table.column_names:
            found.unread[name] = "about people: never read"
        elif not any(sheet.column(name).texts):
            found.unread.update({} if _UNNAMED.fullmatch(name) else {name: "empty"})
        else:
            found.unread[name] = _why_unread(name, sheet.header.titles.get(name, name))


def _why_unread(*names: str) -> str:
    meaning = meaning_of(*names)
    if meaning is not None and meaning.group == SUM:
        return "a sum without a day: no event"
    if meaning is not None and meaning.column == BATCH:
        return "a batch of titles: declare their tier, and the day of each batch"
    if meaning is not None and (target := target_of(meaning)):
        return f"{target} by its name; not read here"
    resembling = next(filter(None, map(resembled, names)), "")
    return f"resembles {resembling}" if resembling else "no column of the tables"
