"""How much each feature says on a data set: for which share of the firms it is known, constant, or never observed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from littlegiants.features.matrix import CATEGORICAL, FAMILIES, FeatureMatrix
from littlegiants.features.population.population import Population

CoverageKind = Literal["varies", "constant", "never observed"]


@dataclass(frozen=True, slots=True)
class Coverage:
    """One signal over the firms of a feature matrix.

    Attributes
    ----------
    name, family
        The signal and its family.
    firms
        How many firms have a value.
    share
        ``firms`` over all firms of the matrix, 0 to 1; 0 for a matrix without firms.
    kind
        ``varies`` when two firms differ, also when only one of them has a value; ``constant`` when all firms have the
        same value; ``never observed`` when none has any. The last two say nothing about a firm, and are left as they
        are: nothing is imputed.
    low, median, high
        5th, 50th and 95th percentile of the values, in the signal's unit; None without a value and for a category.
    """

    name: str
    family: str
    firms: int
    share: float
    kind: CoverageKind
    low: float | None
    median: float | None
    high: float | None


def coverage(matrix: FeatureMatrix) -> tuple[Coverage, ...]:
    """Return the coverage of each feature of a matrix, in the matrix's order."""
    families = {builder.__name__: family for family, module in FAMILIES.items() for builder in module.COLUMNS}
    columns = zip(matrix.names, matrix.values.T, strict=True)
    return tuple(_covered(name, families[name], values) for name, values in columns)


def _covered(name: str, family: str, values: np.ndarray) -> Coverage:
    known = values[~np.isnan(values)]
    kind: CoverageKind = "never observed" if not len(known) else "varies"
    if len(known) and len(known) == len(values) and (known == known[0]).all():
        kind = "constant"
    measured = len(known) and name not in CATEGORICAL
    low, median, high = np.percentile(known, (5, 50, 95)).tolist() if measured else (None, None, None)
    return Coverage(name, family, len(known), len(known) / max(len(values), 1), kind, low, median, high)


def to_frame(matrix: FeatureMatrix, population: Population) -> pd.DataFrame:
    """Return a feature matrix as a frame for people: ``firm_id``, ``as_of_date``, then the features.

    Parameters
    ----------
    matrix
        The features.
    population
        What they were computed with; its vocabularies turn the codes of categories back into text.

    Returns
    -------
    DataFrame
        One row a firm; float64 columns, NaN where missing; categories as text, empty where missing.
    """
    frame = pd.DataFrame(matrix.values, columns=list(matrix.names))
    for name, category in CATEGORICAL.items():
        vocabulary = np.array([*population.vocabulary(category), ""], object)
        codes = frame[name].fillna(-1).to_numpy().astype(np.int64)
        frame[name] = pd.Series(vocabulary[codes], dtype="str")
    frame.insert(0, "firm_id", pd.Series(matrix.firm_ids, dtype="str"))
    frame.insert(1, "as_of_date", matrix.as_of.isoformat())
    return frame
