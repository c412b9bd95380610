"""Frames as files: whole or not at all, no number rounded, no cell that a spreadsheet would run."""

import io
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.atomic import replacing
from littlegiants.ingest.files.formula_guard import guard

SUFFIXES = (".csv", ".parquet")
# Readers work by row group: one huge group would keep all but one of them waiting.
ROW_GROUP = 65_536
_NEEDS_QUOTES = re.compile('[",\r\n]')


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write any frame of numbers, flags and text as CSV or Parquet, by the path's suffix.

    Raises
    ------
    ConfigError
        If the suffix is neither ``.csv`` nor ``.parquet``, or the file cannot be written.
    """
    check_suffix(path)
    write = _write_csv if path.suffix.lower() == ".csv" else _write_parquet
    try:
        with replacing(path) as file:
            write(frame, file)
    except (UnicodeEncodeError, pa.ArrowException) as error:
        raise ConfigError(f"{path} cannot be written: {str(error).splitlines()[0]}") from None


def to_csv(frame: pd.DataFrame) -> bytes:
    r"""Return a frame as the very bytes that `write_frame` puts into a CSV file.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"firm_id": ["=1+1"], "p_market": [0.1]}))
    b"firm_id,p_market\n'=1+1,0.1\n"
    """
    file = io.BytesIO()
    _write_csv(frame, file)
    return file.getvalue()


def check_suffix(path: Path, allowed: tuple[str, ...] = SUFFIXES) -> None:
    """Refuse a path of another kind. Called early, it saves work whose result could not be written.

    Raises
    ------
    ConfigError
        If the path does not end in one of ``allowed``.

    Examples
    --------
    >>> check_suffix(Path("scores.xlsx"))
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.ConfigError: scores.xlsx ends in '.xlsx'; name a file that ends in .csv or .parquet
    """
    if path.suffix.lower() not in allowed:
        ends = f"ends in {path.suffix!r}" if path.suffix else "has no suffix"
        raise ConfigError(f"{path} {ends}; name a file that ends in {' or '.join(allowed)}")


def _write_csv(frame: pd.DataFrame, file: BinaryIO) -> None:
    file.write((",".join(map(_text, frame.columns)) + "\n").encode())
    for rows in _row_groups(frame):
        cells = [_cells(column) for _, column in rows.items()]
        file.writelines((",".join(row) + "\n").encode() for row in zip(*cells, strict=True))


def _cells(column: pd.Series) -> list[str]:
    """Return a column as it stands in CSV: numbers untouched, flags in lower case, text that no spreadsheet runs."""
    if pd.api.types.is_bool_dtype(column.dtype):
        return ["true" if value else "false" for value in column.tolist()]
    if pd.api.types.is_float_dtype(column.dtype):
        return ["" if math.isnan(value) else repr(value) for value in column.astype(float).tolist()]
    if pd.api.types.is_integer_dtype(column.dtype):
        return [str(value) for value in column.tolist()]
    return [_text(value) for value in column.astype("str").fillna("").tolist()]


def _text(value: str) -> str:
    harmless = guard(value)
    # By hand, because the csv module leaves a lone carriage return unquoted, and readers end the line there.
    return '"' + harmless.replace('"', '""') + '"' if _NEEDS_QUOTES.search(harmless) else harmless


def _write_parquet(frame: pd.DataFrame, file: BinaryIO) -> None:
    schema = pa.schema([(name, _arrow_type(column)) for name, column in frame.items()])
    with pq.ParquetWriter(file, schema) as writer:
        for rows in _row_groups(frame):
            if len(rows):
                columns = [_array(column, schema.field(name).type) for name, column in rows.items()]
                writer.write_table(pa.table(columns, schema=schema), row_group_size=ROW_GROUP)


def _arrow_type(column: pd.Series) -> pa.DataType:
    if pd.api.types.is_bool_dtype(column.dtype):
        return pa.bool_()
    if pd.api.types.is_float_dtype(column.dtype):
        return pa.float64()
    return pa.int64() if pd.api.types.is_integer_dtype(column.dtype) else pa.string()


def _array(column: pd.Series, kind: pa.DataType) -> pa.Array:
    values = column.astype("str") if kind == pa.string() else column
    return pa.array(values.to_numpy(object if kind == pa.string() else None), kind, from_pandas=True)


def _row_groups(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Give the frame a row group at a time, so that memory is bounded; an empty frame once, for its header."""
    for first in range(0, max(len(frame), 1), ROW_GROUP):
        yield frame.iloc[first : first + ROW_GROUP]
