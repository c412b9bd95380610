"""The training panel: the cohorts of several as-of dates, stacked, each row with its label and the age of its date."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FEATURES, FeatureMatrix, feature_matrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.ingest.tables.vocabulary import among
from littlegiants.training.labels import MARKET, SUBSIDISED, UNKNOWN, LabelRule, Labels, label


@dataclass(frozen=True, slots=True)
class Panel:
    """Labelled rows of one or more as-of dates.

    Attributes
    ----------
    values : ndarray of float64, shape (n, k)
    labels : ndarray of int8, shape (n,)
        Never `UNKNOWN`.
    firm_ids : ndarray of object, shape (n,)
    as_of : ndarray of int64, shape (n,)
        Position of the row's date in ``dates``.
    dates
        The as-of dates.
    left_out
        Firms of each date's cohort that have no label, one number a date.
    """

    values: Floats
    labels: Labels
    firm_ids: npt.NDArray[np.object_]
    as_of: npt.NDArray[np.int64]
    dates: tuple[date, ...]
    left_out: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def market(self) -> Labels:
        """1 for a market outcome, 0 for any other."""
        return self.outcome("market")

    def outcome(self, name: str) -> Labels:
        """Return 1 for the outcome ``market`` or ``subsidised``, 0 for any other."""
        return np.asarray(self.labels == {"market": MARKET, "subsidised": SUBSIDISED}[name], np.int8)

    def weights(self, half_life_months: float | None) -> Floats:
        """Return the weight of each row: halved for every half-life that its date is older than the newest one."""
        if half_life_months is None:
            return np.ones(len(self))
        ages = np.array([(self.dates[-1] - day).days for day in self.dates]) / (365.25 / 12)
        return np.asarray(0.5 ** (ages / half_life_months), np.float64)[self.as_of]

    def joined(self, later: "Panel") -> "Panel":
        """Return these rows and those of a panel of later dates."""
        return Panel(
            np.concatenate((self.values, later.values)),
            np.concatenate((self.labels, later.labels)),
            np.concatenate((self.firm_ids, later.firm_ids)),
            np.concatenate((self.as_of, later.as_of + len(self.dates))),
            (*self.dates, *later.dates),
            (*self.left_out, *later.left_out),
        )

    def rows(self, mask: npt.NDArray[np.bool_]) -> "Panel":
        """Return the rows under a mask."""
        return Panel(
            self.values[mask], self.labels[mask], self.firm_ids[mask], self.as_of[mask], self.dates, self.left_out
        )


@dataclass(frozen=True, slots=True)
class PanelSource:
    """Everything besides the dates that a panel is made of.

    Attributes
    ----------
    tables, known_by
        The rows known by that day, which is as far as labels are observed.
    rule, require_round
        What is a success, and whether only firms with a round are at risk.
    undated
        Firms that never have a label, since an exit of theirs has no date.
    """

    tables: Tables
    known_by: date
    rule: LabelRule
    require_round: bool
    undated: frozenset[str]

    def panel(self, dates: Iterable[date], population: Population) -> Panel:
        """Stack the labelled cohorts of the given as-of dates.

        Raises
        ------
        TrainingError
            If no firm of any date has a label.
        """
        days = tuple(dates)
        parts = [self._cohort(day, population) for day in days]
        sizes = [len(labels) for _, labels, _ in parts]
        if not sum(sizes):
            raise TrainingError(f"no firm has a label at {', '.join(map(str, days))}; are these dates within the data?")
        return Panel(
            np.concatenate([matrix.values for matrix, _, _ in parts]),
            np.concatenate([labels for _, labels, _ in parts]),
            np.concatenate([matrix.firm_ids for matrix, _, _ in parts]),
            np.repeat(np.arange(len(days)), sizes),
            days,
            tuple(left_out for _, _, left_out in parts),
        )

    def population(self, through: date) -> Population:
        """Return what the firms are compared with: what was known of all of them by a day."""
        return Population.fit(self.tables, through)

    def partial(self, panel: Panel, credit: float) -> Floats:
        """Return the panel's 0/1 labels, with a credit for an event that the outcome counts in part.

        Parameters
        ----------
        panel
            A panel of this source.
        credit
            What such an event, as a private round for the outcome ``exit``, counts for; a success counts 1.
        """
        labels = panel.market.astype(np.float64)
        wider = replace(self.rule, partial=True)
        for place, day in enumerate(panel.dates):
            rows = np.flatnonzero(panel.as_of == place)
            firms = np.searchsorted(self.tables.firm_ids, panel.firm_ids[rows])
            near = label(self.tables, firms, day, self.known_by, wider) == MARKET
            labels[rows] = np.maximum(labels[rows], credit * near)
        return labels

    def _cohort(self, day: date, population: Population) -> tuple[FeatureMatrix, Labels, int]:
        firms = cohort(Snapshot(self.tables, day), self.require_round)
        labels = label(self.tables, firms, day, self.known_by, self.rule)
        if self.undated:
            labels[among(self.tables.firm_ids[firms], self.undated)] = UNKNOWN
        known = labels != UNKNOWN
        matrix = feature_matrix(self.tables, day, population, firms[known])
        return matrix, labels[known], int((~known).sum())


def constant_columns(values: Floats) -> tuple[str, ...]:
    """Return the signals with one value throughout, missing ones included: no model can learn from them."""
    first = values[:1]
    same = (values == first) | (np.isnan(values) & np.isnan(first))
    return tuple(name for name, constant in zip(FEATURES, same.all(axis=0), strict=True) if constant)
