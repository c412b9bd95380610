"""A table from a Parquet file, a few bytes of which may claim to be gigabytes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.unchanged import unchanged
from littlegiants.ingest.tables.column_names import match_columns, own_columns
from littlegiants.ingest.tables.contract import Kind, Table
from littlegiants.ingest.tables.limits import UNLIMITED, Limits
from littlegiants.ingest.tables.raw_table import RawTable, frame_of

# Every row of a table has its own key, of which a quarter of a byte is left at the very least, however well a file is
# compressed. One beyond these limits is no table but a bomb: in rows, in pages, or in one value repeated.
_ROWS, _ROWS_PER_BYTE = 20_000, 4
_BYTES, _BYTES_PER_BYTE = 1 << 24, 100
_TEXT, _TEXT_PER_BYTE = 1 << 23, 100


def read_parquet(
    path: Path, spec: Table | None = None, ignored: Collection[str] = (), limits: Limits = UNLIMITED
) -> RawTable:
    """Read a table from a Parquet file; the checksums of its pages, where it has them, are verified.

    Parameters
    ----------
    path
        The file.
    spec
        The table of the contract whose columns are read, and no others; None for all columns.
    ignored
        Columns that resemble one of the contract and are none.
    limits
        Of rows and columns.

    Raises
    ------
    TableError
        If a column is nested or its name is not UTF-8, or the file would unfold to far more than any table of its size
        or than the limits.
    StopError
        If the file changes meanwhile.
    pyarrow.ArrowException, OSError
        If the file is damaged.
    """
    (whole,) = parquet_chunks(path, spec, ignored, limits)
    return whole


def parquet_chunks(
    path: Path,
    spec: Table | None = None,
    ignored: Collection[str] = (),
    limits: Limits = UNLIMITED,
    rows: int | None = None,
) -> Iterator[RawTable]:
    """Read a Parquet file as `read_parquet` does, in chunks, so that it may be larger than memory.

    Parameters
    ----------
    path, spec, ignored, limits
        As of `read_parquet`.
    rows
        How many rows a chunk has at most; by default all rows are one chunk.

    Raises
    ------
    TableError, StopError, pyarrow.ArrowException, OSError
        As `read_parquet`.
    """
    with unchanged(path):
        try:
            yield from _chunks(path, spec, ignored, limits, rows)
        except UnicodeDecodeError:  # from Arrow, which checks the text of values but not the names of columns
            raise TableError(f"{path}: the name of a column is not UTF-8; write the file anew") from None


def _chunks(
    path: Path, spec: Table | None, ignored: Collection[str], limits: Limits, rows: int | None
) -> Iterator[RawTable]:
    with pyarrow.parquet.ParquetFile(path, page_checksum_verification=True) as file:
        names = file.schema_arrow.names
        limits.check(path.name, file.metadata.num_rows, len(names))
        _check_size(path, file.metadata)
        for column in file.schema_arrow:
            if pa.types.is_nested(column.type):
                kind = str(column.type).partition("<")[0]
                raise TableError(f"{path}: column {column.name!r} is a {kind}; nested columns are not of the contract")
    own = dict(enumerate(names)) if spec is None else match_columns(spec, names, ignored)
    read = [names[index] for index in own]
    first, lengths = 1, dict.fromkeys(read, 0)
    # As dictionaries, so that a long text that many rows repeat is held once until its length is known.
    with pyarrow.parquet.ParquetFile(path, read_dictionary=read, page_checksum_verification=True) as file:
        for table in [file.read(read)] if rows is None else _tables(file, read, rows):
            table.validate(full=True)
            for name, column in zip(table.column_names, table.columns, strict=True):
                lengths[name] += _text_length(column)
                _check_length(path, name, lengths[name])
            chunk = _raw(table, spec, read, own, names)
            yield replace(chunk, rows=chunk.rows + (first - 1))
            first += len(table)


def _tables(file: pyarrow.parquet.ParquetFile, read: list[str], rows: int) -> Iterator[pa.Table]:
    """Give the rows of a file so many at a time; an empty file as one table without rows."""
    for batch in file.iter_batches(rows, columns=read) if file.metadata.num_rows else ():
        yield pa.Table.from_batches([batch])
    if not file.metadata.num_rows:
        yield file.read(read)


def _raw(
    table: pa.Table, spec: Table | None, read: list[str], own: Mapping[int, str], names: Sequence[str]
) -> RawTable:
    if spec is None:
        return RawTable.from_frame(_to_pandas(table))
    known = zip(table.columns, own.values(), strict=True)
    columns = [column if _stays_folded(column, spec, name) else _unfolded(column) for column, name in known]
    frame = frame_of(pa.Table.from_arrays(columns, read))
    return own_columns(spec, replace(RawTable.from_frame(frame), unread=_others(names, own)))


def _others(names: Sequence[str], own: Collection[int]) -> tuple[str, ...]:
    return tuple(name for index, name in enumerate(names) if index not in own)


def _check_size(path: Path, metadata: pyarrow.parquet.FileMetaData) -> None:
    size = path.stat().st_size
    if metadata.num_rows > _ROWS + _ROWS_PER_BYTE * size:
        raise TableError(f"{path} claims {metadata.num_rows:,} rows in {size:,} bytes; it is refused as a bomb")
    unfolded = sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))
    if unfolded > _BYTES + _BYTES_PER_BYTE * size:
        raise TableError(f"{path} claims {unfolded:,} bytes in {size:,} bytes; it is refused as a bomb")


def _text_length(column: pa.ChunkedArray) -> int:
    """Return the bytes of a column's text, once unfolded."""
    length = 0
    for chunk in column.chunks if _is_folded_text(column) else ():
        if len(chunk):
            lengths = pyarrow.compute.binary_length(chunk.dictionary).fill_null(0).to_numpy(zero_copy_only=False)
            times = np.bincount(chunk.indices.drop_null().to_numpy(), minlength=len(lengths))
            length += int(times @ lengths.astype(np.int64))
    return length


def _check_length(path: Path, name: str, length: int) -> None:
    """Refuse text that is longer, once unfolded, than a table's text can be."""
    if length > _TEXT + _TEXT_PER_BYTE * path.stat().st_size:
        raise TableError(f"{path}: column {name!r} holds {length:,} bytes of text; it is refused as a bomb")


def _is_folded_text(column: pa.ChunkedArray) -> bool:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else pa.null()
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _stays_folded(column: pa.ChunkedArray, spec: Table, known: str) -> bool:
    """Return whether rows share the column's texts, so that each distinct one is parsed once: not ids of events."""
    ids = {of.name for of in spec.columns if of.kind is Kind.ID}
    return _is_folded_text(column) and known not in ids


def _to_pandas(table: pa.Table) -> pd.DataFrame:
    unfolded = pa.Table.from_arrays([_unfolded(column) for column in table.columns], table.column_names)
    return pd.DataFrame(unfolded.to_pandas(date_as_object=False, split_blocks=True))


def _unfolded(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(column.type):
        return column
    return pa.chunked_array([chunk.dictionary_decode() for chunk in column.chunks], column.type.value_type)
