"""The rows of one table seen on one day, and what builders ask of them: counts, sums, first and last of each firm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from littlegiants.features.contract import TABLES, Column, Kind
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
        self._firms: dict[int, npt.NDArray[np.intp]] = {}
        self.observed = observed
        # The platform's own integers: anything else is converted again in every sum and every pick.
        self.firm: npt.NDArray[np.intp] = source.rows.firm[rows].astype(np.intp)
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
        values = self._numeric(name)
        money = spec(self._source.name, name).kind is Kind.MONEY
        return self._cached(("number", name), lambda: values / 100) if money else values

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
        return ~np.isnan(self.graded(name, dict.fromkeys(choices, 1.0)))

    def graded(self, name: str, grades: Mapping[str, float]) -> Floats:
        """Return the number given for each seen row's choice in a choice column, NaN for any other choice."""
        allowed = spec(self._source.name, name).choices
        # One place more than there are choices: a missing value, -1, finds it and has no grade.
        grade = np.full(len(allowed) + 1, np.nan)
        for choice, number in grades.items():
            grade[allowed.index(choice)] = number
        return grade[self.column(name).astype(np.intp, copy=False)]

    def where(self, mask: Mask) -> "Events":
        """Return only the rows under the mask."""
        return Events(self._source, self._rows[mask], self.observed)

    def within(self, years: float, lag: float = 0) -> "Events":
        """Return the rows that happened in ``(as_of - lag - years, as_of - lag]``, whole calendar months back."""
        key = ("within", years, lag)
        if key not in self._cache:
            low, high = _back(self._source.day, years + lag), _back(self._source.day, lag)
            self._cache[key] = self.where((self.day > low) & (self.day <= high))
        found = self._cache[key]
        assert isinstance(found, Events)  # noqa: S101 - narrows the type of the shared cache
        return found

    def count(self) -> Floats:
        """Return the number of rows of each firm; 0 for none."""
        return self._cached("count", lambda: self._sum(None))

    def known(self, name: str) -> Floats:
        """Return the number of rows of each firm whose column has a value."""
        return self._cached(("known", name), lambda: self._sum(~np.isnan(self._numeric(name))))

    def total(self, name: str) -> Floats:
        """Return the sum of a numeric column: 0 for a firm without rows, NaN when it has rows but no known value."""

        def total() -> Floats:
            # Whole cents sum exactly in float64 up to 9 * 10^13 dollars, so the order of rows cannot matter.
            sums = self.per_firm(self._numeric(name))
            sums = sums / 100 if spec(self._source.name, name).kind is Kind.MONEY else sums
            return np.where((self.known(name) == 0) & (self.count() > 0), np.nan, sums)

        return self._cached(("total", name), total)

    def mean(self, name: str) -> Floats:
        """Return the mean of a numeric column's known values; NaN for none."""
        return ratio(self.total(name), self.known(name))

    def largest(self, name: str) -> Floats:
        """Return the largest known value of a numeric column; NaN for none."""
        return self._cached(("largest", name), lambda: self.greatest(self.number(name)))

    def first(self, values: Floats | Days) -> Floats:
        """Return the value of each firm's first row (``values`` has one entry a row); NaN for none."""
        return self._placed(1, lambda firms: values[self.starts[firms]])

    def last(self, values: Floats | Days, back: int = 0) -> Floats:
        """Return the value of each firm's last row, or of the row ``back`` before it; NaN where there is none."""
        return self._placed(1 + back, lambda firms: values[self.starts[firms + 1] - (1 + back)])

    @cached_property
    def first_day(self) -> Floats:
        """Day number of each firm's first row; NaN for none."""
        return self.first(self.day)

    @cached_property
    def last_day(self) -> Floats:
        """Day number of each firm's last row; NaN for none."""
        return self.last(self.day)

    def months_since(self, days: Floats) -> Floats:
        """Return the months of 30.4375 days from given day numbers to the as-of date."""
        return (self._source.day - days) / DAYS_PER_MONTH

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """Row bounds of the firms: firm ``i`` has the rows ``starts[i]`` to ``starts[i + 1] - 1``."""
        starts = np.zeros(self._source.firms + 1, np.int64)
        np.cumsum(self._sizes, out=starts[1:])
        return starts

    @cached_property
    def gaps(self) -> Floats:
        """Months from each row to the one before it of the same firm; NaN for a firm's first row."""
        gaps = np.full(len(self), np.nan)
        same = self.firm[1:] == self.firm[:-1]
        gaps[1:][same] = (self.day[1:] - self.day[:-1])[same] / DAYS_PER_MONTH
        return gaps

    def per_firm(self, values: Floats) -> Floats:
        """Return the sum of given values (one a row, NaN counts as 0) over each firm's rows; 0 for no rows."""
        return self._sum(np.where(np.isnan(values), 0.0, values))

    @cached_property
    def _sizes(self) -> npt.NDArray[np.intp]:
        return np.bincount(self.firm, minlength=self._source.firms)

    def _placed(self, least: int, find: Callable[[npt.NDArray[np.intp]], Floats | Days]) -> Floats:
        """Return what is found for the firms with at least that many rows, NaN for the others."""
        if least not in self._firms:
            self._firms[least] = (self._sizes >= least).nonzero()[0]
        out, firms = self._missing(), self._firms[least]
        if len(firms):
            out[firms] = find(firms)
        return out

    def _missing(self) -> Floats:
        out = np.empty(self._source.firms)
        out.fill(np.nan)
        return out

    def greatest(self, values: Floats) -> Floats:
        """Return the greatest of given values (one a row, NaN counts as none) of each firm; NaN for none."""
        return self._placed(1, lambda firms: np.fmax.reduceat(values, self.starts[firms]))

    def _sum(self, weights: Floats | Mask | None) -> Floats:
        if not self.observed:
            return self._missing()
        if weights is None:
            return self._sizes.astype(np.float64)
        return np.bincount(self.firm, weights, minlength=self._source.firms).astype(np.float64, copy=False)

    def _numeric(self, name: str) -> Floats:
        return self._cached(("numeric", name), lambda: _checked(name, self.column(name)))

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

    def mask(self, name: str, values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """Hide an event inside a row that lies after the as-of date."""
        if not spec(self.name, name).happens:
            return values
        return np.where(values.astype(np.int64) > self.day, NO_DAY, values)


@cache
def spec(table: str, column: str) -> Column:
    """Return a column's contract."""
    return TABLES[table].column(column)


def _checked(name: str, values: npt.NDArray[np.generic]) -> Floats:
    if values.dtype != np.float64:
        raise TypeError(f"{name} holds no numbers; use days({name!r}), is_in({name!r}, ...) or column({name!r})")
    return values.astype(np.float64, copy=False)


@lru_cache(maxsize=1024)
def _back(day: int, years: float) -> int:
    """Return the day that many years, in whole calendar months, before another."""
    return int(add_months(np.array([day]), -round(12 * years))[0])


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return ``part / whole``; NaN where either is missing or the whole is not above zero."""
    out = np.empty(len(part))
    out.fill(np.nan)
    np.divide(part, whole, out=out, where=whole > 0)  # NaN is not above 0
    return out
