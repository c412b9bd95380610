"""A table from a Parquet file, a few bytes of which may claim to be gigabytes."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.unchanged import unchanged
from littlegiants.ingest.tables.raw_table import RawTable

# Every row of a table has its own key, and text of more than 1,000 characters is quarantined anyway. A file beyond
# these limits is no table but a bomb: in rows, in pages, or in one value repeated.
_ROWS, _ROWS_PER_BYTE = 1_000_000, 64
_BYTES, _BYTES_PER_BYTE = 1 << 28, 200
_TEXT, _TEXT_PER_ROW = 1 << 26, 4_000


def read_parquet(path: Path) -> RawTable:
    """Read a table from a Parquet file.

    Raises
    ------
    TableError
        If a column is nested, or the file would unfold to far more than any table of its size.
    StopError
        If the file changes meanwhile.
    pyarrow.ArrowException, OSError
        If the file is damaged.
    """
    with unchanged(path):
        return _read(path)


def _read(path: Path) -> RawTable:
    with pyarrow.parquet.ParquetFile(path) as file:
        names = file.schema_arrow.names
        _check_size(path, file.metadata)
        for column in file.schema_arrow:
            if pa.types.is_nested(column.type):
                kind = str(column.type).partition("<")[0]
                raise TableError(f"{path}: column {column.name!r} is a {kind}; nested columns are not of the contract")
    # As dictionaries, so that a long text that many rows repeat is held once until its length is known.
    with pyarrow.parquet.ParquetFile(path, read_dictionary=names) as file:
        table = file.read()
    table.validate(full=True)
    columns = [_unfolded(path, name, column) for name, column in zip(names, table.columns, strict=True)]
    frame = pa.Table.from_arrays(columns, names).to_pandas(date_as_object=False, split_blocks=True)
    return RawTable.from_frame(pd.DataFrame(frame))


def _check_size(path: Path, metadata: pyarrow.parquet.FileMetaData) -> None:
    size = path.stat().st_size
    if metadata.num_rows > _ROWS + _ROWS_PER_BYTE * size:
        raise TableError(f"{path} claims {metadata.num_rows:,} rows in {size:,} bytes; it is refused as a bomb")
    unfolded = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    if unfolded > _BYTES + _BYTES_PER_BYTE * size:
        raise TableError(f"{path} claims {unfolded:,} bytes in {size:,} bytes; it is refused as a bomb")


def _unfolded(path: Path, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column without its dictionary.

    Raises
    ------
    TableError
        If its text is longer than a table's text can be.
    """
    if not pa.types.is_dictionary(column.type):
        return column
    length = 0
    for chunk in column.chunks:
        if pa.types.is_string(chunk.dictionary.type) or pa.types.is_large_string(chunk.dictionary.type):
            lengths = pyarrow.compute.binary_length(chunk.dictionary)
            length += pyarrow.compute.sum(lengths.take(chunk.indices)).as_py() or 0
    if length > _TEXT + _TEXT_PER_ROW * len(column):
        raise TableError(f"{path}: column {name!r} holds {length:,} bytes of text; it is refused as a bomb")
    return pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], column.type.value_type)
