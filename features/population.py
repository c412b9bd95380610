"""What was learned from the training population: how many firms, rounds and exits each sector and place had, by month.

Each statistic is a running count by key and month of knowledge, so its value at an as-of date uses only what was known
by the last month that had ended by then. An event counts in the sectors and the place its firm was known for when the
event became known; a later correction of the firm moves the firm, not its past events.

The population is fitted once, on what the training snapshots could see, travels with the model, and is never refitted
while scoring: a firm's signals cannot depend on who is scored with it. After the last fitted month it stands still.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.contract import OUTCOME_KINDS
from littlegiants.features.days import NEVER, Days
from littlegiants.features.groups import Groups, Keys, keys_of, text_of
from littlegiants.features.ragged import Ragged
from littlegiants.features.rows import Rows
from littlegiants.features.tables import Tables

# A category with fewer firms than this teaches a tree nothing but noise; it is treated as missing.
RARE = 20
_MONTHS = 1 << 16
_JANUARY_1900 = -840
CATEGORIES = ("country", "region", "sector")
# The one key of `firms_by_all`.
EVERYONE: Keys = np.array(["all"], object)


@dataclass(frozen=True, slots=True)
class Counts:
    """Running counts by key and month; ``packed`` is ``key * 2**16 + months since 1900-01``, ascending."""

    keys: pd.Index
    packed: npt.NDArray[np.int64]
    running: npt.NDArray[np.float64]
    began: int = field(init=False)
    _codes: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note what every request asks for: the first month (since 1970-01) that counted anything, each key's code."""
        object.__setattr__(self, "began", int((self.packed % _MONTHS).min()) + _JANUARY_1900)
        object.__setattr__(self, "_codes", {key: code for code, key in enumerate(self.keys)})

    def at(self, keys: Keys, month: int) -> npt.NDArray[np.float64]:
        """Return the count of each key at the end of a month; 0 for a key never seen."""
        low = np.array([self._codes.get(key, -1) for key in keys], np.int64) * _MONTHS
        place = np.searchsorted(self.packed, low + max(month - _JANUARY_1900, -1), side="right") - 1
        # A place of -1 is the last row, which may be the key's own but is then later than the month.
        found = (low >= 0) & (place >= 0) & (self.packed[place] >= low)
        return np.where(found, self.running[place], 0.0)


@dataclass(frozen=True)
class Population:
    """Counts by statistic, and the categories a booster was taught.

    Attributes
    ----------
    counts
        ``firms``, ``rounds``, ``grants``, ``exits``, each by ``sector`` and ``region`` (``rounds_by_sector``), and
        firms also by ``sector_region`` and ``combination``; ``firms_by_all`` has the one key ``all``.
    seen
        Every value of each of `CATEGORIES` that training saw, with its number of firms.
    through
        The last day whose knowledge went in.
    """

    counts: Mapping[str, Counts]
    seen: Mapping[str, Mapping[str, int]]
    through: date

    @classmethod
    def empty(cls) -> "Population":
        """Return a population that knows nothing: every comparison with it is missing."""
        return cls({}, {name: {} for name in CATEGORIES}, date(1970, 1, 1))

    @classmethod
    def fit(cls, tables: Tables, through: date) -> "Population":
        """Count what the tables held on the day ``through``.

        Parameters
        ----------
        tables
            The training tables; rows known later are not looked at.
        through
            The last training as-of date.
        """
        known = tables.known_by(through)
        frame = pd.concat([pd.DataFrame(part) for part in _history(known)], ignore_index=True)
        frame = frame.groupby(["statistic", "key", "month"], as_index=False, sort=True).agg({"count": "sum"})
        changed = frame[frame["count"] != 0]
        return cls.from_frame(pd.concat([changed, _categories(known)], ignore_index=True), through)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, through: date) -> "Population":
        """Build from the long table `to_frame` gives."""
        seen: dict[str, dict[str, int]] = {name: {} for name in CATEGORIES}
        counts = {}
        for statistic, part in frame.groupby("statistic", sort=True):
            name = str(statistic)
            if name.startswith("seen_"):
                values = part.sort_values("key")
                seen[name.removeprefix("seen_")] = dict(zip(values["key"], values["count"].astype(int), strict=True))
            else:
                counts[name] = _running(part)
        return cls(counts, seen, through)

    def to_frame(self) -> pd.DataFrame:
        """Return everything as one long table: ``statistic, key, month`` (since 1970-01) and ``count``, its change."""
        parts = [
            pd.DataFrame({"statistic": f"seen_{name}", "key": list(values), "month": 0, "count": list(values.values())})
            for name, values in self.seen.items()
        ]
        for statistic, counts in self.counts.items():
            code, stamp = np.divmod(counts.packed, _MONTHS)
            first = np.diff(code, prepend=-1) != 0
            change = np.where(first, counts.running, np.diff(counts.running, prepend=0.0))
            columns = {"key": counts.keys.to_numpy()[code], "month": stamp + _JANUARY_1900, "count": change}
            parts.append(pd.DataFrame({"statistic": statistic, **columns}))
        frame = pd.concat(parts, ignore_index=True).astype({"month": "int32", "count": "int64", "key": "str"})
        return frame.sort_values(["statistic", "key", "month"], ignore_index=True)

    def count(self, statistic: str, keys: Keys, as_of: date, months_back: int = 0) -> npt.NDArray[np.float64]:
        """Return the count of each key at the last month ended by ``as_of``, or ``months_back`` before that.

        Returns
        -------
        ndarray of float64
            NaN throughout when the population had not observed the statistic by then, 0 for a key it had not seen.
        """
        month = min(_last_ended(as_of), _last_ended(self.through))
        if statistic not in self.counts or month < self.counts[statistic].began:
            return np.full(len(keys), np.nan)
        return self.counts[statistic].at(keys, month - months_back)

    def vocabulary(self, category: str) -> tuple[str, ...]:
        """Return the values of a category that are frequent enough to be told apart, ascending."""
        return tuple(self.codes[category])

    @cached_property
    def codes(self) -> Mapping[str, Mapping[str, int]]:
        """The place of each value in the vocabulary of its category."""
        frequent = {name: [value for value, firms in seen.items() if firms >= RARE] for name, seen in self.seen.items()}
        return {name: {value: code for code, value in enumerate(values)} for name, values in frequent.items()}


