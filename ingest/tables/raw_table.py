"""A table as a reader hands it over, before any of its values is judged."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from littlegiants.ingest.tables.quarantine import Quarantine
from littlegiants.ingest.tables.vocabulary import plain_text


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
    unread
        Names of columns that the contract does not know, which are not in ``frame`` either.
    """

    frame: pd.DataFrame
    rows: npt.NDArray[np.int64]
    rejected: Quarantine = field(default_factory=Quarantine)
    unread: tuple[str, ...] = ()

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> "RawTable":
        """Number the rows of a frame from 1."""
        return cls(frame.reset_index(drop=True), np.arange(1, len(frame) + 1))

    def numbered_after(self, rows: int, columns: Sequence[str]) -> "RawTable":
        """Return the rows as those that follow so many, with their columns in the given order."""
        records = self.rejected.frame()
        rejected = Quarantine.of(records.assign(row=records["row"] + rows))
        return RawTable(self.frame[list(columns)], self.rows + rows, rejected, self.unread)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return an Arrow table as a frame: text by codes and dates as they are stored, all else as pandas has it."""
    stored = [field.name for field in table.schema if _stays(field.type)]
    frame: pd.DataFrame = table.drop_columns(stored).to_pandas(date_as_object=False, split_blocks=True)
    columns = {name: pd.arrays.ArrowExtensionArray(table[name].unify_dictionaries()) for name in stored}
    frame = frame.assign(**columns)[table.column_names]
    return frame


def _stays(kind: pa.DataType) -> bool:
    text = kind.value_type if pa.types.is_dictionary(kind) else pa.null()
    return bool(pa.types.is_date32(kind) or pa.types.is_string(text) or pa.types.is_large_string(text))


def joined(chunks: Sequence[RawTable]) -> RawTable:
    """Return the chunks of a table, one at least, as one."""
    if len(chunks) == 1:
        return chunks[0]
    rejected = Quarantine()
    for chunk in chunks:
        rejected.extend(chunk.rejected)
    frame = pd.concat([plain_text(chunk.frame) for chunk in chunks], ignore_index=True)
    unread = dict.fromkeys(name for chunk in chunks for name in chunk.unread)
    return RawTable(frame, np.concatenate([chunk.rows for chunk in chunks]), rejected, tuple(unread))
