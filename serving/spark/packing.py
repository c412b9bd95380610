"""Rows on their way to the task that scores their firm: those of one bucket of firms, as an Arrow stream.

Tables of different columns travel through one shuffle, and each value keeps the very type that it was read with.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.contract import FIRM_ID
from littlegiants.ingest.tables.parsing import to_text

PACKED = pa.schema([("bucket", pa.int32()), ("table", pa.string()), ("rows", pa.binary())])
# A stream for each bucket has a header of its own, which is small beside the rows of so many.
_ROWS = 65_536


def pack(batches: Iterable[pa.RecordBatch], table: str, buckets: int) -> Iterator[pa.RecordBatch]:
    """Pack the rows of a table by the bucket of their firm.

    Parameters
    ----------
    batches
        Some rows, ``firm_id`` among their columns.
    table
        Its name.
    buckets
        How many buckets there are. All rows of a firm are in the same one, whatever blanks surround its id.

    Yields
    ------
    RecordBatch
        By `PACKED`.
    """
    for rows in _blocks(batches):
        bucket = _bucket(rows[FIRM_ID.name], buckets)
        order = np.argsort(bucket, kind="stable")
        ordered = rows.take(order)
        bounds = np.searchsorted(bucket[order], np.arange(buckets + 1))
        filled = np.flatnonzero(np.diff(bounds))
        streams = [to_stream(ordered.slice(bounds[code], bounds[code + 1] - bounds[code])) for code in filled]
        columns = [pa.array(filled, pa.int32()), pa.array([table] * len(filled)), pa.array(streams, pa.binary())]
        yield pa.RecordBatch.from_arrays(columns, schema=PACKED)


def to_stream(rows: pa.Table) -> bytes:
    """Return some rows as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def from_stream(content: bytes) -> pa.Table:
    """Return the rows of an Arrow stream."""
    return pa.ipc.open_stream(content).read_all()


def _blocks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= _ROWS:
            yield pa.Table.from_batches(held)
            held = []
    if sum(map(len, held)):
        yield pa.Table.from_batches(held)


def _bucket(firm_ids: pa.ChunkedArray, buckets: int) -> npt.NDArray[np.int64]:
    """Return the bucket of each id, the same in every process: Python's own hash of a text is not."""
    try:
        texts = to_text(firm_ids.to_pandas(), FIRM_ID.name)
    except TableError:  # whoever reads these rows says what is wrong with them
        return np.zeros(len(firm_ids), np.int64)
    hashed = pd.util.hash_array(texts.to_numpy(object))
    return (hashed % np.uint64(buckets)).astype(np.int64)
