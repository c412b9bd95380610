"""The label timespan: the length of the window after an as-of date, in whole calendar months or in days."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from littlegiants.ingest.tables.days import add_months, day_number

# What a timespan is written as, short enough for every date that a scorer answers for.
WRITTEN = r"^[1-9][0-9]{0,3} (months|days)$"


@dataclass(frozen=True, slots=True)
class LabelTimespan:
    """The length of the window after the as-of date: whole calendar months, or days."""

    months: int = 24
    days: int | None = None

    @classmethod
    def parse(cls, written: str) -> "LabelTimespan":
        """Return the timespan that was written so, as a manifest holds it (`WRITTEN`).

        Examples
        --------
        >>> LabelTimespan.parse("793 days").latest_before(date(2015, 12, 3))
        datetime.date(2013, 10, 1)
        """
        number, unit = written.split(" ")
        return cls(months=int(number)) if unit == "months" else cls(days=int(number))

    def end(self, as_of: date) -> date:
        """Return the last day of the window that opens after ``as_of``."""
        if self.days is not None:
            return as_of + timedelta(days=self.days)
        return _moved(as_of, self.months)

    def latest_before(self, end: date) -> date:
        """Return the latest as-of date whose window has ended by ``end``."""
        if self.days is not None:
            return end - timedelta(days=self.days)
        return months_before(end, self.months)

    def __str__(self) -> str:
        return f"{self.months} months" if self.days is None else f"{self.days} days"


@lru_cache(maxsize=1024)
def months_before(day: date, months: int) -> date:
    """Return the date that many calendar months earlier; the last of a month stays the last of a month."""
    if (day + timedelta(days=1)).day == 1:
        # All last days of a longer month are one month before the last day of a shorter one.
        return _moved(day + timedelta(days=1), -months) - timedelta(days=1)
    return _moved(day, -months)


def _moved(day: date, months: int) -> date:
    return date(1970, 1, 1) + timedelta(days=int(add_months(np.array([day_number(day)]), months)[0]))
