"""From records of firms to typed rows, without a table in between: what a service does for every request.

Rows that hold nothing unusual are typed here, by the rules of `littlegiants.features.loading` and
`littlegiants.features.parsing`. A firm with anything else, right or wrong, is left to the loader, which knows what is
wrong and says so; so there is one judge of what is a fault, and this module may only ever ask too often.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.contract import EVENT_TABLES, TABLES, Column, Kind, Table
from littlegiants.features.days import NEVER, NO_DAY
from littlegiants.features.knowledge import known_days, known_with_events
from littlegiants.features.loading import no_rows
from littlegiants.features.money import MAX_CENTS, Money, whole_cents
from littlegiants.features.parsing import FIRST_DAY, LAST_DAY, TEXT_LIMIT
from littlegiants.features.ragged import Ragged
from littlegiants.features.records import observed
from littlegiants.features.rows import Rows, Values
from littlegiants.features.tables import Tables

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
_KNOWN_ON = Column("known_on", Kind.DATE)


@dataclass(frozen=True, slots=True)
class Built:
    """The firms of some records as tables.

    Attributes
    ----------
    tables
        The sound firms; a firm's code is its place in ``sound``, whatever its id. Of no use where none is.
    sound, odd
        Places, in the records given, of the firms in ``tables`` and of those that the loader must look at.
    """

    tables: Tables
    sound: list[int]
    odd: list[int]


def build(records: Sequence[Any], money: Money) -> Built:
    """Build the tables of firms with the same observed tables.

    Parameters
    ----------
    records
        At least one, by `littlegiants.features.records.FirmRecord`; two may have one id and are still two firms.
    money
        What amounts are converted with.
    """
    tables, odd = _tables(records, money)
    if not odd:
        return Built(tables, list(range(len(records))), [])
    sound = [place for place in range(len(records)) if place not in odd]
    if sound:
        tables, _ = _tables([records[place] for place in sound], money)
    return Built(tables, sound, sorted(odd))


def loaded(record: Any, constant_prices: int | None, rates: pd.DataFrame | None = None) -> Tables:
    """Return one firm as the loader reads it: slower, and with everything that it sets apart in ``quarantine``.

    Raises
    ------
    TableError
        If a text is none that a file could hold.
    """
    frames = {"firms": _frame(TABLES["firms"], [record], ("firm_id",))}
    for name in observed(record):
        frames[name] = _frame(TABLES[name], getattr(record, name)).assign(firm_id=record.firm_id)
    return Tables.from_frames(frames if rates is None else {**frames, "rates": rates}, constant_prices)


def _frame(spec: Table, rows: Sequence[Any], further: tuple[str, ...] = ()) -> pd.DataFrame:
    columns = {name: [getattr(row, name) for row in rows] for name in further}
    for column in (*spec.columns, _KNOWN_ON):
        values = [getattr(row, column.name) for row in rows]
        if column.kind is Kind.LIST:
            columns[column.name] = [";".join(value) if value.__class__ is list else None for value in values]
        elif column.kind in _NUMBERS:
            columns[column.name] = _floats(values).tolist()
        else:
            columns[column.name] = [value if value.__class__ is str else None for value in values]
    texts = {name: object for name, values in columns.items() if not values or values[0].__class__ is not float}
    return pd.DataFrame(columns).astype(texts)


def _tables(records: Sequence[Any], money: Money) -> tuple[Tables, set[int]]:
    """Return the tables of all the records, and the places of the firms that do not belong there."""
    firms, every = len(records), np.arange(len(records), dtype=np.int32)
    sheet = _Sheet(TABLES["firms"], records, every, money)
    ids, odd = sheet.text("firm_id", required=True), sheet.odd
    first = np.full(firms, NEVER, np.int32)
    own = sheet.rows()
    events: dict[str, Rows | None] = dict.fromkeys(EVENT_TABLES)
    for name in observed(records[0]):
        lists = [getattr(record, name) for record in records]
        rows = [row for some in lists for row in some]
        if not rows:
            events[name] = no_rows(name)
            continue
        firm = np.repeat(every, [len(some) for some in lists])
        part = _Sheet(TABLES[name], rows, firm, money)
        events[name] = made = part.rows()
        odd |= {int(firm[row]) for row in part.odd}
        np.minimum.at(first, made.firm, made.known)
    known = known_with_events(own.known, sheet.explicit, own.firm, first)
    own = Rows(own.firm, own.day, known, own.superseded, own.columns, own.vocabularies)
    return Tables(np.array(ids, object), own, events, money=money), odd


class _Sheet:
    """The rows of one table, column by column; ``odd`` collects the rows that are unusual."""

    def __init__(self, spec: Table, rows: Sequence[Any], firm: Ints, money: Money) -> None:
        self._spec, self._rows, self._firm, self._money = spec, rows, firm, money
        self.odd: set[int] = set()
        self.explicit: Mask

    def rows(self) -> Rows:
        """Return the rows as the loader would sort, date and encode them."""
        spec = self._spec
        raw: dict[str, Any] = {column.name: self._column(column) for column in (*spec.columns, _KNOWN_ON)}
        for column in spec.columns:
            if column.kind is Kind.MONEY:
                raw[column.name] = self._cents(raw[column.name], raw["currency"], raw[spec.event])
        known, self.explicit = known_days(spec, raw)
        for column in spec.columns:
            if not column.dated:
                raw[column.name] = np.where(self.explicit, raw[column.name], np.nan)
        order, superseded = self._versions(raw, known)
        if order is None:
            return Rows(self._firm, raw[spec.event], known, superseded, *_stored(spec, raw))
        raw = {name: _in_order(values, order) for name, values in raw.items()}
        return Rows(self._firm[order], raw[spec.event], known[order], superseded[order], *_stored(spec, raw))

    def text(self, name: str, required: bool = False) -> list[str]:
        """Return a column of texts, empty where missing; one that may not be used is odd."""
        return self._plain([value if value.__class__ is str else "" for value in self._values(name)], required)

    def _values(self, name: str) -> Iterable[Any]:
        return map(attrgetter(name), self._rows)

    def _column(self, column: Column) -> Any:
        match column.kind:
            case Kind.DATE:
                return self._days(column)
            case Kind.CHOICE:
                return self._codes(column)
            case Kind.LIST:
                lists = self._values(column.name)
                return self._plain([";".join(some) if some.__class__ is list else "" for some in lists], False)
            case Kind.MONEY | Kind.NUMBER | Kind.COUNT | Kind.SHARE:
                return self._numbers(column)
        return self.text(column.name, column.required)

    def _plain(self, texts: list[str], required: bool) -> list[str]:
        # Blanks around a text are common; any other white space is not printable, and so odd.
        texts = [text.strip(" ") for text in texts]
        joined = "".join(texts)
        if not joined.isprintable() or len(joined) > TEXT_LIMIT or (required and "" in texts):
            self.odd.update(
                row
                for row, text in enumerate(texts)
                if not text.isprintable() or len(text) > TEXT_LIMIT or (required and not text)
            )
        return texts

    def _codes(self, column: Column) -> Ints:
        codes = [_places(column).get(value, -2) for value in self._values(column.name)]
        self._note(np.array(codes) == -2)
        return np.array(codes, np.int32)

    def _days(self, column: Column) -> Ints:
        days = [_DAYS.get(value) if value.__class__ is str else NO_DAY for value in self._values(column.name)]
        if None in days:
            for row, value in enumerate(self._values(column.name)):
                if days[row] is None:
                    days[row] = _day(value)
        if (column.required and NO_DAY in days) or _NO_DATE in days:
            self.odd.update(
                row for row, day in enumerate(days) if day == _NO_DATE or (column.required and day == NO_DAY)
            )
        return np.array(days, np.int32)

    def _numbers(self, column: Column) -> Floats:
        values = _floats(self._values(column.name))
        with np.errstate(invalid="ignore"):
            if column.kind is Kind.SHARE:
                self._note((values < 0) | (values > 1))
            elif not column.signed:
                self._note(values < 0)
            self._note(np.isinf(values))
            if column.kind is Kind.COUNT:
                self._note(np.rint(values) != values, but=np.isnan(values))
            if column.choices:
                self._note(~np.isin(values, _grades(column)))
        return values + 0.0

    def _cents(self, amounts: Floats, currency: list[str], days: Ints) -> Floats:
        factors = np.array(list(map(_factor, [self._money] * len(currency), currency, days.tolist())))
        if np.isinf(factors).any():
            self._note(np.isinf(factors))
        cents = whole_cents(amounts, factors)
        self._note(~(np.abs(cents) <= MAX_CENTS), but=np.isnan(amounts))
        return cents

    def _versions(self, raw: Mapping[str, Any], known: Ints) -> tuple[list[int] | None, Ints]:
        """Return the order of the rows, None if it is theirs already, and the day on which each is superseded."""
        spec, firm, day = self._spec, self._firm.tolist(), raw[self._spec.event]
        never = np.full(len(firm), NEVER, np.int32)
        if not spec.key:
            return None, never
        columns = [raw[name] if isinstance(raw[name], list) else raw[name].tolist() for name in spec.key]
        keys = list(zip(firm, *columns, strict=True))
        place = self._firm.astype(np.int64) * 2**33 + day
        ascending = bool((place[1:] > place[:-1]).all())
        if len(set(keys)) == len(keys) and ascending:
            return None, never
        stated = list(zip(keys, known.tolist(), self.explicit.tolist(), strict=True))
        self._supersede(stated, never)
        first = day.tolist()
        return sorted(range(len(keys)), key=lambda row: (firm[row], first[row], *stated[row])), never

    def _supersede(self, stated: list[tuple[Any, int, bool]], days: Ints) -> None:
        """Fill in the days on which rows are replaced by a later one of their key; one said twice on a day is odd."""
        order = sorted(range(len(stated)), key=stated.__getitem__)
        for row, following in pairwise(order):
            if stated[row][0] == stated[following][0]:
                days[row] = stated[following][1]
                if stated[row][1] == stated[following][1]:
                    self.odd.update((row, following))

    def _note(self, odd: Mask, but: Mask | None = None) -> None:
        if odd.any():
            self.odd.update(np.flatnonzero(odd if but is None else odd & ~but).tolist())


_NUMBERS = (Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SHARE)
_NO_DATE = NO_DAY + 1
_ISO_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Every day that was ever asked for: 74,000 at most, since only sound ones are kept.
_DAYS: dict[str, int] = {}


def _day(text: str) -> int:
    """Return the day number of an ISO date, `_NO_DATE` for any other text."""
    if _ISO_DATE.fullmatch(text) is None:
        return _NO_DATE
    try:
        day = int(np.datetime64(text, "D").astype(np.int64))
    except ValueError:
        return _NO_DATE
    if not FIRST_DAY <= day <= LAST_DAY:
        return _NO_DATE
    _DAYS[text] = day
    return day


def _floats(values: Iterable[Any]) -> Floats:
    return np.array([value if value.__class__ is float else np.nan for value in values], np.float64)


@lru_cache(maxsize=2**16)
def _factor(money: Money, currency: str, day: int) -> float:
    """Return the US dollars for one unit on a day; NaN where none are known, infinite for a currency that is none."""
    if currency == "" or day in (NO_DAY, _NO_DATE):
        return np.nan
    if currency not in money.currencies:
        return np.inf
    days = np.array([day], np.int64)
    return float((money.usd(np.array([currency], object), days) * money.deflator(days))[0])


@cache
def _places(column: Column) -> dict[Any, int]:
    places: dict[Any, int] = {choice: code for code, choice in enumerate(column.choices)}
    return places if column.required else {**places, None: -1, msgspec.UNSET: -1, "": -1}


@cache
def _grades(column: Column) -> Floats:
    return np.append(np.array(column.choices, np.float64), np.nan)


def _in_order(values: Any, order: list[int]) -> Any:
    return values[order] if isinstance(values, np.ndarray) else [values[row] for row in order]


def _stored(spec: Table, raw: Mapping[str, Any]) -> tuple[dict[str, Values], dict[str, npt.NDArray[np.object_]]]:
    """Return the columns that are kept, and the words behind the codes of text."""
    columns: dict[str, Values] = {}
    vocabularies: dict[str, npt.NDArray[np.object_]] = {}
    for column in spec.columns:
        values = raw[column.name]
        if column.kind is Kind.TEXT:
            values, vocabularies[column.name] = _encoded(values)
        if column.kind is Kind.LIST:
            values = Ragged.from_text(np.array(values, object))
        if column.kind not in (Kind.ID, Kind.CURRENCY):
            columns[column.name] = values
    return columns, vocabularies


def _encoded(texts: list[str]) -> tuple[Ints, npt.NDArray[np.object_]]:
    words = sorted(set(texts) - {""})
    places = {word: code for code, word in enumerate(words)} | {"": -1}
    return np.array([places[text] for text in texts], np.int32), np.array(words, object)
