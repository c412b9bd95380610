"""Frames as files: whole or not at all, no number rounded, no cell that a spreadsheet would run."""

import io
import math
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.atomic import replacing
from littlegiants.ingest.files.formula_guard import guard
from littlegiants.ingest.files.workbook import WorkbookWriter, check_workbook

SUFFIXES = (".csv", ".parquet", ".xlsx")
# Readers work by row group: one huge group would keep all but one of them waiting.
ROW_GROUP = 65_536
_NEEDS_QUOTES = re.compile('[",\r\n]')


def write_frame(frame: pd.DataFrame, path: Path) -> None:
    """Write any frame of numbers, flags and text as CSV, Parquet or a workbook, by the path's suffix.

    Raises
    ------
    ConfigError
        If the suffix is neither ``.csv`` nor ``.parquet`` nor ``.xlsx``, or the file cannot be written.
    MissingExtraError
        If it is a workbook, and openpyxl is not installed.
    """
    with frame_writer(path) as write:
        write(frame)


@contextmanager
def frame_writer(path: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    """Give a function that adds rows to a file; it takes its place when the block ends well, and there is none else.

    The bytes are those of `write_frame` with all rows at once, whatever the frames that they come in. The first frame
    says which columns there are and of which kind; one may have no rows.

    Raises
    ------
    ConfigError
        As `write_frame`.
    """
    check_suffix(path)
    try:
        with (
            replacing(path) as file,
            _RowGroups(file, _WRITERS[path.suffix.lower()]) as groups,
        ):
            yield groups.add
    except (UnicodeEncodeError, pa.ArrowException) as error:
        raise ConfigError(f"{path} cannot be written: {str(error).splitlines()[0]}") from None


class _RowGroups:
    """Gathers rows and writes whole row groups of them."""

    def __init__(self, file: BinaryIO, kind: "type[_Writer]") -> None:
        self._file, self._kind = file, kind
        self._writer: _Writer | None = None
        self._waiting: list[pd.DataFrame] = []

    def add(self, frame: pd.DataFrame) -> None:
        """Take rows, and write the row groups that are whole by now."""
        if self._writer is None:
            self._writer = self._kind(self._file, frame)
        self._waiting.append(frame)
        if sum(map(len, self._waiting)) >= ROW_GROUP:
            rows = self._gathered()
            whole = len(rows) - len(rows) % ROW_GROUP
            for first in range(0, whole, ROW_GROUP):
                self._writer.add(rows.iloc[first : first + ROW_GROUP])
            self._waiting = [rows.iloc[whole:]]

    def __enter__(self) -> "_RowGroups":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Write what is left and what ends the file; after an error only the latter."""
        if self._writer is not None:
            with closing(self._writer):
                if kind is None and len(rows := self._gathered()):
                    self._writer.add(rows)

    def _gathered(self) -> pd.DataFrame:
        return self._waiting[0] if len(self._waiting) == 1 else pd.concat(self._waiting, ignore_index=True)


def to_csv(frame: pd.DataFrame) -> bytes:
    r"""Return a frame as the very bytes that `write_frame` puts into a CSV file.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"firm_id": ["=1+1"], "p_market": [0.1]}))
    b"firm_id,p_market\n'=1+1,0.1\n"
    """
    file = io.BytesIO()
    with _RowGroups(file, _Csv) as groups:
        groups.add(frame)
    return file.getvalue()


def check_suffix(path: Path, allowed: tuple[str, ...] = SUFFIXES) -> None:
    """Refuse a path of another kind. Called early, it saves work whose result could not be written.

    Raises
    ------
    ConfigError
        If the path does not end in one of ``allowed``.
    MissingExtraError
        If it is a workbook, and openpyxl is not installed.

    Examples
    --------
    >>> check_suffix(Path("s.ods"))
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.ConfigError: s.ods ends in '.ods'; name a file that ends in .csv or .parquet or .xlsx
    """
    if path.suffix.lower() not in allowed:
        ends = f"ends in {path.suffix!r}" if path.suffix else "has no suffix"
        raise ConfigError(f"{path} {ends}; name a file that ends in {' or '.join(allowed)}")
    if path.suffix.lower() == ".xlsx":
        check_workbook()


class _Writer(Protocol):
    """Writes rows to a file, of the columns that a first frame has."""

    def __init__(self, file: BinaryIO, first: pd.DataFrame) -> None: ...

    def add(self, rows: pd.DataFrame) -> None:
        """Write a row group."""

    def close(self) -> None:
        """Write what ends the file."""


class _Csv:
    def __init__(self, file: BinaryIO, first: pd.DataFrame) -> None:
        self._file = file
        file.write((",".join(map(_text, first.columns)) + "\n").encode())

    def add(self, rows: pd.DataFrame) -> None:
        cells = [_cells(column) for _, column in rows.items()]
        self._file.writelines((",".join(row) + "\n").encode() for row in zip(*cells, strict=True))

    def close(self) -> None:
        pass


class _Parquet:
    def __init__(self, file: BinaryIO, first: pd.DataFrame) -> None:
        self._schema = pa.schema([(name, _arrow_type(column)) for name, column in first.items()])
        self._writer = pq.ParquetWriter(file, self._schema, write_page_checksum=True)

    def add(self, rows: pd.DataFrame) -> None:
        columns = [_array(column, self._schema.field(name).type) for name, column in rows.items()]
        self._writer.write_table(pa.table(columns, schema=self._schema), row_group_size=ROW_GROUP)

    def close(self) -> None:
        self._writer.close()


_WRITERS: dict[str, type[_Writer]] = {".csv": _Csv, ".parquet": _Parquet, ".xlsx": WorkbookWriter}


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


def _arrow_type(column: pd.Series) -> pa.DataType:
    if pd.api.types.is_bool_dtype(column.dtype):
        return pa.bool_()
    if pd.api.types.is_float_dtype(column.dtype):
        return pa.float64()
    return pa.int64() if pd.api.types.is_integer_dtype(column.dtype) else pa.string()


def _array(column: pd.Series, kind: pa.DataType) -> pa.Array:
    values = column.astype("str") if kind == pa.string() else column
    return pa.array(values.to_numpy(object if kind == pa.string() else None), kind, from_pandas=True)
