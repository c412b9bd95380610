"""The columns of one table's rows, as its contract has them, and the day they are looked at from."""

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.arithmetic import DOLLAR, ONE
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.contract import TABLES, Column, Kind
from littlegiants.ingest.tables.days import NO_DAY, Days, years_before
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows, Values


class Source:
    """One table's rows and the day they are looked at from."""

    def __init__(self, name: str, rows: Rows, day: int, firms: int) -> None:
        self.name = name
        self.rows = rows
        self.day = day
        self.today = np.array(float(day))  # the same as an operand
        self.firms = firms

    def mask(self, name: str, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Hide an event inside a row that lies after the as-of date."""
        if not spec(self.name, name).happens:
            return values
        return np.where(values.astype(np.int64) > self.day, NO_DAY, values)


@cache
def spec(table: str, column: str) -> Column:
    """Return a column's contract."""
    return TABLES[table].column(column)


@cache
def unit(table: str, column: str) -> Floats:
    """Return how many of the numbers stored make one of those shown: money is stored in cents."""
    return DOLLAR if spec(table, column).kind is Kind.MONEY else ONE


@cache
def grades_of(table: str, column: str, grades: tuple[tuple[str, float], ...]) -> Floats:
    """Return the grade of each choice, NaN for those without, and for one more place."""
    choices = spec(table, column).choices
    found = np.full(len(choices) + 1, np.nan)
    for choice, number in grades:
        found[choices.index(choice)] = number
    return found


@lru_cache(maxsize=4096)
def window_bounds(day: int, years: float, lag: float) -> tuple[Days, Days]:
    """Return the days ``(low, high]`` of a window that ends some years before a day, as operands."""
    return np.array(years_before(day, years + lag), np.int32), np.array(years_before(day, lag), np.int32)


def checked(name: str, values: Values) -> Floats:
    """Return the values of a numeric column.

    Raises
    ------
    TypeError
        If the column holds lists, dates or codes.
    """
    if isinstance(values, Ragged):
        raise TypeError(f"{name} is a list column; use lists({name!r})")
    if values.dtype != np.float64:
        raise TypeError(f"{name} holds no numbers; use days({name!r}), is_in({name!r}, ...) or column({name!r})")
    return values  # type: ignore[return-value]
