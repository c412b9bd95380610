"""The columns of one table's rows, as its contract declares them, seen from one day."""

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
    """One table's rows, and the day from which they are seen.

    Parameters
    ----------
    name, rows
        The table and its rows, all versions of them.
    day
        Day number of the as-of date.
    firms
        How many firms there are.
    """

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
    """Return how many stored units make one unit of a feature: money is stored in cents."""
    return DOLLAR if spec(table, column).kind is Kind.MONEY else ONE


@cache
def grades_of(table: str, column: str, grades: tuple[tuple[str, float], ...]) -> Floats:
    """Return the grade of each choice, by its code, NaN for a choice without one.

    Parameters
    ----------
    table, column
        A choice column.
    grades
        Pairs of a choice and its grade.

    Returns
    -------
    ndarray of float64, shape (choices + 1,)
        The last entry is NaN, and is what the code of a missing value, -1, finds.
    """
    choices = spec(table, column).choices
    found = np.full(len(choices) + 1, np.nan)
    for choice, number in grades:
        found[choices.index(choice)] = number
    return found


@lru_cache(maxsize=4096)
def window_bounds(day: int, years: float, lag: float) -> tuple[Days, Days]:
    """Return the days ``(low, high]`` of a window, as operands.

    Parameters
    ----------
    day
        Day number of the as-of date.
    years
        Length of the window, in years.
    lag
        Years from the end of the window to the as-of date.
    """
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
