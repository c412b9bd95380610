"""Tables that stop: their newest event lies further back than it ever did in the training."""

from collections.abc import Iterator
from datetime import date

import numpy as np

from littlegiants.ingest.tables.days import day_number
from littlegiants.models.reference_cohort import ReferenceCohort
from littlegiants.serving.watch.checks import Check
from littlegiants.serving.watch.summary import RECENT, CohortSummary

# Days that a table may be silent longer than it ever was in the training; one that had no event then may be so at all.
LONGER = 365


def table_checks(reference: ReferenceCohort, scored: CohortSummary, as_of: date) -> Iterator[Check]:
    """Yield a check of each table that has any event.

    Parameters
    ----------
    reference
        The cohort of the training, with the longest time that each table was silent.
    scored
        The scored cohort.
    as_of
        The as-of date.

    Notes
    -----
    Events are taken to come on days at random, at the table's own pace of the three years before its newest event: that
    none comes for ``d`` days then has the probability ``exp(-pace * d)``. A small or slow table raises no alarm by
    chance. A table without any event is judged by the features made of it.
    """
    for name, days in scored.days.items():
        before, now = reference.silent_days.get(name, 0), day_number(as_of) - days[-1]
        pace = len(days) / RECENT
        p_value = float(np.exp(-pace * max(now - before, 0)))
        yield Check("table", name, before, now, now - before, LONGER, p_value)