def _running(part: pd.DataFrame) -> Counts:
    part = part.sort_values(["key", "month"])
    code, keys = pd.factorize(part["key"].to_numpy(object))
    change = part["count"].to_numpy(np.float64)
    total = np.cumsum(change)
    first = np.diff(code, prepend=-1) != 0
    before = (total - change)[first]
    stamp = part["month"].to_numpy(np.int64) - _JANUARY_1900
    return Counts(pd.Index(keys, dtype=object), code * _MONTHS + stamp, total - before[code])


@lru_cache(maxsize=256)
def _last_ended(as_of: date) -> int:
    """Return the last month (since 1970-01) that had ended by the end of ``as_of``."""
    tomorrow = np.datetime64(as_of, "D") + 1
    return int(tomorrow.astype("datetime64[M]").astype(np.int64)) - 1


def _month(days: Days) -> npt.NDArray[np.int64]:
    return days.astype(np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _history(tables: Tables) -> Iterator[dict[str, object]]:
    """Yield each statistic's changes by key and month: +1 when a row is known, -1 when it is superseded."""
    firms = tables.firms
    keys = keys_of(firms)
    everyone = Groups(np.arange(len(firms)), np.zeros(len(firms), np.int64), EVERYONE)
    for by, groups in {"all": everyone, **keys}.items():
        yield from _changes(f"firms_by_{by}", firms.known[groups.rows], firms.superseded[groups.rows], groups.keys())
    exits = tables.events["outcomes"]
    if exits is not None:
        exits = exits.take(np.flatnonzero(exits.columns["kind"] != OUTCOME_KINDS.index("closure")))
    for name, events in (("rounds", tables.events["rounds"]), ("grants", tables.events["grants"]), ("exits", exits)):
        if events is None:
            continue
        firm_row, since = _placed(events, firms)
        for by in ("sector", "region"):
            index, place = _matches(firm_row, keys[by].rows)
            names = keys[by].keys()[place]
            yield from _changes(f"{name}_by_{by}", since[index], events.superseded[index], names)


def _placed(events: Rows, firms: Rows) -> tuple[npt.NDArray[np.int64], Days]:
    """Return the row of ``firms`` that was known when each event became known (-1 for none), and from which day.

    An event of a firm that was itself known only later counts from then, by what was first known of the firm.
    """
    versions = np.flatnonzero(firms.known < firms.superseded)
    if not len(versions):
        return np.full(len(events), -1), events.known
    versions = versions[np.lexsort((firms.known[versions], firms.firm[versions]))]
    owner, wanted, known = firms.firm[versions].astype(np.int64), events.firm.astype(np.int64), firms.known[versions]
    place = np.searchsorted((owner << 32) + known, (wanted << 32) + events.known, side="right") - 1
    place = np.where((place >= 0) & (owner[place] == wanted), place, np.minimum(place + 1, len(versions) - 1))
    since = np.maximum(events.known, known[place])
    return np.where((owner[place] == wanted) & (since < events.superseded), versions[place], -1), since


def _matches(
    wanted: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return all pairs ``(i, j)`` with ``wanted[i] == rows[j]``; ``rows`` is ascending."""
    low, high = np.searchsorted(rows, wanted, "left"), np.searchsorted(rows, wanted, "right")
    lengths = high - low
    offset = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(np.arange(len(wanted)), lengths), np.repeat(low, lengths) + offset


def _changes(statistic: str, since: Days, until: Days, names: Keys) -> Iterator[dict[str, object]]:
    yield {"statistic": statistic, "key": names, "month": _month(since), "count": 1}
    gone = until != NEVER
    yield {"statistic": statistic, "key": names[gone], "month": _month(until[gone]), "count": -1}


def _categories(tables: Tables) -> pd.DataFrame:
    firms = tables.firms.take(np.flatnonzero(tables.firms.superseded == NEVER))
    sectors = firms.columns["sectors"]
    assert isinstance(sectors, Ragged)  # noqa: S101 - narrows the type; sectors is a list column
    values = {"sector": sectors.vocabulary[sectors.codes].astype(object)}
    for name in ("country", "region"):
        values[name] = text_of(firms, name)
    parts = []
    for name, column in values.items():
        counted = pd.Series(column[column != ""], dtype=object).value_counts()
        part = {"statistic": f"seen_{name}", "key": counted.index, "month": 0, "count": counted.to_numpy()}
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)
