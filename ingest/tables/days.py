"""Days as numbers: whole days since 1970-01-01, int32, so that a window is two comparisons."""

from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int32]
NO_DAY = int(np.iinfo(np.int32).min)
NEVER = int(np.iinfo(np.int32).max)


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def add_months(days: npt.NDArray[np.integer], months: int) -> npt.NDArray[np.int64]:
    """Return the days that many calendar months later, clipped to the last day of a shorter month.

    Examples
    --------
    >>> later = add_months(np.array([day_number(date(2019, 8, 31))]), 18)
    >>> print(later.astype("datetime64[D]")[0])
    2021-02-28
    """
    start = days.astype(np.int64).astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    moved = month + months
    last = (moved + 1).astype("datetime64[D]") - 1
    later: npt.NDArray[np.int64] = np.minimum(moved + (start - month.astype("datetime64[D]")), last).astype(np.int64)
    return later


def span_of(days: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return all days of the span of some, and each one's place among them: what is asked of days is looked up once.

    Parameters
    ----------
    days
        Day numbers, `NO_DAY` among them.

    Returns
    -------
    every, indices : ndarray of int64
        ``every[indices]`` is ``days``. The days themselves where they are fewer than those of their span.

    Examples
    --------
    >>> every, indices = span_of(np.array([7, NO_DAY, 5, 7, 7], np.int32))
    >>> every[1:].tolist(), indices.tolist()
    ([5, 6, 7], [3, 0, 1, 3, 3])
    """
    stated = days != NO_DAY
    some = days if stated.all() else days[stated]
    first, last = (int(some.min()), int(some.max())) if len(some) else (0, -1)
    if last - first + 2 > len(days):
        return days.astype(np.int64), np.arange(len(days))
    indices = days.astype(np.int64) - (first - 1)
    every = np.concatenate(([NO_DAY], np.arange(first, last + 1)))
    return every, indices if some is days else np.where(stated, indices, 0)


@lru_cache(maxsize=1024)
def years_before(day: int, years: float) -> int:
    """Return the day that many years, in whole calendar months, before another."""
    return int(add_months(np.array([day]), -round(12 * years))[0])
