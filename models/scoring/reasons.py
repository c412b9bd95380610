"""Reasons: the features that moved a score most, with their values and signed points.

Points are exact TreeSHAP contributions to the calibrated log-odds on the credit scorecards' scale, on which
`POINTS_TO_DOUBLE` points double the odds (Siddiqi 2006). A reason stays data until an edge renders it: as the reason
code of a score file or an HTTP response, or in words on a page.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats
from littlegiants.models.scoring.score_columns import REASON_COLUMNS

POINTS_TO_DOUBLE = 20.0
SHOWN = len(REASON_COLUMNS)


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature that moved a firm's score.

    Attributes
    ----------
    feature
        The feature's column name.
    value
        Its value: a number in the feature's unit, the word of a category, or None where it is missing.
    points
        What it moved the score by, in points of which `POINTS_TO_DOUBLE` double the odds.

    Examples
    --------
    >>> print(Reason("months_since_last_round", 3.9, 14.2))
    months_since_last_round=3.9 (+14)
    >>> print(Reason("region_code", "Oslo", -3.0), Reason("age_years", None, 0.4))
    region_code=Oslo (-3) age_years=missing (+0)
    """

    feature: str
    value: float | str | None
    points: float

    def __str__(self) -> str:
        """Return the reason code, as score files and HTTP responses carry it."""
        value = "missing" if self.value is None else self.value
        text = value if isinstance(value, str) else f"{value:.4g}"
        return f"{self.feature}={text} ({self.points:+.0f})"


def points(contributions: Floats, slope: float) -> Floats:
    """Return contributions in log-odds as points, after the calibration's slope."""
    return contributions * (slope * POINTS_TO_DOUBLE / math.log(2))


def strongest_reasons(
    score_points: Floats,
    values: Floats,
    names: tuple[str, ...],
    categories: Mapping[str, tuple[str, ...]],
    unstable: Collection[str] = (),
    shown: int = SHOWN,
) -> list[npt.NDArray[np.object_]]:
    """Return the strongest reasons of each firm, strongest first.

    Parameters
    ----------
    score_points, values : ndarray, shape (n, k)
        Points and feature values.
    names, categories
        Column names, and the words behind the codes of category columns.
    unstable
        Columns that are never a reason: the next strongest take their place.
    shown
        How many reasons a firm gets.

    Returns
    -------
    list of ndarray of object, each of shape (n,)
        One array for each rank. It holds a `Reason` for each firm, or None where no column is left.
    """
    strength = np.abs(score_points)
    strength[:, [name in unstable for name in names]] = -1.0
    # A stable sort: equal contributions keep the columns' order on every machine.
    order = np.argsort(-strength, axis=1, kind="stable")[:, :shown]
    rows = np.arange(len(values))
    ranks = []
    for rank in range(shown):
        column = order[:, rank]
        found = zip(column.tolist(), values[rows, column].tolist(), score_points[rows, column].tolist(), strict=True)
        reasons = np.array([Reason(names[c], _value(v, categories.get(names[c])), p) for c, v, p in found], object)
        reasons[strength[rows, column] < 0] = None
        ranks.append(reasons)
    return ranks


def reason_codes(reasons: Iterable[Any]) -> list[str]:
    """Return reasons (or None) as reason codes, empty text for None.

    Examples
    --------
    >>> reason_codes([Reason("age_years", 3.0, -5.0), None])
    ['age_years=3 (-5)', '']
    """
    return ["" if reason is None else str(reason) for reason in reasons]


def _value(value: float, words: tuple[str, ...] | None) -> float | str | None:
    if math.isnan(value):
        return None
    return value if words is None else words[int(value)]
