"""The bootstrap: percentile intervals at 95 % from firms that are resampled with replacement.

Where a firm has one row, rows are resampled. In a backtest a firm may stand at several origins: its rows share most of
their past and, where windows overlap, their outcome. Rows resampled one by one would count them as independent and give
intervals that are too narrow (Cameron, Gelbach and Miller 2008), so there a firm is resampled with all its rows.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TrainingError
from littlegiants.models.manifest import Figure
from littlegiants.training.evaluation.metrics import Labels, Metric, measure
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes, Rows

Measure = Callable[[Labels, Floats], dict[str, float]]
# The value on all rows first, then one for each resample.
Replicates = Mapping[str, Floats]
EDGES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Resampling of firms with replacement.

    Attributes
    ----------
    resamples
        How many resamples are made. One that lacks successes or failures is drawn again.
    seed
        Seed of the random choice: the same firms for any scores, so that two scores can be compared in pairs.
    """

    resamples: int = 200
    seed: int = 7

    def figures(self, metrics: dict[str, Metric], labels: Labels, probabilities: Floats) -> dict[str, Figure]:
        """Measure each metric, with its interval, on firms that have one row each.

        Parameters
        ----------
        metrics
            By name. The same resamples serve every metric.
        labels, probabilities : ndarray, shape (n,)
            0/1 outcomes and scores, one a firm.

        Raises
        ------
        TrainingError
            If there is one outcome only.
        """
        if not 0 < labels.sum() < len(labels):
            raise _one_outcome(labels)
        # The fits inside are tiny: BLAS threads would only wait for each other.
        with threadpool_limits(limits=1, user_api="blas"):
            table = [measure(metrics, labels, probabilities)]
            table += [measure(metrics, labels[rows], probabilities[rows]) for rows in self.rows(labels)]
        return {name: figure(np.array([row[name] for row in table])) for name in metrics}

    def replicates(
        self,
        outcomes: PooledOutcomes,
        scores: Floats,
        at_each_origin: Measure | None = None,
        on_all: Measure | None = None,
    ) -> Replicates:
        """Measure on all rows and on every resample of firms.

        Parameters
        ----------
        outcomes, scores
            Outcomes, and a score for each row, (n,).
        at_each_origin
            What is measured at each origin and averaged over the origins.
        on_all
            What is measured on all rows as one.

        Raises
        ------
        TrainingError
            If an origin has one outcome only.
        """
        every = np.arange(len(outcomes))
        if not len(outcomes) or not outcomes.has_both(every):
            raise _one_outcome(outcomes.labels)
        origins = range(int(outcomes.origin.max()) + 1)

        def measured(rows: Rows) -> dict[str, float]:
            labels, found, origin = outcomes.labels[rows], scores[rows], outcomes.origin[rows]
            means: dict[str, float] = {}
            if at_each_origin is not None:
                parts = [at_each_origin(labels[origin == one], found[origin == one]) for one in origins]
                means = {name: float(np.mean([part[name] for part in parts])) for name in parts[0]}
            return means | (on_all(labels, found) if on_all is not None else {})

        with threadpool_limits(limits=1, user_api="blas"):
            table = [measured(every), *(measured(rows) for rows in self.firms(outcomes))]
        return {name: np.array([row[name] for row in table]) for name in table[0]}

    def rows(self, labels: Labels) -> Iterator[Rows]:
        """Give the rows of each resample of firms that have one row each, in the order drawn."""
        size = len(labels)
        return self._accepted(
            lambda random: random.integers(0, size, size), lambda rows: bool(0 < labels[rows].sum() < size)
        )

    def firms(self, outcomes: PooledOutcomes) -> Iterator[Rows]:
        """Give the rows of each resample of firms with all their rows, ascending; both outcomes at every origin."""
        _, firm = np.unique(outcomes.firm_ids, return_inverse=True)
        firms = int(firm.max()) + 1

        def drawn(random: np.random.Generator) -> Rows:
            times = np.bincount(random.integers(0, firms, firms), minlength=firms)
            return np.repeat(np.arange(len(outcomes)), times[firm])

        return self._accepted(drawn, outcomes.has_both)

    def _accepted(
        self, drawn: Callable[[np.random.Generator], Rows], has_both: Callable[[Rows], bool]
    ) -> Iterator[Rows]:
        random, found = np.random.default_rng(self.seed), 0
        while found < self.resamples:
            rows = drawn(random)
            if has_both(rows):
                found += 1
                yield rows


def figure(replicates: Floats) -> Figure:
    """Return the value with its percentile interval at 95 %, widened where needed to hold the value.

    Resampling adds noise, so that an error such as the ECE comes out larger than it is nearly every time.

    Parameters
    ----------
    replicates : ndarray, shape (1 + resamples,)
        The value on all rows first.

    Examples
    --------
    >>> figure(np.array([0.5, 0.6, 0.6]))
    Figure(value=0.5, low=0.5, high=0.6)
    """
    value = float(replicates[0])
    low, high = np.percentile(replicates[1:], EDGES) if len(replicates) > 1 else (value, value)
    return Figure(value=value, low=min(float(low), value), high=max(float(high), value))


def figures(replicates: Replicates) -> dict[str, Figure]:
    """Return the figure of each metric."""
    return {name: figure(values) for name, values in replicates.items()}


def _one_outcome(labels: Labels) -> TrainingError:
    return TrainingError(f"{int(labels.sum()):,} of {len(labels):,} firms are successes; both kinds are needed")
