"""What a training keeps of its newest cohort, so that later cohorts can be compared with it."""

from collections.abc import Iterable

import numpy as np

from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.silence import silent_days
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.models.distribution import Distribution, psi
from littlegiants.models.reference_cohort import ReferenceCohort
from littlegiants.models.scoring.abstain import abstain_reason
from littlegiants.models.scoring.model import current_categories
from littlegiants.training.panel import Panel, PanelSource
from littlegiants.training.split import Schedule


def reference_cohort(
    source: PanelSource, schedule: Schedule, panel: Panel, population: Population, observed: tuple[str, ...]
) -> ReferenceCohort:
    """Return the reference cohort of a model: all firms at risk on the calibration date, as a score would see them.

    Parameters
    ----------
    source, schedule
        Where the rows come from, and the dates of the training.
    panel
        The rows that the final booster was fitted on; their other dates say how much a feature moves by itself.
    population
        The model's.
    observed
        The signal tables that were present in training.
    """
    snapshot = Snapshot(source.tables, schedule.calibrate, population)
    matrix = FeatureMatrix.of(snapshot, cohort(snapshot, source.require_round))
    days = [Snapshot(source.tables, day) for day in schedule.fit]
    found = ReferenceCohort.of(
        matrix, abstain_reason(matrix, observed), current_categories(population), _longest([snapshot, *days])
    )
    others = [panel.values[panel.as_of == i] for i, day in enumerate(panel.dates) if day != schedule.calibrate]
    moved = {
        name: distribution.model_copy(
            update={"usual": _usual(distribution, [values[:, column] for values in others if len(values)])}
        )
        for column, (name, distribution) in enumerate(found.features.items())
    }
    return found.model_copy(update={"features": moved})


def _longest(snapshots: Iterable[Snapshot]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for snapshot in snapshots:
        for name, days in silent_days(snapshot).items():
            longest[name] = max(days, longest.get(name, 0))
    return longest


def _usual(reference: Distribution, others: list[Floats]) -> float:
    counts = np.array(reference.counts)
    return max((psi(counts, reference.counted(values)) for values in others), default=0.0)
