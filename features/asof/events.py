"""The rows of one table seen on one day, and what features need of them: counts, sums, first and last of each firm."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.arithmetic import MONTH, ZERO, ratio, zero_filled
from littlegiants.features.asof.columns import Source, checked, grades_of, unit, window_bounds
from littlegiants.ingest.arrays import Floats, Mask
from littlegiants.ingest.cached import Cached
from littlegiants.ingest.tables.days import NO_DAY, Days
from littlegiants.ingest.tables.ragged import Ragged

Indices = npt.NDArray[np.intp]


class MaskedRows:
    """Some of the rows of a table seen, as a mask: sums of them need no rows of their own."""

    def __init__(self, events: "Events", mask: Mask) -> None:
        self._events = events
        self._totals: dict[str, Floats] = {}
        self.mask = mask

    @Cached
    def _count(self) -> Floats:
        return self._events.tally(self.mask)

    def count(self) -> Floats:
        """Return the number of masked rows of each firm; 0 for none."""
        return self._count

    def tally(self, mask: Mask) -> Floats:
        """Return how many of the masked rows of each firm are also under another mask of all rows."""
        return self._events.tally(self.mask & mask)

    def total(self, name: str) -> Floats:
        """Return the sum of a numeric column over the masked rows, missing as `Events.total`."""
        if name not in self._totals:
            events = self._events
            silent = self.mask & ~events.stated(name)
            self._totals[name] = events.summed(name, events.filled(name) * self.mask, silent, self._count)
        return self._totals[name]


class Events:
    """The rows of one table seen at a snapshot, sorted by firm and day, and sums of them for each firm.

    Per-firm results are float64 arrays of length ``firms``: NaN throughout when the table is absent (not observed),
    otherwise 0 or NaN for a firm without rows, as each method says. Results are cached: callers must not change them.
    """

    def __init__(self, source: Source, rows: npt.NDArray[np.int64], observed: bool) -> None:
        self._source = source
        self._rows = rows
        self._kept: dict[tuple[str, str], Floats] = {}
        self._stated: dict[str, Mask] = {}
        self._latest: dict[tuple[str, int], Floats] = {}
        self._windows: dict[tuple[float, float], MaskedRows] = {}
        self._row_indices: dict[int, tuple[Indices, Indices]] = {}
        self.observed = observed

    def __len__(self) -> int:
        return len(self._rows)

    @Cached
    def firm(self) -> Indices:
        """Code of each row's firm."""
        # The platform's own integers: anything else is converted again in every sum and every pick.
        return self._source.rows.firm[self._rows].astype(np.intp)

    @Cached
    def day(self) -> Days:
        """Day number of each row."""
        return self._source.rows.day[self._rows]

    @Cached
    def day_number(self) -> Floats:
        """Day number of each row, as float64."""
        return self.day.astype(np.float64)

    def column(self, name: str) -> npt.NDArray[np.generic]:
        """Return a column's values for the seen rows: float64 (NaN missing), or codes (-1 missing).

        Raises
        ------
        KeyError
            If the table's contract has no such column.
        TypeError
            If it is a list column.
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
        found = self._kept.get(("number", name))
        if found is None:
            found = self._kept["number", name] = self._numeric(name) / unit(self._source.name, name)
        return found

    def lists(self, name: str) -> Ragged:
        """Return a list column for the seen rows."""
        values = self._source.rows.columns[name]
        assert isinstance(values, Ragged)  # noqa: S101 - narrows the type; the contract fixes which columns are lists
        return values.take(self._rows)

    def vocabulary(self, name: str) -> npt.NDArray[np.object_]:
        """Return the texts that the codes of a text column stand for."""
        return self._source.rows.vocabularies[name]

    def days(self, name: str) -> Floats:
        """Return a date column as day numbers, NaN where missing or not yet happened."""
        values = self.column(name)
        days = values.astype(np.float64)
        days[values == NO_DAY] = np.nan
        return days

    def is_in(self, name: str, *choices: str) -> Mask:
        """Return which seen rows have one of the given choices in a choice column."""
        return ~np.isnan(self.graded(name, dict.fromkeys(choices, 1.0)))

    def graded(self, name: str, grades: Mapping[str, float]) -> Floats:
        """Return the number given for each seen row's choice in a choice column, NaN for any other choice."""
        # A missing value, -1, finds the last entry, which has no grade.
        grade = grades_of(self._source.name, name, tuple(grades.items()))
        return grade[self.column(name).astype(np.intp, copy=False)]

    def where(self, mask: Mask) -> "Events":
        """Return only the rows under the mask."""
        return Events(self._source, self._rows[mask], self.observed)

    def masked(self, mask: Mask) -> MaskedRows:
        """Return the rows under the mask, for sums of them only: cheaper than `where`."""
        return MaskedRows(self, mask)

    def window(self, years: float, lag: float = 0) -> MaskedRows:
        """Return the rows that happened in ``(as_of - lag - years, as_of - lag]``, whole calendar months back."""
        found = self._windows.get((years, lag))
        if found is None:
            low, high = window_bounds(self._source.day, years, lag)
            found = self._windows[years, lag] = MaskedRows(self, (self.day > low) & (self.day <= high))
        return found

    def count(self) -> Floats:
        """Return the number of rows of each firm; 0 for none."""
        return self._count

    def known(self, name: str) -> Floats:
        """Return the number of rows of each firm whose column has a value."""
        found = self._kept.get(("known", name))
        if found is None:
            found = self._kept["known", name] = self.tally(self.stated(name))
        return found

    def total(self, name: str) -> Floats:
        """Return the sum of a numeric column: 0 for a firm without rows, NaN when it has rows but no known value."""
        found = self._kept.get(("total", name))
        if found is None:
            found = self._kept["total", name] = self.summed(name, self.filled(name), ~self.stated(name), self._count)
        return found

    def mean(self, name: str) -> Floats:
        """Return the mean of a numeric column's known values; NaN for none."""
        return ratio(self.total(name), self.known(name))

    def largest(self, name: str) -> Floats:
        """Return the largest known value of a numeric column; NaN for none."""
        return self.greatest(self.number(name))

    def first(self, values: Floats) -> Floats:
        """Return the value of each firm's first row (``values`` has one entry a row); NaN for none."""
        firms, indices = self._begun
        return self._spread(firms, values[indices])

    def latest(self, name: str, back: int = 0) -> Floats:
        """Return a numeric column's value in each firm's last row, or ``back`` before it; NaN where there is none."""
        found = self._latest.get((name, back))
        if found is None:
            firms, indices = self._having(1 + back)
            values = checked(name, self._source.rows.columns[name])[self._rows[indices]]
            found = self._latest[name, back] = self._spread(firms, values / unit(self._source.name, name))
        return found

    def last(self, values: Floats, back: int = 0) -> Floats:
        """Return the value of each firm's last row, or of the row ``back`` before it; NaN where there is none."""
        firms, indices = self._having(1 + back)
        return self._spread(firms, values[indices])

    @Cached
    def first_day(self) -> Floats:
        """Day number of each firm's first row; NaN for none."""
        return self.first(self.day_number)

    @Cached
    def last_day(self) -> Floats:
        """Day number of each firm's last row; NaN for none."""
        return self.last(self.day_number)

    def first_day_of(self, mask: Mask) -> Floats:
        """Return the day number of each firm's first row under the mask; NaN for none."""
        out = self._missing()
        out[self.firm[mask][::-1]] = self.day[mask][::-1]  # of several, the one assigned last stays: the earliest
        return out

    def months_since(self, days: Floats) -> Floats:
        """Return the months of 30.4375 days from given day numbers to the as-of date."""
        months: Floats = (self._source.today - days) / MONTH
        return months

    @Cached
    def gaps(self) -> Floats:
        """Months from each row to the one before it of the same firm; NaN for a firm's first row."""
        gaps = np.full(len(self), np.nan)
        gaps[1:] = (self.day[1:] - self.day[:-1]) / MONTH
        gaps[1:][self.firm[1:] != self.firm[:-1]] = np.nan
        return gaps

    def per_firm(self, values: Floats) -> Floats:
        """Return the sum of given values (one a row, NaN counts as 0) over each firm's rows; 0 for no rows."""
        return self.tally(zero_filled(values))

    def tally(self, weights: Floats | Mask) -> Floats:
        """Return the sum of weights without NaN, one a row, or how many rows are under a mask, for each firm."""
        if not self.observed:
            return self._missing()
        if not len(self._rows):
            return np.zeros(self._source.firms)
        return np.bincount(self.firm, weights, self._source.firms)  # type: ignore[return-value] # weighted: floats

    def greatest(self, values: Floats) -> Floats:
        """Return the greatest of given values (one a row, NaN counts as none) of each firm; NaN for none."""
        firms, indices = self._begun
        return self._spread(firms, np.fmax.reduceat(values, indices) if len(firms) else values)

    def stated(self, name: str) -> Mask:
        """Return which seen rows have a value in a numeric column."""
        found = self._stated.get(name)
        if found is None:
            found = self._stated[name] = ~np.isnan(self._numeric(name))
        return found

    def filled(self, name: str) -> Floats:
        """Return a numeric column's values, 0 where missing; money in cents, whose sums are exact in any order."""
        found = self._kept.get(("filled", name))
        if found is None:
            found = self._kept["filled", name] = zero_filled(self._numeric(name))
        return found

    @Cached
    def _sizes(self) -> Indices:
        return np.bincount(self.firm, minlength=self._source.firms)

    @Cached
    def _count(self) -> Floats:
        return self._sizes.astype(np.float64) if self.observed else self._missing()

    @Cached
    def _ends(self) -> Indices:
        return self._sizes.cumsum()

    @Cached
    def _begun(self) -> tuple[Indices, Indices]:
        """The firms with rows, and of each its first row."""
        firms = self._sizes.nonzero()[0]
        return firms, self._ends[firms] - self._sizes[firms]

    def _having(self, least: int) -> tuple[Indices, Indices]:
        """Return the firms with at least that many rows, and of each the row that many from its end."""
        if least not in self._row_indices:
            firms = (self._sizes >= least).nonzero()[0] if least > 1 else self._begun[0]
            self._row_indices[least] = firms, self._ends[firms] - least
        return self._row_indices[least]

    def _spread(self, firms: Indices, values: Floats) -> Floats:
        """Return the values of some firms, NaN for the others."""
        if len(firms) == self._source.firms:
            return values
        out = self._missing()
        out[firms] = values
        return out

    def _missing(self) -> Floats:
        out = np.empty(self._source.firms)
        out.fill(np.nan)
        return out

    def summed(self, name: str, filled: Floats, silent: Mask, count: Floats) -> Floats:
        """Return the sums of a column's filled values.

        Parameters
        ----------
        name
            The column.
        filled : ndarray of float64, shape (rows,)
            Its values, 0 where missing.
        silent : ndarray of bool, shape (rows,)
            Rows without a value.
        count : ndarray of float64, shape (firms,)
            The number of rows of each firm.

        Returns
        -------
        ndarray of float64, shape (firms,)
            NaN for a firm all of whose rows are silent.
        """
        # Whole cents sum exactly in float64 up to 9 * 10^13 dollars, so the order of rows cannot matter.
        sums = self.tally(filled) / unit(self._source.name, name)
        if np.count_nonzero(silent):
            sums[(self.tally(silent) == count) & (count > ZERO)] = np.nan
        return sums

    def _numeric(self, name: str) -> Floats:
        found = self._kept.get(("numeric", name))
        if found is None:
            found = self._kept["numeric", name] = checked(name, self._source.rows.columns[name])[self._rows]
        return found
