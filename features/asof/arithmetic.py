"""Arithmetic on numbers of firms and rows, some of them missing (NaN)."""

import numpy as np

from littlegiants.ingest.arrays import Floats

DAYS_PER_MONTH = 365.25 / 12
# Operands that NumPy need not convert first: for a single firm, that is half of the time of an operation.
ZERO, ONE, DOLLAR, MONTH = np.array(0.0), np.array(1.0), np.array(100.0), np.array(DAYS_PER_MONTH)


def zero_filled(values: Floats) -> Floats:
    """Return the values with 0 for NaN."""
    filled = values.copy()
    filled[np.isnan(filled)] = 0.0
    return filled


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return ``part / whole``; NaN where either is missing or the whole is not above zero."""
    nothing = whole <= ZERO
    return part / (np.where(nothing, np.nan, whole) if np.count_nonzero(nothing) else whole)
