"""Single values of records as the rows of a table store them: days, numbers, choices, amounts and texts.

Values that hold nothing unusual are typed by the rules of `littlegiants.ingest.tables.parsing`. For any other value
there is a mark (`NO_DATE`, `NO_CHOICE`, an infinite factor), and full validation finds out what it is.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.contract import TABLES, Kind, Table
from littlegiants.ingest.tables.days import NO_DAY, day_number
from littlegiants.ingest.tables.iso_date import parse_day
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.parsing import FIRST_DAY, LAST_DAY
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Values

Ints = npt.NDArray[np.int32]
NO_DATE = NO_DAY + 1
NO_CHOICE = -2
_LENGTH = len("2023-12-31")
# Day numbers by the texts seen so far: 74,000 at most, because only valid dates are kept.
DAYS: dict[Any, int] = {None: NO_DAY, msgspec.UNSET: NO_DAY}


def day_of(text: str) -> int:
    """Return the day number of an ISO date, `NO_DATE` for any other text."""
    # With blanks around it a day has no end of spellings, and they would all be kept in `DAYS`.
    stated = parse_day(text) if len(text) == _LENGTH else None
    if stated is None:
        return NO_DATE
    day = day_number(stated)
    if not FIRST_DAY <= day <= LAST_DAY:
        return NO_DATE
    DAYS[text] = day
    return day


def fill(line: Floats, values: Sequence[Any]) -> None:
    """Write numbers into an array, NaN where missing."""
    try:
        line[:] = values  # None becomes NaN
    except TypeError:  # some were not sent
        line[:] = [value if value.__class__ is float else np.nan for value in values]


@lru_cache(maxsize=2**16)
def factor(money: Money, currency: str, day: int) -> float:
    """Return the US dollars for one unit on a day.

    Parameters
    ----------
    money
        What amounts are converted with.
    currency, day
        A currency code, and a day number.

    Returns
    -------
    float
        NaN where no rate is known, infinite for a code that is no currency.
    """
    if currency == "" or day in (NO_DAY, NO_DATE):
        return np.nan
    if currency not in money.currencies:
        return np.inf
    days = np.array([day], np.int64)
    return float((money.usd(np.array([currency], object), days) * money.deflator(days))[0])


@cache
def choice_codes(table: str, name: str) -> dict[Any, int]:
    """Return the code of each value that a choice column may have; -1 for a missing one, where it may be missing."""
    column = TABLES[table].column(name)
    codes: dict[Any, int] = {choice: code for code, choice in enumerate(column.choices)}
    return codes if column.required else {**codes, None: -1, msgspec.UNSET: -1, "": -1}


@cache
def grades(table: str, name: str) -> Floats:
    """Return the numbers that a column of grades may have, NaN for a missing one among them."""
    return np.append(np.array(TABLES[table].column(name).choices, np.float64), np.nan)


def stored(spec: Table, raw: Mapping[str, Any]) -> tuple[dict[str, Values], dict[str, npt.NDArray[np.object_]]]:
    """Return the columns that a table keeps, and the vocabularies of those with text."""
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
    vocabulary = sorted(set(texts) - {""})
    codes = {text: code for code, text in enumerate(vocabulary)} | {"": -1}
    return np.fromiter(map(codes.__getitem__, texts), np.int32, len(texts)), np.array(vocabulary, object)
