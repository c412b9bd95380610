"""A table as a reader hands it over, before any of its values is judged."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.tables.quarantine import Quarantine


@dataclass(slots=True)
class RawTable:
    """A table as it was read.

    Attributes
    ----------
    frame
        The values, text or typed, with a plain index from 0.
    rows : ndarray of int64, shape (len(frame),)
        Each row's record number in the source, counted from 1.
    rejected
        Records that could not be read at all, which are not in ``frame``.
    """

    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    rejected: Quarantine = field(default_factory=Quarantine)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> "RawTable":
        """Number the rows of a frame from 1."""
        return cls(frame.reset_index(drop=True), np.arange(1, len(frame) + 1))
