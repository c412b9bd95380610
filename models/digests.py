"""Digests: of each firm's signals, and of a file's content before anything parses it."""

import hashlib

import numpy as np
import numpy.typing as npt

from littlegiants.features.matrix import FeatureMatrix


def row_digests(matrix: FeatureMatrix) -> npt.NDArray[np.object_]:
    """Return 16 hex digits for each firm: two equal digests were scored from the very same signals, bit for bit.

    The digest covers the columns' names, the as-of date and the row's float64 values; every NaN counts the same.
    """
    base = hashlib.blake2b("\0".join((matrix.as_of.isoformat(), *matrix.names)).encode(), digest_size=8)
    # One NaN and one zero: which of their bit patterns arithmetic leaves is no fact about the firm.
    values = np.where(np.isnan(matrix.values), np.nan, matrix.values + 0.0).astype("<f8")
    digests = np.empty(len(matrix), object)
    for place, row in enumerate(values):
        digest = base.copy()
        digest.update(row.tobytes())
        digests[place] = digest.hexdigest()
    return digests


def content_digest(content: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()
