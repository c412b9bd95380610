"""The feature matrix: every feature of every firm of a cohort, as one block of float64.

A new feature is a function in its family's module and its name in that module's ``COLUMNS``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families import (
    backing,
    firm_profile,
    funding,
    market_heat,
    patents,
    recognition,
    sectors,
    subsidy,
    traction,
)
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.tables import Tables

Builder = Callable[[Snapshot], Floats]
FAMILIES = {
    "subsidy share": subsidy,
    "patent velocity": patents,
    "funding cadence": funding,
    "backing": backing,
    "recognition": recognition,
    "sector breadth": sectors,
    "traction": traction,
    "market heat": market_heat,
    "firm profile": firm_profile,
}
BUILDERS: tuple[Builder, ...] = tuple(builder for family in FAMILIES.values() for builder in family.COLUMNS)
FEATURES: tuple[str, ...] = tuple(builder.__name__ for builder in BUILDERS)
# Raised when a signal of the same name comes to mean something else: models made before are refused from then on.
# A manifest has the version among its `versions`, as `BUILDER`; one without it is of the first.
BUILDER, FIRST_BUILDER = "signals", 1
BUILDER_VERSION = FIRST_BUILDER
# Integer codes of the population's vocabularies; the booster splits them as categories.
CATEGORICAL: dict[str, str] = firm_profile.CATEGORICAL
_EVENTS_KNOWN = FEATURES.index("events_known")
# The arrays of so many firms stay in the cache of a core, even those of the features that need most rows.
_CHUNK = 16_384


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """The features of a cohort.

    Attributes
    ----------
    firm_ids : ndarray of object, shape (n,)
    as_of
        The as-of date all rows share.
    names
        Column names, in the order of ``values``.
    values : ndarray of float64, shape (n, len(names)), C order
        NaN where missing; categories as codes.
    unseen : ndarray of object, shape (n,)
        Which kind of the firm the population never saw (``country``, ``sector``), empty for none.
    events : ndarray of int64, shape (n,)
        Rows of the tables with signals seen for the firm: how much is known at all.
    """

    firm_ids: npt.NDArray[np.object_]
    as_of: date
    names: tuple[str, ...]
    values: Floats
    unseen: npt.NDArray[np.object_]
    events: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.firm_ids)

    @classmethod
    def of(
        cls,
        snapshot: Snapshot,
        firms: npt.NDArray[np.int64] | None = None,
        chunk: int = _CHUNK,
        columns: Collection[str] | None = None,
    ) -> "FeatureMatrix":
        """Compute the features of a snapshot's firms, so that the snapshot of a cohort serves for its features too.

        Parameters
        ----------
        snapshot
            What was known on the as-of date, with the population that the model learned from.
        firms, chunk, columns
            As of `feature_matrix`.

        Raises
        ------
        ValueError
            If a wanted feature does not exist.
        """
        builders = BUILDERS if columns is None else _wanted(tuple(columns))
        wanted = np.arange(len(snapshot)) if firms is None else firms
        # Filled in place: blocks joined at the end would need twice the memory.
        matrix = cls(
            snapshot.firm_ids[wanted],
            snapshot.as_of,
            FEATURES,
            np.empty((len(wanted), len(BUILDERS))),
            np.empty(len(wanted), object),
            np.empty(len(wanted), np.int64),
        )
        for first in range(0, len(snapshot), chunk):
            low, high = np.searchsorted(wanted, (first, first + chunk))
            if low < high:
                some = snapshot.slice(first, first + chunk)
                _fill(matrix, slice(int(low), int(high)), some, wanted[low:high] - first, builders)
        return matrix


def feature_matrix(
    tables: Tables,
    as_of: date,
    population: Population,
    firms: npt.NDArray[np.int64] | None = None,
    chunk: int = _CHUNK,
    columns: Collection[str] | None = None,
) -> FeatureMatrix:
    """Compute the features as known on a date.

    Parameters
    ----------
    tables
        All rows; only those known at ``as_of`` are seen.
    as_of
        The as-of date.
    population
        What was learned from the training population.
    firms
        Codes of the firms wanted, ascending; all when None.
    chunk
        How many firms are computed at a time, which bounds the memory; the result does not depend on it.
    columns
        Names of the features wanted. All others but ``events_known`` are left NaN. All when None.

    Raises
    ------
    ValueError
        If a wanted feature does not exist.
    """
    return FeatureMatrix.of(Snapshot(tables, as_of, population), firms, chunk, columns)


@lru_cache(maxsize=16)
def _wanted(columns: tuple[str, ...]) -> tuple[Builder | None, ...]:
    """Return the builder of each column, None for one that is not wanted."""
    names = {*columns, "events_known"}  # it tells whether anything is known
    if unknown := sorted(names.difference(FEATURES)):
        raise ValueError(
            f"unknown signal {unknown[0]!r}; the signals are {', '.join(FEATURES[:2])}, ... as in FEATURES"
        )
    return tuple(builder if builder.__name__ in names else None for builder in BUILDERS)


def _fill(
    matrix: FeatureMatrix,
    target: slice,
    snapshot: Snapshot,
    rows: npt.NDArray[np.int64],
    builders: tuple[Builder | None, ...],
) -> None:
    # One transposition of the block: columns written one by one would each touch all of the memory.
    left_out = np.full(len(snapshot), np.nan)
    columns = [left_out if builder is None else builder(snapshot) for builder in builders]
    block = np.concatenate(columns).reshape(len(builders), len(snapshot))
    matrix.values[target] = (block if len(rows) == len(snapshot) else block[:, rows]).T
    matrix.unseen[target] = firm_profile.unseen_kind(snapshot)[rows]
    matrix.events[target] = block[_EVENTS_KNOWN, rows]
