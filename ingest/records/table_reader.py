"""Reads the records of one table into typed rows, and notes those that hold anything unusual."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, repeat
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats, Mask
from littlegiants.ingest.records.values import (
    DAYS,
    NO_CHOICE,
    NO_DATE,
    Ints,
    choice_codes,
    day_of,
    factor,
    fill,
    grades,
    stored,
)
from littlegiants.ingest.tables.contract import FIRM_ID, FIRMS, KNOWN_ON, NUMBERS, TABLES, Column, Kind
from littlegiants.ingest.tables.days import NEVER, NO_DAY
from littlegiants.ingest.tables.known_on import known_days
from littlegiants.ingest.tables.money import MAX_CENTS, Money, whole_cents
from littlegiants.ingest.tables.parsing import MANGLED, TEXT_LIMIT
from littlegiants.ingest.tables.rows import Rows

_MOST = float(np.finfo(np.float64).max)
_MANGLED = re.compile(MANGLED)
_APART = np.array(2**33)  # more days than there are, between two firms


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """How the columns of a table are read: its numbers as one block with a line for each, all others one by one.

    Attributes
    ----------
    lowest, highest : ndarray, shape (len(numbers), 1)
        What a usual number lies between.
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


class TableReader:
    """Reads the records of one table column by column.

    Parameters
    ----------
    table, rows
        The table and its records.
    firm : ndarray of int32, shape (len(rows),)
        Each record's firm.
    money
        What amounts are converted with.

    Attributes
    ----------
    unusual
        Indices of the rows that need full validation, as far as columns were read.
    explicit : ndarray of bool, shape (len(rows),)
        Which rows state the day from which they are known, after `rows`.
    """

    def __init__(self, table: str, rows: Sequence[Any], firm: Ints, money: Money) -> None:
        self._spec, self._plan = TABLES[table], _Plan.of(table)
        self._firm, self._money = firm, money
        # Row by row: a record and its texts are scattered over the memory, and are visited once.
        names, get = _getter(table)
        self._values = dict(zip(names, zip(*map(get, rows), strict=True), strict=True))
        self.unusual: set[int] = set()
        self.explicit: Mask

    def rows(self) -> Rows:
        """Return the rows as the loader would sort, date and encode them."""
        spec = self._spec
        raw: dict[str, Any] = {column.name: self._column(column) for column in self._plan.others}
        known, self.explicit = known_days(spec, raw)
        for column, values in zip(self._plan.numbers, self._numbers(raw), strict=True):
            raw[column.name] = values if column.dated else np.where(self.explicit, values, np.nan)
        order, superseded = self._versions(raw, known)
        rows = Rows(self._firm, raw[spec.event], known, superseded, *stored(spec, raw))
        return rows if order is None else rows.take(order)

    def text(self, name: str, required: bool = False, is_id: bool = False) -> Sequence[str]:
        """Return a column of texts, empty where missing; one that may not be used is unusual.

        Parameters
        ----------
        name, required
            The column, and whether a row without it is unusual.
        is_id
            Whether it identifies, so that what a spreadsheet made a number of is unusual.
        """
        values = self._values[name]
        try:
            return self._plain(values, "".join(values), required, is_id)
        except TypeError:  # some are missing
            texts = [value if value.__class__ is str else "" for value in values]
            return self._plain(texts, "".join(texts), required, is_id)

    def _column(self, column: Column) -> Any:
        match column.kind:
            case Kind.DATE:
                return self._days(column)
            case Kind.CHOICE:
                return self._codes(column)
            case Kind.LIST:
                texts = [";".join(some) if some.__class__ is list else "" for some in self._values[column.name]]
                return self._plain(texts, "".join(texts), False)
        return self.text(column.name, column.required, column.kind is Kind.ID)

    def _plain(self, texts: Sequence[str], joined: str, required: bool, is_id: bool = False) -> Sequence[str]:
        if " " in joined:
            # Blanks around a text are common; any other white space is not printable, and so unusual.
            texts = [text.strip(" ") for text in texts]
        long = len(joined) > TEXT_LIMIT and max(map(len, texts)) > TEXT_LIMIT
        if long or not joined.isprintable() or (required and "" in texts):
            self.unusual.update(
                row
                for row, text in enumerate(texts)
                if not text.isprintable() or len(text) > TEXT_LIMIT or (required and not text)
            )
        if is_id and ("+" in joined or ".0" in joined):
            self.unusual.update(row for row, text in enumerate(texts) if _MANGLED.fullmatch(text))
        return texts

    def _codes(self, column: Column) -> Ints:
        values, codes = self._values[column.name], choice_codes(self._spec.name, column.name)
        try:
            return np.fromiter(map(codes.__getitem__, values), np.int32, len(values))
        except KeyError:
            found = np.array([codes.get(value, NO_CHOICE) for value in values], np.int32)
            self._note(found == NO_CHOICE)
            return found

    def _days(self, column: Column) -> Ints:
        values = self._values[column.name]
        try:
            days = np.fromiter(map(DAYS.__getitem__, values), np.int32, len(values))
        except KeyError:  # a day that was not seen before, or none at all
            found = [DAYS.get(value) for value in values]
            stated = (day_of(value) if day is None else day for value, day in zip(values, found, strict=True))
            days = np.fromiter(stated, np.int32, len(values))
            self._note(days == NO_DATE)
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
            fill(line, self._values[column.name])
            if column.choices:
                allowed = np.isin(line, grades(self._spec.name, column.name))
                self._note(~(allowed if column.required else allowed | np.isnan(line)))
        unusual = (block < plan.lowest) | (block > plan.highest)
        if plan.counts:
            counts = block[plan.counts]
            unusual[plan.counts] |= (np.rint(counts) != counts) & (counts == counts)
        block += 0.0  # one zero, not two
        if plan.money:
            amounts = block[plan.money]
            block[plan.money] = cents = whole_cents(amounts, self._factors(raw))
            # Either an amount is missing, or its cents are known and not too many.
            unusual[plan.money] |= (np.abs(cents) <= MAX_CENTS) == np.isnan(amounts)
        if np.count_nonzero(unusual):
            self._note(np.logical_or.reduce(unusual))
        return block

    def _factors(self, raw: Mapping[str, Any]) -> Floats:
        """Return the US dollars for one unit of each row's currency on its day; NaN, and unusual, for no currency."""
        days = raw[self._spec.event].tolist()
        factors = np.fromiter(map(factor, repeat(self._money), raw["currency"], days), np.float64, len(days))
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
        position = self._firm * _APART + raw[spec.event]
        ascending = np.count_nonzero(position[1:] <= position[:-1]) == 0
        if ascending and spec.event in spec.key:
            return None, never
        columns = [raw[name].tolist() if isinstance(raw[name], np.ndarray) else raw[name] for name in spec.key]
        unique = any(len(set(column)) == rows for column in columns)
        if ascending and unique:
            return None, never
        order = np.argsort(position, kind="stable")
        tied = np.flatnonzero(position[order[1:]] == position[order[:-1]])
        if unique and not len(tied):
            return order, never
        keys = list(zip(self._firm.tolist(), *columns, strict=True))
        days, explicit = known.tolist(), self.explicit.tolist()

        def stated(row: int) -> tuple[Any, ...]:
            return keys[row], days[row], explicit[row]

        if not unique:
            times = Counter(keys)
            self._supersede(sorted((row for row, key in enumerate(keys) if times[key] > 1), key=stated), stated, never)
        same_day = sorted(np.union1d(order[tied], order[tied + 1]).tolist(), key=stated)
        rank = np.zeros(rows, np.int64)
        rank[same_day] = np.arange(len(same_day))
        return np.lexsort((rank, position)), never

    def _supersede(self, rows: list[int], stated: Callable[[int], tuple[Any, ...]], days: Ints) -> None:
        """Fill in the days from which a later row of its key replaces a row; two rows of one day are unusual."""
        for row, following in pairwise(rows):
            (key, day, _), (another, later, _) = stated(row), stated(following)
            if key == another:
                days[row] = later
                if day == later:
                    self.unusual.update((row, following))

    def _note(self, unusual: Mask) -> None:
        if np.count_nonzero(unusual):
            self.unusual.update(np.flatnonzero(unusual).tolist())


@cache
def _getter(table: str) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the names of a record's values, and a function that reads them all from it."""
    spec = TABLES[table]
    further = (FIRM_ID.name, KNOWN_ON.name) if spec is FIRMS else (KNOWN_ON.name,)
    names = (*(column.name for column in spec.columns), *further)
    return names, attrgetter(*names)
