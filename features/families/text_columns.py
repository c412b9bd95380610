"""Text columns of event rows: numbers read out of texts, and how many different texts a firm has."""

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
        Returns the number of a text, NaN for none; called once for each different text.

    Returns
    -------
    ndarray of float64, shape (len(events),)
        NaN also where the text holds no number.
    """
    codes, vocabulary = events.column(name).astype(np.intp), events.vocabulary(name)
    # One entry more than there are texts: a missing text, -1, finds it and has no number.
    used = np.zeros(len(vocabulary) + 1, bool)
    used[codes] = True
    numbers = np.full(len(vocabulary) + 1, np.nan)
    for code in np.flatnonzero(used[:-1]):
        numbers[code] = read(vocabulary[code])
    return numbers[codes]


def distinct(events: Events, name: str) -> Floats:
    """Return how many different texts each firm has.

    Parameters
    ----------
    events
        The rows seen.
    name
        A text column.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 for a firm without rows, NaN when it has rows but no text.
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
