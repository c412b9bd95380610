"""What event rows say in words: numbers read out of a text column, and how many different words a firm has."""

from collections.abc import Callable

import numpy as np

from littlegiants.features.asof.events import Events
from littlegiants.ingest.arrays import Floats


def read_numbers(events: Events, name: str, read: Callable[[str], float]) -> Floats:
    """Return the number that is read out of each seen row's text, NaN where the text is missing.

    Parameters
    ----------
    events
        The rows seen.
    name
        A text column.
    read
        What to make of a text; called once for each different one, NaN when it says no number.

    Returns
    -------
    ndarray of float64, shape (len(events),)
    """
    codes, words = events.column(name).astype(np.intp), events.vocabulary(name)
    # One place more than there are words: a missing text, -1, finds it and has no number.
    used = np.zeros(len(words) + 1, bool)
    used[codes] = True
    numbers = np.full(len(words) + 1, np.nan)
    for code in np.flatnonzero(used[:-1]):
        numbers[code] = read(words[code])
    return numbers[codes]


def distinct(events: Events, name: str) -> Floats:
    """Return how many different texts each firm has: 0 for a firm without rows, NaN when it has rows but no text.

    Parameters
    ----------
    events
        The rows seen.
    name
        A text column.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    codes, width = events.column(name).astype(np.intp), len(events.vocabulary(name)) + 1
    known = codes >= 0
    texts = np.sort(events.firm[known] * width + codes[known])
    another = np.ones(len(texts), bool)
    another[1:] = texts[1:] != texts[:-1]
    count = events.count()
    different = np.bincount(texts[another] // width, minlength=len(count)).astype(np.float64)
    different[np.isnan(count) | ((different == 0) & (count > 0))] = np.nan
    return different
