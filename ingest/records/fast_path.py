"""From records of firms to typed rows, without a table in between: what a service does for every request.

Rows that hold nothing unusual are typed here, by the rules of `littlegiants.ingest.tables.loading` and
`littlegiants.ingest.tables.parsing`. A firm with anything else, right or wrong, goes through full validation in
`littlegiants.ingest.records.validation`. So one place decides what is a violation, and this module can only send too
many firms there.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, pairwise, repeat
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats, Mask
from littlegiants.ingest.records.schema import NUMBERS, observed
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES, Column, Kind, Table
from littlegiants.ingest.tables.days import NEVER, NO_DAY
from littlegiants.ingest.tables.encoding import no_rows
from littlegiants.ingest.tables.known_on import known_days, known_with_events
from littlegiants.ingest.tables.money import MAX_CENTS, Money, whole_cents
from littlegiants.ingest.tables.parsing import FIRST_DAY, LAST_DAY, TEXT_LIMIT
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows, Values
from littlegiants.ingest.tables.tables import Tables

Ints = npt.NDArray[np.int32]
KNOWN_ON = Column("known_on", Kind.DATE)
_MOST = float(np.finfo(np.float64).max)


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
        At least one, by `littlegiants.ingest.records.schema.FirmRecord`; two may have one id and are still two firms.
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


def _tables(records: Sequence[Any], money: Money) -> tuple[Tables, set[int]]:
    """Return the tables of all the records, and the places of the firms that do not belong there."""
    firms, every = len(records), np.arange(len(records), dtype=np.int32)
    sheet = _Sheet("firms", records, every, money)
    ids, odd = sheet.text("firm_id", required=True), sheet.odd
    first = np.full(firms, NEVER, np.int32)
    own = sheet.rows()
    events: dict[str, Rows | None] = dict.fromkeys(EVENT_TABLES)
    for name in observed(records[0]):
        lists = [getattr(record, name) for record in records]
        rows = list(chain.from_iterable(lists))
        if not rows:
            events[name] = no_rows(name)
            continue
        firm = np.repeat(every, [len(some) for some in lists])
        part = _Sheet(name, rows, firm, money)
        events[name] = made = part.rows()
        odd |= {int(firm[row]) for row in part.odd}
        np.minimum.at(first, made.firm, made.known)
    known = known_with_events(own.known, sheet.explicit, own.firm, first)
    own = Rows(own.firm, own.day, known, own.superseded, own.columns, own.vocabularies)
    return Tables(np.array(ids, object), own, events, money=money), odd


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """How the columns of a table are read: its numbers as one block with a line for each, all others one by one.

    Attributes
    ----------
    lowest, highest : ndarray, shape (len(numbers), 1)
        What a sound number lies between.
    counts, money
        Lines of the block that hold whole numbers, and amounts.
    """

    numbers: tuple[Column, ...]
    others: tuple[Column, ...]
    lowest: Floats
    highest: Floats
    counts: list[int]
    money: list[int]

    @classmethod
    @cache
    def of(cls, table: str) -> "_Plan":
        """Return the plan of a table."""
        columns = TABLES[table].columns
        numbers = tuple(column for column in columns if column.kind in NUMBERS)
        return cls(
            numbers,
            (*(column for column in columns if column.kind not in NUMBERS), KNOWN_ON),
            np.array([[-_MOST if column.signed else 0.0] for column in numbers]),
            np.array([[1.0 if column.kind is Kind.SHARE else _MOST] for column in numbers]),
            [line for line, column in enumerate(numbers) if column.kind is Kind.COUNT],
            [line for line, column in enumerate(numbers) if column.kind is Kind.MONEY],
        )


class _Sheet:
    """The rows of one table, column by column; ``odd`` collects the rows that are unusual."""

    def __init__(self, table: str, rows: Sequence[Any], firm: Ints, money: Money) -> None:
        self._spec, self._plan = TABLES[table], _Plan.of(table)
        self._firm, self._money = firm, money
        # Row by row: a record and its texts are scattered over the memory, and are visited once.
        names, get = _getter(table)
        self._values = dict(zip(names, zip(*map(get, rows), strict=True), strict=True))
        self.odd: set[int] = set()
        self.explicit: Mask

    def rows(self) -> Rows:
        """Return the rows as the loader would sort, date and encode them."""
        spec = self._spec
        raw: dict[str, Any] = {column.name: self._column(column) for column in self._plan.others}
        known, self.explicit = known_days(spec, raw)
        for column, values in zip(self._plan.numbers, self._numbers(raw), strict=True):
            raw[column.name] = values if column.dated else np.where(self.explicit, values, np.nan)
        order, superseded = self._versions(raw, known)
        rows = Rows(self._firm, raw[spec.event], known, superseded, *_stored(spec, raw))
        return rows if order is None else rows.take(order)

    def text(self, name: str, required: bool = False) -> Sequence[str]:
        """Return a column of texts, empty where missing; one that may not be used is odd."""
        values = self._values[name]
        try:
            return self._plain(values, "".join(values), required)
        except TypeError:  # some are missing
            texts = [value if value.__class__ is str else "" for value in values]
            return self._plain(texts, "".join(texts), required)

    def _column(self, column: Column) -> Any:
        match column.kind:
            case Kind.DATE:
                return self._days(column)
            case Kind.CHOICE:
                return self._codes(column)
            case Kind.LIST:
                texts = [";".join(some) if some.__class__ is list else "" for some in self._values[column.name]]
                return self._plain(texts, "".join(texts), False)
        return self.text(column.name, column.required)

    def _plain(self, texts: Sequence[str], joined: str, required: bool) -> Sequence[str]:
        if " " in joined:
            # Blanks around a text are common; any other white space is not printable, and so odd.
            texts = [text.strip(" ") for text in texts]
        long = len(joined) > TEXT_LIMIT and max(map(len, texts)) > TEXT_LIMIT
        if long or not joined.isprintable() or (required and "" in texts):
            self.odd.update(
                row
                for row, text in enumerate(texts)
                if not text.isprintable() or len(text) > TEXT_LIMIT or (required and not text)
            )
        return texts

    def _codes(self, column: Column) -> Ints:
        values, places = self._values[column.name], _places(self._spec.name, column.name)
        try:
            return np.fromiter(map(places.__getitem__, values), np.int32, len(values))
        except KeyError:
            codes = np.array([places.get(value, -2) for value in values], np.int32)
            self._note(codes == -2)
            return codes

    def _days(self, column: Column) -> Ints:
        values = self._values[column.name]
        try:
            days = np.fromiter(map(_DAYS.__getitem__, values), np.int32, len(values))
        except KeyError:  # a day that was never asked for, or none at all
            found = [_DAYS.get(value) for value in values]
            stated = (_day(value) if day is None else day for value, day in zip(values, found, strict=True))
            days = np.fromiter(stated, np.int32, len(values))
            self._note(days == _NO_DATE)
        if column.required:
            self._note(days == NO_DAY)
        return days

    def _numbers(self, raw: Mapping[str, Any]) -> Floats:
        """Return the block of numbers, amounts in cents."""
        plan = self._plan
        block = np.empty((len(plan.numbers), len(self._firm)))
        if not plan.numbers:
            return block
        for line, column in zip(block, plan.numbers, strict=True):
            _fill(line, self._values[column.name])
            if column.choices:
                self._note(~np.isin(line, _grades(self._spec.name, column.name)))
        odd = (block < plan.lowest) | (block > plan.highest)
        if plan.counts:
            counts = block[plan.counts]
            odd[plan.counts] |= (np.rint(counts) != counts) & (counts == counts)
        block += 0.0  # one zero, not two
        if plan.money:
            amounts = block[plan.money]
            block[plan.money] = cents = whole_cents(amounts, self._factors(raw))
            # Either an amount is missing, or its cents are known and not too many.
            odd[plan.money] |= (np.abs(cents) <= MAX_CENTS) == np.isnan(amounts)
        if np.count_nonzero(odd):
            self._note(np.logical_or.reduce(odd))
        return block

    def _factors(self, raw: Mapping[str, Any]) -> Floats:
        """Return the US dollars for one unit of each row's currency on its day; NaN and odd for a currency of none."""
        days = raw[self._spec.event].tolist()
        factors = np.fromiter(map(_factor, repeat(self._money), raw["currency"], days), np.float64, len(days))
        unknown = np.isinf(factors)
        if np.count_nonzero(unknown):
            self._note(unknown)
            factors[unknown] = np.nan
        return factors

    def _versions(self, raw: Mapping[str, Any], known: Ints) -> tuple[npt.NDArray[np.intp] | None, Ints]:
        """Return the order of the rows, None if it is theirs already, and the day on which each is superseded."""
        spec, rows = self._spec, len(self._firm)
        never = np.empty(rows, np.int32)
        never.fill(NEVER)
        if not spec.key:
            return None, never
        place = self._firm * _APART + raw[spec.event]
        ascending = np.count_nonzero(place[1:] <= place[:-1]) == 0
        if ascending and spec.event in spec.key:
            return None, never
        columns = [raw[name].tolist() if isinstance(raw[name], np.ndarray) else raw[name] for name in spec.key]
        once = any(len(set(column)) == rows for column in columns)
        if ascending and once:
            return None, never
        order = np.argsort(place, kind="stable")
        tied = np.flatnonzero(place[order[1:]] == place[order[:-1]])
        if once and not len(tied):
            return order, never
        keys = list(zip(self._firm.tolist(), *columns, strict=True))
        days, explicit = known.tolist(), self.explicit.tolist()

        def stated(row: int) -> tuple[Any, ...]:
            return keys[row], days[row], explicit[row]

        if not once:
            times = Counter(keys)
            self._supersede(sorted((row for row, key in enumerate(keys) if times[key] > 1), key=stated), stated, never)
        same_day = sorted(np.union1d(order[tied], order[tied + 1]).tolist(), key=stated)
        rank = np.zeros(rows, np.int64)
        rank[same_day] = np.arange(len(same_day))
        return np.lexsort((rank, place)), never

    def _supersede(self, rows: list[int], stated: Callable[[int], tuple[Any, ...]], days: Ints) -> None:
        """Fill in the days on which rows are replaced by a later one of their key; one said twice on a day is odd."""
        for row, following in pairwise(rows):
            (key, day, _), (another, later, _) = stated(row), stated(following)
            if key == another:
                days[row] = later
                if day == later:
                    self.odd.update((row, following))

    def _note(self, odd: Mask) -> None:
        if np.count_nonzero(odd):
            self.odd.update(np.flatnonzero(odd).tolist())


