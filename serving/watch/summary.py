"""What the watch has to know of a cohort: counts, which of two sets of firms add up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.ingest.tables.contract import SIGNAL_TABLES
from littlegiants.models.distribution import Counts
from littlegiants.models.reference_cohort import ReferenceCohort, reason_counts
from littlegiants.serving.watch.withheld import unseen_values

RECENT = 1_096  # days before the newest event by which the pace of a table is judged


@dataclass(frozen=True, slots=True)
class CohortSummary:
    """A cohort in counts.

    Attributes
    ----------
    firms
        How many firms it has.
    features
        For each feature, the number of firms in each bin of the reference.
    withheld
        How many firms have no probability, by the reason.
    days
        For each table with events, the days on which it has any, ascending, of the three years before its newest.
    unseen
        By ``country`` and ``sector``: how many firms state each value that the training never saw.
    """

    firms: int = 0
    features: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    withheld: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    unseen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        reference: ReferenceCohort,
        snapshot: Snapshot,
        matrix: FeatureMatrix,
        firms: npt.NDArray[np.int64],
        reasons: npt.NDArray[np.object_],
    ) -> "CohortSummary":
        """Return the summary of a cohort.

        Parameters
        ----------
        reference
            Whose bins are counted.
        snapshot
            What was known of it, and of the firms around it.
        matrix
            The features of its firms.
        firms
            Their codes.
        reasons
            As of `littlegiants.models.scoring.abstain.abstain_reason`.
        """
        return cls(
            len(firms),
            feature_counts(reference, matrix),
            reason_counts(reasons),
            recent_days(snapshot),
            unseen_values(snapshot, firms),
        )

    def __add__(self, other: "CohortSummary") -> "CohortSummary":
        joined = {name: (*self.days.get(name, ()), *other.days.get(name, ())) for name in {**self.days, **other.days}}
        return CohortSummary(
            self.firms + other.firms,
            {name: _ints(self.counts(name) + other.counts(name)) for name in {**self.features, **other.features}},
            _added(self.withheld, other.withheld),
            {name: _recent(np.array(joined[name])) for name in SIGNAL_TABLES if name in joined},
            {
                kind: _added(self.unseen.get(kind, {}), other.unseen.get(kind, {}))
                for kind in {**self.unseen, **other.unseen}
            },
        )

    def counts(self, feature: str) -> Counts:
        """Return how many firms are in each bin of a feature; 0 of an empty summary."""
        return np.array(self.features.get(feature, 0), np.int64)


def feature_counts(reference: ReferenceCohort, matrix: FeatureMatrix) -> dict[str, tuple[int, ...]]:
    """Return how many firms are in each bin of each feature."""
    columns = zip(matrix.names, matrix.values.T, strict=True)
    return {name: _ints(reference.features[name].counted(column)) for name, column in columns}


def recent_days(snapshot: Snapshot) -> dict[str, tuple[int, ...]]:
    """Return the recent days with events of each table that has any, as of `CohortSummary`."""
    events = {name: getattr(snapshot, name).day for name in SIGNAL_TABLES}
    return {name: _recent(days) for name, days in events.items() if len(days)}


def _recent(days: npt.NDArray[np.integer]) -> tuple[int, ...]:
    return _ints(np.unique(days[days > days.max() - RECENT]))


def _ints(counts: npt.NDArray[np.integer]) -> tuple[int, ...]:
    return tuple(counts.tolist())


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in sorted({*one, *other})}
