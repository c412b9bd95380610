"""How a feature is distributed over a cohort: counts in bins, and how far two such counts lie from each other."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from littlegiants.ingest.arrays import Floats

Counts = npt.NDArray[np.int64]
BINS = 10
_HALF = 0.5


class Distribution(BaseModel):
    """A feature's rows by bin, in a form small enough to travel with a model.

    The first count is of the missing values. Bin ``i`` of the others holds the values above ``edges[i - 1]`` up to
    ``edges[i]``; the last one holds what is above all edges.

    Examples
    --------
    >>> seen = Distribution.of(np.array([1.0, 1.0, 2.0, np.nan]))
    >>> seen.counts
    (1, 0, 2, 1, 0)
    >>> seen.counted(np.array([0.0, 1.0, 7.0])).tolist()
    [0, 1, 1, 0, 1]
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    usual: float = Field(0.0, ge=0, description="largest PSI between this cohort and one of the other training dates")

    @field_validator("edges")
    @classmethod
    def _ascend(cls, edges: tuple[float, ...]) -> tuple[float, ...]:
        if any(low >= high for low, high in pairwise(edges)):
            raise ValueError("edges do not ascend")
        return edges

    @model_validator(mode="after")
    def _counts_fit(self) -> "Distribution":
        if len(self.counts) != len(self.edges) + 2 or min(self.counts) < 0:
            raise ValueError("one count of at least 0 is needed for each bin, and one for the missing values")
        return self

    @classmethod
    def of(cls, values: Floats, categories: int | None = None) -> "Distribution":
        """Return the distribution of a feature's values.

        Parameters
        ----------
        values : ndarray, shape (n,)
            NaN where missing.
        categories
            How many categories there are, if the values are codes: each is a bin of its own. Otherwise the bins end at
            the tenths of the known values, with one below and one above all of them.
        """
        edges = np.arange(categories, dtype=np.float64) if categories is not None else _tenths(values)
        empty = cls(edges=tuple(edges.tolist()), counts=(0,) * (len(edges) + 2))
        return empty.model_copy(update={"counts": tuple(empty.counted(values).tolist())})

    def counted(self, values: Floats) -> Counts:
        """Return how many values are missing, and how many lie in each bin."""
        known = values[~np.isnan(values)]
        bins = np.searchsorted(self.edges, known, side="left")
        counts = np.bincount(bins, minlength=len(self.edges) + 1)
        return np.concatenate(([len(values) - len(known)], counts)).astype(np.int64)


def psi(one: Counts, other: Counts) -> float:
    """Return the population stability index of two counts over the same bins.

    Half a row is added to each bin, so that an empty one gives a finite number. Without any drift the index is about
    ``(bins - 1) * (1 / n + 1 / m)``, which is large for few rows: it says how much has moved, a test whether it has.
    Source: Yurdakul and Naranjo (2020), statistical properties of the population stability index.

    Examples
    --------
    >>> round(psi(np.array([50, 50]), np.array([50, 50])), 3)
    0.0
    >>> round(psi(np.array([50, 50]), np.array([80, 20])), 2)
    0.41
    """
    a, b = (counts + _HALF for counts in (one, other))
    p, q = a / a.sum(), b / b.sum()
    return float(((p - q) * np.log(p / q)).sum())


def _tenths(values: Floats) -> Floats:
    known = values[np.isfinite(values)]
    if not len(known):
        return np.array([])
    tenths = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1), method="lower"))
    # A bin below the least value: a constant that falls is as much a change as one that rises.
    return np.concatenate(([np.nextafter(tenths[0], -np.inf)], tenths))
