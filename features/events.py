"""The rows of one table seen on one day, and what builders ask of them: counts, sums, first and last of each firm."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from littlegiants.features.contract import TABLES, Kind, Table
from littlegiants.features.days import NO_DAY, Days, add_months
from littlegiants.features.ragged import Ragged
from littlegiants.features.rows import Rows

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
DAYS_PER_MONTH = 365.25 / 12


class Events:
    """The rows of one table seen at a snapshot, sorted by firm and day, and sums of them for each firm.

    Per-firm results are float64 arrays of length ``firms``: NaN throughout when the table is absent (not observed),
    otherwise 0 or NaN for a firm without rows as each method says.
    """

    def __init__(self, source: "Source", rows: npt.NDArray[np.int64], observed: bool) -> None:
        self._source = source
        self._rows = rows
        self._cache: dict[object, Floats | Events] = {}
        self.observed = observed
        self.firm: npt.NDArray[np.int32] = source.rows.firm[rows]
        self.day: Days = source.rows.day[rows]

    def __len__(self) -> int:
        return len(self.firm)

    def column(self, name: str) -> npt.NDArray[np.generic]:
        """Return a column's values for the seen rows: float64 (NaN missing), or codes (-1 missing).

        Raises
        ------
        KeyError
            If the table's contract has no such column.
        """
        values = self._source.rows.columns[name]
        if isinstance(values, Ragged):
            raise TypeError(f"{name} is a list column; use lists({name!r})")
        return self._source.mask(name, values[self._rows])

    def number(self, name: str) -> Floats:
        """Return a numeric column's values for the seen rows, NaN where missing; money in US dollars.

        Raises
        ------
        TypeError
            If the column holds dates or codes, whose missing value is not NaN.
        """
        values = self.column(name)
        if values.dtype != np.float64:
            raise TypeError(f"{name} holds no numbers; use days({name!r}), is_in({name!r}, ...) or column({name!r})")
        numbers = values.astype(np.float64, copy=False)
        return numbers / 100 if self._source.kind(name) is Kind.MONEY else numbers

    def lists(self, name: str) -> Ragged:
        """Return a list column for the seen rows."""
        values = self._source.rows.columns[name]
        assert isinstance(values, Ragged)  # noqa: S101 - narrows the type; the contract fixes which columns are lists
        return values.take(self._rows)

    def days(self, name: str) -> Floats:
        """Return a date column as day numbers, NaN where missing or not yet happened."""
        values = self.column(name)
        return np.where(values == NO_DAY, np.nan, values.astype(np.float64))

    def is_in(self, name: str, *choices: str) -> Mask:
        """Return which seen rows have one of the given choices in a choice column."""
        allowed = self._source.spec.column(name).choices
        return np.isin(self.column(name), [allowed.index(choice) for choice in choices])

    def where(self, mask: Mask) -> "Events":
        """Return only the rows under the mask."""
        return Events(self._source, self._rows[mask], self.observed)

    def within(self, years: float, lag: float = 0) -> "Events":
        """Return the rows that happened in ``(as_of - lag - years, as_of - lag]``, whole calendar months back."""
        key = ("within", years, lag)
        if key not in self._cache:
            low, high = self._source.back(years + lag), self._source.back(lag)
            self._cache[key] = self.where((self.day > low) & (self.day <= high))
        found = self._cache[key]
        assert isinstance(found, Events)  # noqa: S101 - narrows the type of the shared cache
        return found

    def count(self) -> Floats:
        """Return the number of rows of each firm; 0 for none."""
        return self._cached("count", lambda: self._sum(None))

    def known(self, name: str) -> Floats:
        """Return the number of rows of each firm whose column has a value."""
        return self._cached(("known", name), lambda: self._sum((~np.isnan(self.number(name))).astype(np.float64)))

    def total(self, name: str) -> Floats:
        """Return the sum of a numeric column: 0 for a firm without rows, NaN when it has rows but no known value."""

        def total() -> Floats:
            # Whole cents sum exactly in float64 up to 9 * 10^13 dollars, so the order of rows cannot matter.
            sums = self._sum(np.nan_to_num(self.column(name).astype(np.float64), nan=0.0))
            sums = sums / 100 if self._source.kind(name) is Kind.MONEY else sums
            return np.where((self.known(name) == 0) & (self.count() > 0), np.nan, sums)

        return self._cached(("total", name), total)

    def mean(self, name: str) -> Floats:
        """Return the mean of a numeric column's known values; NaN for none."""
        return ratio(self.total(name), self.known(name))

    def largest(self, name: str) -> Floats:
        """Return the largest known value of a numeric column; NaN for none."""
        return self._cached(("largest", name), lambda: self.greatest(self.number(name)))

    def first(self, values: Floats) -> Floats:
        """Return the value of each firm's first row (``values`` has one entry a row); NaN for none."""
        return self._pick(values, self.starts[:-1])

    def last(self, values: Floats, back: int = 0) -> Floats:
        """Return the value of each firm's last row, or of the row ``back`` before it; NaN where there is none."""
        return self._pick(values, self.starts[1:] - 1 - back)

    def months_since(self, days: Floats) -> Floats:
        """Return the months of 30.4375 days from given day numbers to the as-of date."""
        return (self._source.day - days) / DAYS_PER_MONTH

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """Row bounds of the firms: firm ``i`` has the rows ``starts[i]`` to ``starts[i + 1] - 1``."""
        return np.searchsorted(self.firm, np.arange(self._source.firms + 1))

    @cached_property
    def gaps(self) -> Floats:
        """Months from each row to the one before it of the same firm; NaN for a firm's first row."""
        gaps = np.full(len(self), np.nan)
        same = self.firm[1:] == self.firm[:-1]
        gaps[1:][same] = np.diff(self.day)[same] / DAYS_PER_MONTH
        return gaps

    def per_firm(self, values: Floats) -> Floats:
        """Return the sum of given values (one a row, NaN counts as 0) over each firm's rows; 0 for no rows."""
        return self._sum(np.nan_to_num(values, nan=0.0))

    def _pick(self, values: Floats, place: npt.NDArray[np.int64]) -> Floats:
        inside = (place >= self.starts[:-1]) & (place < self.starts[1:])
        out = np.full(self._source.firms, np.nan)
        out[inside] = values[place[inside]]
        return out

    def greatest(self, values: Floats) -> Floats:
        """Return the greatest of given values (one a row, NaN counts as none) of each firm; NaN for none."""
        out = np.full(self._source.firms, -np.inf)
        stated = ~np.isnan(values)
        np.maximum.at(out, self.firm[stated], values[stated])
        return np.where(np.isneginf(out), np.nan, out)

    def _sum(self, weights: Floats | None) -> Floats:
        if not self.observed:
            return np.full(self._source.firms, np.nan)
        return np.bincount(self.firm, weights, minlength=self._source.firms).astype(np.float64)

    def _cached(self, key: object, compute: Callable[[], Floats]) -> Floats:
        if key not in self._cache:
            self._cache[key] = compute()
        found = self._cache[key]
        assert isinstance(found, np.ndarray)  # noqa: S101 - narrows the type of the shared cache
        return found


@dataclass(frozen=True, slots=True)
class Source:
    """One table's rows and the day they are looked at from."""

    name: str
    rows: Rows
    day: int
    firms: int

    @property
    def spec(self) -> Table:
        """The table's contract."""
        return TABLES[self.name]

    def kind(self, name: str) -> Kind:
        """Return how a column is read."""
        return self.spec.column(name).kind

    def back(self, years: float) -> int:
        """Return the day that many years, in whole calendar months, before the snapshot's."""
        return int(add_months(np.array([self.day]), -round(12 * years))[0])

    def mask(self, name: str, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Hide an event inside a row that lies after the as-of date."""
        if not self.spec.column(name).happens:
            return values
        return np.where(values.astype(np.int64) > self.day, NO_DAY, values)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return ``part / whole``; NaN where either is missing or the whole is not above zero."""
    out = np.full(len(part), np.nan)
    np.divide(part, whole, out=out, where=np.nan_to_num(whole) > 0)
    return out
