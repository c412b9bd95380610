"""Rows scored at training and kept with the model: a model that scores them otherwise is not the same model.

Numbers are kept as text that reads back to the same double, since JSON has no NaN.
"""

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import RecordedScores
from littlegiants.models.scoring.model import Model

ROWS = 16


def recorded_rows(model: Model, values: Floats) -> tuple[RecordedScores, ...]:
    """Score rows spread evenly over a matrix, and one row without any known signal.

    Parameters
    ----------
    model
        The model; its manifest is not used.
    values : ndarray, shape (n, k)
        The rows the booster was fitted on.
    """
    chosen = values[np.linspace(0, len(values) - 1, ROWS).astype(np.int64)]
    rows = np.vstack([chosen, np.full(values.shape[1], np.nan)])
    pairs = zip(rows, _scores(model, rows), strict=True)
    return tuple(RecordedScores(signals=_text(signals), scores=_text(scores)) for signals, scores in pairs)


def differing_rows(model: Model) -> list[int]:
    """Return the indices of the recorded rows that do not score as recorded, to the last bit."""
    recorded = model.manifest.recorded_scores
    width = model.market.booster.num_feature()
    rows = [_numbers(row.signals) for row in recorded]
    sound = [place for place, row in enumerate(rows) if len(row) == width]
    scores = dict(zip(sound, _scores(model, np.array([rows[place] for place in sound])), strict=True)) if sound else {}
    return [
        place
        for place, row in enumerate(recorded)
        if place not in scores or not _same(scores[place], _numbers(row.scores))
    ]


def _scores(model: Model, values: Floats) -> Floats:
    market, low, high = model.interval(values)
    return np.column_stack([market, low, high, model.subsidised_share(values, market)])


def _same(one: Floats, other: Floats) -> bool:
    return bool(np.array_equal(one, other, equal_nan=True))


def _text(numbers: npt.NDArray[np.float64]) -> str:
    return " ".join(map(repr, numbers.tolist()))


def _numbers(text: str) -> Floats:
    try:
        return np.array([float(word) for word in text.split()])
    except ValueError:
        return np.array([])