_NO_DATE = NO_DAY + 1
_APART = np.array(2**33)  # more days than there are, between two firms
_ISO_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Every day that was ever asked for: 74,000 at most, since only sound ones are kept.
_DAYS: dict[Any, int] = {None: NO_DAY, msgspec.UNSET: NO_DAY}


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


def _fill(line: Floats, values: Sequence[Any]) -> None:
    """Write numbers into an array, NaN where missing."""
    try:
        line[:] = values  # None becomes NaN
    except TypeError:  # some were not sent
        line[:] = [value if value.__class__ is float else np.nan for value in values]


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
def _getter(table: str) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the names of a record's values, and what reads them all from it."""
    further = ("firm_id", "known_on") if table == "firms" else ("known_on",)
    names = (*(column.name for column in TABLES[table].columns), *further)
    return names, attrgetter(*names)


@cache
def _places(table: str, name: str) -> dict[Any, int]:
    column = TABLES[table].column(name)
    places: dict[Any, int] = {choice: code for code, choice in enumerate(column.choices)}
    return places if column.required else {**places, None: -1, msgspec.UNSET: -1, "": -1}


@cache
def _grades(table: str, name: str) -> Floats:
    return np.append(np.array(TABLES[table].column(name).choices, np.float64), np.nan)


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


def _encoded(texts: Sequence[str]) -> tuple[Ints, npt.NDArray[np.object_]]:
    words = sorted(set(texts) - {""})
    places = {word: code for code, word in enumerate(words)} | {"": -1}
    return np.fromiter(map(places.__getitem__, texts), np.int32, len(texts)), np.array(words, object)
