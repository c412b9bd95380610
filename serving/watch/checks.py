"""One comparison of a scored cohort with the reference cohort: how much has moved, and whether chance could do it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

# The share of runs without any drift that may give an alarm, over all checks of the run.
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Check:
    """One figure of a run.

    Attributes
    ----------
    kind
        ``feature``, ``withheld`` or ``table``.
    name
        The feature, the reason to withhold a probability, or the table.
    before, now
        In the reference cohort and in the scored one: the share of missing values, the share of firms withheld, or the
        days since the newest event.
    moved, limit
        How much has moved, and how much is let pass: PSI, difference of the shares, or days.
    p_value
        How likely it is to move as much without any drift.
    adjusted
        The same for all checks of a run at once, by Benjamini and Hochberg (1995).
    """

    kind: str
    name: str
    before: float
    now: float
    moved: float
    limit: float
    p_value: float
    adjusted: float = 1.0

    @property
    def alarm(self) -> bool:
        """Whether more has moved than is let pass, and more than chance explains."""
        return self.moved >= self.limit and self.adjusted <= LEVEL


def adjusted(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks of a run, each adjusted for all of them.

    Where nothing has drifted, no more than `LEVEL` of all runs give any alarm: there the procedure bounds the share of
    runs with a false one, and to want a least movement as well can only lower it.
    """
    found = tuple(checks)
    p_values = stats.false_discovery_control(np.array([check.p_value for check in found]), method="bh")
    return tuple(replace(check, adjusted=float(p)) for check, p in zip(found, p_values, strict=True))
