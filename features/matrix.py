"""The feature matrix: every signal of every firm of a cohort, as one block of float64.

A new signal is a function in its family's module and its name in that module's ``COLUMNS``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from littlegiants.features import funding, heat, patents, profile, recognition, sectors, subsidy, traction
from littlegiants.features.population import Population
from littlegiants.features.snapshot import Floats, Snapshot
from littlegiants.features.tables import Tables

Builder = Callable[[Snapshot], Floats]
FAMILIES = {
    "subsidy share": subsidy,
    "patent velocity": patents,
    "funding cadence": funding,
    "recognition": recognition,
    "sector breadth": sectors,
    "traction": traction,
    "market heat": heat,
    "firm profile": profile,
}
BUILDERS: tuple[Builder, ...] = tuple(builder for family in FAMILIES.values() for builder in family.COLUMNS)
FEATURES: tuple[str, ...] = tuple(builder.__name__ for builder in BUILDERS)
# Integer codes of the population's vocabularies; the booster splits them as categories.
CATEGORICAL: dict[str, str] = profile.CATEGORICAL
_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class FeatureMatrix:
    """The signals of a cohort.

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
        Which kind of the firm the population never saw (``country``, ``sector``), empty where none.
    events : ndarray of int64, shape (n,)
        Rows of all event tables seen for the firm: how much is known at all.
    """

    firm_ids: npt.NDArray[np.object_]
    as_of: date
    names: tuple[str, ...]
    values: Floats
    unseen: npt.NDArray[np.object_]
    events: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.firm_ids)


def feature_matrix(
    tables: Tables,
    as_of: date,
    population: Population,
    firms: npt.NDArray[np.int64] | None = None,
    chunk: int = _CHUNK,
) -> FeatureMatrix:
    """Compute every signal as known on a date.

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
        Firms computed at a time, which bounds the memory; the result does not depend on it.
    """
    wanted = np.arange(len(tables)) if firms is None else firms
    parts = []
    for first in range(0, max(len(tables), 1), chunk):
        rows = wanted[(wanted >= first) & (wanted < first + chunk)] - first
        whole = first == 0 and chunk >= len(tables)
        snapshot = Snapshot(tables if whole else tables.slice(first, first + chunk), as_of, population)
        parts.append(_block(snapshot, rows))
    values, unseen, events = (np.concatenate(part) for part in zip(*parts, strict=True))
    return FeatureMatrix(tables.firm_ids[wanted], as_of, FEATURES, values, unseen, events)


def _block(
    snapshot: Snapshot, rows: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    values = np.empty((len(rows), len(BUILDERS)))
    for place, builder in enumerate(BUILDERS):
        values[:, place] = builder(snapshot)[rows]
    tables = (snapshot.rounds, snapshot.grants, snapshot.patents, snapshot.recognitions, snapshot.financials)
    events = sum((np.bincount(t.firm, minlength=len(snapshot)) for t in tables), np.zeros(len(snapshot), np.int64))
    return values, profile.unseen_kind(snapshot)[rows], events[rows]
