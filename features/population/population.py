"""What is learned from the training population: firms, rounds, exits and valuations of sectors and regions, by month.

Each statistic is a running count by key and by the month in which rows became known. Its value at an as-of date uses
only what was known by the last month that had ended by then. An event counts in the sectors and the region that its
firm was known for when the event became known; a later correction of the firm moves the firm, not its past events.

The population is fitted once, on what the training snapshots could see, travels with the model, and is never refitted
while scoring: a firm's features cannot depend on the firms scored with it. After the last fitted month it stands still.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.population.counting import CATEGORIES, categories, history
from littlegiants.features.population.groups import SEPARATOR
from littlegiants.features.population.month_counts import Month
from littlegiants.ingest.cached import Cached
from littlegiants.ingest.tables.tables import Tables

__all__ = ["CATEGORIES", "RARE", "Counts", "Population"]

# From a category with fewer firms than this a tree learns nothing but noise; it is treated as missing.
RARE = 20
_MONTHS = 1 << 16
_JANUARY_1900 = -840
# So many months' counts are kept; a portfolio asks for one month, a panel for one after the other.
_KEPT = 12


@dataclass(frozen=True, slots=True)
class Counts:
    """Running counts by key and month; ``packed`` is ``key * 2**16 + months since 1900-01``, ascending."""

    keys: pd.Index
    packed: npt.NDArray[np.int64]
    running: npt.NDArray[np.float64]
    began: int = field(init=False)

    def __post_init__(self) -> None:
        """Note what every request asks for: the first month (since 1970-01) that counted anything."""
        object.__setattr__(self, "began", int((self.packed % _MONTHS).min()) + _JANUARY_1900)

    def every(self, month: int) -> npt.NDArray[np.float64]:
        """Return the count of every key at the end of a month."""
        low = np.arange(len(self.keys)) * _MONTHS
        index = np.searchsorted(self.packed, low + max(month - _JANUARY_1900, -1), side="right") - 1
        # An index of -1 is the last row, which may be the key's own but is then later than the month.
        found = (index >= 0) & (self.packed[index] >= low)
        return np.where(found, self.running[index], 0.0)


@dataclass(frozen=True)
class Population:
    """Counts by statistic, and the categories that a booster was trained on.

    Attributes
    ----------
    counts
        ``firms``, ``rounds``, ``grants``, ``exits``, each by ``sector`` and ``region`` (``rounds_by_sector``); firms
        and rounds also by ``sector_region``, firms and exits by ``combination``, firms by ``sector_pair``;
        ``firms_by_all`` has the one key ``all``. ``valued_by_sector`` counts the private rounds with a known valuation,
        and ``valuation_log_by_sector`` sums the logs of these valuations in US dollars, in millionths.
        ``deals_by_investor`` counts an investor's firms, ``followed_by_investor`` those that raised a later round,
        ``exits_by_investor`` those acquired or listed, and ``partners_by_investor`` who invested with it in five years;
        deals also by ``investor_sector`` and ``investor_region``.
    seen
        Every value of each of `CATEGORIES` that training saw, with its number of firms.
    through
        The last day on which rows that were counted became known.
    """

    counts: Mapping[str, Counts]
    seen: Mapping[str, Mapping[str, int]]
    through: date
    _months: dict[int, Month] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        frame = history(known).groupby(["statistic", "key", "month"], as_index=False, sort=True).agg({"count": "sum"})
        # A partner is none any more after five years without a joint round, which is a month still to come.
        changed = frame[(frame["count"] != 0) & (frame["month"] <= 12 * (through.year - 1970) + through.month - 1)]
        return cls.from_frame(pd.concat([changed, categories(known)], ignore_index=True), through)

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

    def at(self, as_of: date) -> Month:
        """Return what was known by the last month ended by ``as_of``."""
        month = self._month(as_of)
        found = self._months.get(month)
        if found is None:
            if len(self._months) >= _KEPT:
                self._months.clear()
            found = self._months[month] = Month(
                lambda statistic, back: self._dense(statistic, month, back), self._indices, month
            )
        return found

    def _dense(self, statistic: str, month: int, back: int) -> npt.NDArray[np.float64]:
        counts, size = self.counts.get(statistic), len(self._indices.get(_grouping(statistic), ())) + 1
        if counts is None or month < counts.began:
            return np.full(size, np.nan)
        dense = np.zeros(size)
        dense[self._own_indices[statistic]] = counts.every(month - back)
        return dense

    @Cached
    def _indices(self) -> Mapping[str, Mapping[str, int]]:
        """The index of each key of each grouping among all that any statistic counts by."""
        keys: dict[str, set[str]] = {}
        for statistic, counts in self.counts.items():
            keys.setdefault(_grouping(statistic), set()).update(counts.keys)
        return {by: {key: index for index, key in enumerate(sorted(some))} for by, some in keys.items()}

    @Cached
    def investor_groups(self) -> Mapping[str, tuple[Mapping[str, int], npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """What an investor and a sector or region together are counted under, found without making text.

        For each of the two the number of each group, ascending ``investor * groups + group``, and the index of each
        such key among all of ``investor_sector`` or ``investor_region``. Investors have their index among all known.
        """
        found = {}
        for by in ("sector", "region"):
            split = [key.split(SEPARATOR) for key in self._indices.get(f"investor_{by}", ())]
            groups = {name: number for number, name in enumerate(sorted({name for _, name in split}))}
            investors = self._indices.get("investor", {})
            packed = np.array([investors[one] * len(groups) + groups[name] for one, name in split], np.int64)
            order = packed.argsort()
            found[by] = (groups, packed[order], order)
        return found

    @Cached
    def _own_indices(self) -> Mapping[str, npt.NDArray[np.int64]]:
        """The index of each of a statistic's own keys."""
        indices = self._indices
        return {
            name: np.array([indices[_grouping(name)][key] for key in counts.keys], np.int64)
            for name, counts in self.counts.items()
        }

    def _month(self, as_of: date) -> int:
        return min(_last_ended(as_of), _last_ended(self.through))

    def vocabulary(self, category: str) -> tuple[str, ...]:
        """Return the values of a category that are frequent enough to be distinguished, ascending."""
        return tuple(self.codes[category])

    @Cached
    def codes(self) -> Mapping[str, Mapping[str, int]]:
        """The code of each value: its index in the vocabulary of its category."""
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


def _grouping(statistic: str) -> str:
    return statistic.rpartition("_by_")[2]


@lru_cache(maxsize=256)
def _last_ended(as_of: date) -> int:
    """Return the last month (since 1970-01) that had ended by the end of ``as_of``."""
    tomorrow = np.datetime64(as_of, "D") + 1
    return int(tomorrow.astype("datetime64[M]").astype(np.int64)) - 1
