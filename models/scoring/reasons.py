"""Reason codes: the three signals that moved a score most, with their value and signed points.

Points are exact TreeSHAP contributions to the calibrated log-odds on the credit scorecards' scale, on which
`POINTS_TO_DOUBLE` points double the odds (Siddiqi 2006).
"""

import math
from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats

POINTS_TO_DOUBLE = 20.0
SHOWN = 3


def points(contributions: Floats, slope: float) -> Floats:
    """Return contributions in log-odds as points, after the calibration's slope."""
    return contributions * (slope * POINTS_TO_DOUBLE / math.log(2))


def reason_codes(
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
        How many.

    Returns
    -------
    list of ndarray of object
        Texts such as ``months_since_last_round=3.9 (+14)``; ``missing`` where there is no value, and empty text
        where no column is left.
    """
    strength = np.abs(score_points)
    strength[:, [name in unstable for name in names]] = -1.0
    # A stable sort: equal contributions keep the columns' order on every machine.
    order = np.argsort(-strength, axis=1, kind="stable")[:, :shown]
    rows = np.arange(len(values))
    codes = []
    for rank in range(shown):
        column = order[:, rank]
        found = zip(column, values[rows, column], score_points[rows, column], strict=True)
        texts = [_code(names[c], v, p, categories.get(names[c])) for c, v, p in found]
        codes.append(np.where(strength[rows, column] < 0, "", np.array(texts, object)))
    return codes


def _code(name: str, value: float, score: float, words: tuple[str, ...] | None) -> str:
    known = f"{value:.4g}" if words is None or math.isnan(value) else words[int(value)]
    text = "missing" if math.isnan(value) else known
    return f"{name}={text} ({score:+.0f})"
