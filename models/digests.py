"""Digests: of each firm's signals, and of a file's content before anything parses it."""

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from littlegiants.features.matrix import FeatureMatrix

_ROWS = 16_384


def row_digests(matrix: FeatureMatrix, columns: tuple[str, ...]) -> npt.NDArray[np.object_]:
    """Return 16 hex digits for each firm: two equal digests were scored from the very same signals, bit for bit.

    The digest covers the names of ``columns``, the as-of date and the row's float64 values in them; every NaN counts
    the same.
    """
    base = hashlib.blake2b("\0".join((matrix.as_of.isoformat(), *columns)).encode(), digest_size=8)
    # One NaN and one zero: which of their bit patterns arithmetic leaves is no fact about the firm.
    indices = _indices(matrix.names, columns)
    digests = np.empty(len(matrix), object)
    for first in range(0, len(matrix), _ROWS):  # no second copy of a large matrix
        values = matrix.values[first : first + _ROWS, indices] + 0.0
        values[np.isnan(values)] = np.nan
        for place, row in enumerate(values.astype("<f8", "C", copy=False), first):
            digest = base.copy()
            digest.update(row.tobytes())
            digests[place] = digest.hexdigest()
    return digests


@lru_cache(maxsize=16)
def _indices(names: tuple[str, ...], columns: tuple[str, ...]) -> npt.NDArray[np.intp]:
    return np.array([names.index(name) for name in columns], np.intp)


def content_digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()
