"""The bootstrap of a backtest: firms are resampled with all their rows, since one firm may stand at several origins.

A firm's rows at two origins share most of their past and, where windows overlap, their outcome. Rows resampled one by
one would count them as independent and give intervals that are too narrow (Cameron, Gelbach and Miller 2008).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TrainingError
from littlegiants.models.manifest import Figure
from littlegiants.training.evaluation.metrics import Bootstrap, Labels

Rows = npt.NDArray[np.int64]
Measure = Callable[[Labels, Floats], dict[str, float]]
# The value on all rows first, then one for each resample.
Replicates = Mapping[str, Floats]
_EDGES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class PooledOutcomes:
    """The outcomes of firms at one or several origins.

    Attributes
    ----------
    labels : ndarray of int8, shape (n,)
        1 for a success.
    firm_ids : ndarray of object, shape (n,)
    origin : ndarray of int64, shape (n,)
        Position of each row's origin.
    """

    labels: Labels
    firm_ids: npt.NDArray[np.object_]
    origin: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(cls, parts: Sequence["PooledOutcomes"]) -> "PooledOutcomes":
        """Put several origins under each other."""
        return cls(
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.firm_ids for part in parts]),
            np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
        )

    def pooled(self, mask: npt.NDArray[np.bool_]) -> "PooledOutcomes":
        """Return the rows under a mask, all origins taken as one."""
        return PooledOutcomes(self.labels[mask], self.firm_ids[mask], np.zeros(int(mask.sum()), np.int64))

    def resamples(self, bootstrap: Bootstrap) -> Iterator[Rows]:
        """Give the rows of each resample; one without both outcomes at every origin is drawn again."""
        _, firm = np.unique(self.firm_ids, return_inverse=True)
        random, firms, found = np.random.default_rng(bootstrap.seed), int(firm.max()) + 1, 0
        while found < bootstrap.resamples:
            times = np.bincount(random.integers(0, firms, firms), minlength=firms)
            rows = np.repeat(np.arange(len(self)), times[firm])
            if self.has_both(rows):
                found += 1
                yield rows

    def has_both(self, rows: Rows) -> bool:
        """Say whether there are successes and failures at every origin among some rows."""
        origins = int(self.origin.max()) + 1
        all_rows = np.bincount(self.origin[rows], minlength=origins)
        successes = np.bincount(self.origin[rows], self.labels[rows], minlength=origins)
        return bool(((successes > 0) & (successes < all_rows)).all())


def draw(
    stack: PooledOutcomes,
    scores: Floats,
    bootstrap: Bootstrap,
    at_each_origin: Measure | None = None,
    on_all: Measure | None = None,
) -> Replicates:
    """Measure on all rows and on every resample; the same for any scores, so that two of them can be compared in pairs.

    Parameters
    ----------
    stack, scores
        Outcomes, and a score for each row, (n,).
    bootstrap
        Number of resamples and seed.
    at_each_origin
        What is measured at each origin and averaged over the origins.
    on_all
        What is measured on all rows as one.

    Raises
    ------
    TrainingError
        If an origin has one outcome only.
    """
    every = np.arange(len(stack))
    if not len(stack) or not stack.has_both(every):
        raise TrainingError(f"{int(stack.labels.sum()):,} of {len(stack):,} firms are successes; both kinds are needed")
    origins = range(int(stack.origin.max()) + 1)

    def measure(rows: Rows) -> dict[str, float]:
        labels, found, origin = stack.labels[rows], scores[rows], stack.origin[rows]
        means: dict[str, float] = {}
        if at_each_origin is not None:
            parts = [at_each_origin(labels[origin == one], found[origin == one]) for one in origins]
            means = {name: float(np.mean([part[name] for part in parts])) for name in parts[0]}
        return means | (on_all(labels, found) if on_all is not None else {})

    # The fits inside are tiny: BLAS threads would only wait for each other.
    with threadpool_limits(limits=1, user_api="blas"):
        table = [measure(every), *(measure(rows) for rows in stack.resamples(bootstrap))]
    return {name: np.array([row[name] for row in table]) for name in table[0]}


def figure(draws: Floats) -> Figure:
    """Return the value with its percentile interval at 95 %, widened where needed to hold the value."""
    value = float(draws[0])
    low, high = np.percentile(draws[1:], _EDGES)
    return Figure(value=value, low=min(float(low), value), high=max(float(high), value))


def figures(draws: Replicates) -> dict[str, Figure]:
    """Return the figure of each metric."""
    return {name: figure(values) for name, values in draws.items()}
