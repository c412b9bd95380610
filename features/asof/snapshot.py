"""What was known about every firm on one day: the only way from tables to signals.

A row is seen when ``known_on <= as_of`` and no correction of it was known by then; it is known no earlier than it
happened. A later event noted inside a row (the grant of a patent) is seen from its own day. Columns outside the table
contract do not exist here, so no builder can reach a crawl-time figure.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar, TypeVarTuple

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.columns import Source
from littlegiants.features.asof.events import Events
from littlegiants.features.population.groups import Codes, Groups, Keys, group_keys, two_of
from littlegiants.features.population.investors import Pairs, pairs_of
from littlegiants.features.population.month_counts import Month
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats, Mask
from littlegiants.ingest.cached import Cached
from littlegiants.ingest.tables.contract import EVENT_TABLES
from littlegiants.ingest.tables.days import NO_DAY, day_number
from littlegiants.ingest.tables.encoding import no_rows
from littlegiants.ingest.tables.ragged import Ragged
from littlegiants.ingest.tables.rows import Rows
from littlegiants.ingest.tables.tables import Tables

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


class Snapshot:
    """What was known about the firms of ``tables`` at the end of the day ``as_of``.

    Parameters
    ----------
    tables
        All rows, with the days from which and until which each is what is known.
    as_of
        The as-of date; an event known on that very day is seen.
    population
        What was learned from a training population, for features that compare a firm with others. Without it those
        are missing.

    Attributes
    ----------
    rounds, grants, patents, recognitions, financials, outcomes, ... : Events
        The rows seen of each event table of the contract, by its name.
    as_of, day
        The as-of date, and its day number.
    known : ndarray of bool, shape (n,)
        Which firms are known at all.

    Examples
    --------
    >>> import pandas as pd
    >>> frames = {name: pd.DataFrame({"firm_id": ["a"], "grant_id": "g", "awarded_on": "2020-05-20"})
    ...           for name in ("firms", "grants")}
    >>> tables = Tables.from_frames(frames)
    >>> [Snapshot(tables, day).grants.count().tolist() for day in (date(2020, 5, 19), date(2020, 5, 20))]
    [[0.0], [1.0]]
    >>> Snapshot(tables, date(2020, 5, 20)).grant
    Traceback (most recent call last):
        ...
    AttributeError: a snapshot has no 'grant'; its tables are rounds, grants, patents, ...
    """

    def __init__(self, tables: Tables, as_of: date, population: Population | None = None) -> None:
        self.as_of = as_of
        self.day = day_number(as_of)
        self.today = np.array(float(self.day))  # the same as an operand that NumPy need not convert
        self.firm_ids = tables.firm_ids
        self.population = population if population is not None else Population.empty()
        firms = tables.firms
        seen = _seen(firms, self.day).nonzero()[0]
        self.known: Mask = np.zeros(len(tables), bool)
        self.known[firms.firm[seen]] = True
        self._firm_row = np.full(len(tables), -1)
        self._firm_row[firms.firm[seen]] = seen
        self._tables = tables
        self._shared: dict[tuple[object, ...], object] = {}

    def __len__(self) -> int:
        return len(self.firm_ids)

    def __getattr__(self, name: str) -> Events:
        """Return the rows seen of an event table, which are looked up once.

        Raises
        ------
        AttributeError
            If the contract has no such event table.
        """
        if name not in EVENT_TABLES:
            raise AttributeError(f"a snapshot has no {name!r}; its tables are {', '.join(EVENT_TABLES)}")
        events = self.__dict__[name] = self._events(name, self._tables.events[name])
        return events

    def slice(self, first: int, last: int) -> "Snapshot":
        """Return the same day's snapshot of the firms ``first`` to ``last - 1``; itself when these are all firms."""
        if first == 0 and last >= len(self):
            return self
        return Snapshot(self._tables.slice(first, last), self.as_of, self.population)

    @Cached
    def founded_day(self) -> Floats:
        """Day number of each firm's founding; NaN where not known or still to come."""
        days = self._fact("founded_on", NO_DAY).astype(np.int64)
        founded = days.astype(np.float64)
        founded[(days == NO_DAY) | (days > self.day)] = np.nan
        return founded

    @Cached
    def sectors(self) -> Ragged:
        """Each firm's sectors; none where not known."""
        values = self._tables.firms.columns["sectors"]
        assert isinstance(values, Ragged)  # noqa: S101 - narrows the type; sectors is a list column
        lists = values.take(self._firm_row[self.known])
        if len(lists.bounds) > len(self):
            return lists
        lengths = np.zeros(len(self), np.int64)
        lengths[self.known] = lists.lengths
        return Ragged(np.concatenate(([0], np.cumsum(lengths))), lists.codes, lists.vocabulary)

    def text(self, name: str) -> npt.NDArray[np.object_]:
        """Return a text column of the firms table (name, country, region, city), empty where not known."""
        codes, vocabulary = self.coded(name)
        return np.append(vocabulary, "")[codes]

    def coded(self, name: str) -> tuple[Codes, Keys]:
        """Return a text column of the firms table as codes, -1 where not known, and the vocabulary of the codes."""
        return self.shared(_codes, name), self._tables.firms.vocabularies[name]

    @Cached
    def groups(self) -> dict[str, Groups]:
        """The groups that the firms are in, by each way of grouping that the population knows."""
        return group_keys(self.sectors, self.sector_pairs, *self.coded("region"))

    @Cached
    def sector_pairs(self) -> tuple[Codes, Codes]:
        """The indices in ``sectors.codes`` of every two sectors of a firm."""
        return two_of(self.sectors)

    @Cached
    def month(self) -> Month:
        """What the population knew by the last month that had ended."""
        return self.population.at(self.as_of)

    @Cached
    def investor_pairs(self) -> Pairs:
        """Each firm's investors as known, and what is known of the firm since; none where they are not observed."""
        investments, rounds, outcomes = (self._tables.events[name] for name in ("investments", "rounds", "outcomes"))
        some = no_rows("investments") if investments is None else investments
        return pairs_of(self._tables.firms, some, rounds, outcomes).known_by(self.day)

    def indices(self, by: str) -> Codes:
        """Return the index of each group ``by`` in the counts of the month, -1 for one the population never saw."""
        return self.shared(_indices, by)

    def group_count(self, what: str, by: str) -> Floats:
        """Return the population's count of ``firms``, ``rounds``, ``grants`` or ``exits`` in each group ``by``."""
        return self.month.count(f"{what}_by_{by}")[self.indices(by)]

    def shared(self, make: Callable[["Snapshot", *Arguments], T], *arguments: *Arguments) -> T:
        """Return what ``make(snapshot, *arguments)`` gives, which several features use; computed once."""
        key = (make, arguments)
        if key not in self._shared:
            self._shared[key] = make(self, *arguments)
        return self._shared[key]  # type: ignore[return-value]

    def _fact(self, name: str, missing: int) -> npt.NDArray[np.generic]:
        values = self._tables.firms.columns[name]
        assert isinstance(values, np.ndarray)  # noqa: S101 - narrows the type
        out = np.full(len(self), missing, values.dtype)
        out[self.known] = values[self._firm_row[self.known]]
        return out

    def _events(self, name: str, rows: Rows | None) -> Events:
        if rows is None:
            return Events(Source(name, no_rows(name), self.day, len(self)), np.array([], np.int64), observed=False)
        return Events(Source(name, rows, self.day, len(self)), _seen(rows, self.day).nonzero()[0], observed=True)


def _codes(s: Snapshot, name: str) -> Codes:
    return s._fact(name, -1).astype(np.int64)


def _indices(s: Snapshot, by: str) -> Codes:
    return s.month.indices(by, s.groups[by].names)


def _seen(rows: Rows, day: int) -> Mask:
    return (rows.known <= day) & (rows.superseded > day)
