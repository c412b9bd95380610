"""The sheets of any file: delimited text, a workbook or Parquet."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from littlegiants.ingest.errors import ConfigError, StopError, TableError
from littlegiants.ingest.mapping.delimited import read_delimited
from littlegiants.ingest.mapping.header_rows import Header, unique_names
from littlegiants.ingest.mapping.sheets import Sheet, readable
from littlegiants.ingest.mapping.workbook_cells import read_cells
from littlegiants.ingest.readers.parquet_file import read_parquet
from littlegiants.ingest.sources.common.exports import read_bytes
from littlegiants.ingest.sources.common.workbook import as_text

SUFFIXES = {
    **dict.fromkeys((".csv", ".tsv", ".txt", ".tab"), "text"),
    **dict.fromkeys((".xlsx", ".xlsm"), "workbook"),
    ".parquet": "parquet",
}


def read_sheets(paths: Sequence[Path], *, encoding: str | None = None, delimiter: str | None = None) -> list[Sheet]:
    """Return the sheets of files, each under its file's name.

    Parameters
    ----------
    paths
        The files: ``.csv``, ``.tsv``, ``.txt``, ``.xlsx``, ``.xlsm`` or ``.parquet``.
    encoding, delimiter
        Of delimited files, see `littlegiants.ingest.mapping.delimited.read_delimited`.

    Raises
    ------
    ConfigError
        If two files have one name, or an option is wrong.
    TableError
        If a file is of another kind, or cannot be read as a whole.
    StopError
        If a file changes while it is read.
    """
    names = [path.name for path in paths]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"two files are named {twice[0]}; rename one, so that their records can be told apart")
    return [sheet for path in paths for sheet in _read(path, encoding, delimiter)]


def _read(path: Path, encoding: str | None, delimiter: str | None) -> list[Sheet]:
    kind = SUFFIXES.get(path.suffix.lower())
    if kind == "workbook":
        return read_cells(path)
    if kind == "parquet":
        return [_parquet(path)]
    if kind == "text":
        delimiter = delimiter or ("\t" if path.suffix.lower() in (".tsv", ".tab") else None)
        return read_delimited(path, encoding=encoding, delimiter=delimiter)
    hint = "; save it as .xlsx" if path.suffix.lower() in (".xls", ".ods", ".numbers") else ""
    raise TableError(f"{path} is of no kind that is read ({', '.join(SUFFIXES)}){hint}")


def _parquet(path: Path) -> Sheet:
    digest = hashlib.sha256(read_bytes(path)).hexdigest()
    try:
        frame = read_parquet(path).frame
    except (pa.ArrowException, OSError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise TableError(f"{path} cannot be read: {reason}") from error
    if hashlib.sha256(read_bytes(path)).hexdigest() != digest:
        raise StopError(f"{path} changed while it was read; import it again once it is whole")
    header = Header(tuple(unique_names(map(str, frame.columns))), 1)
    own = readable(header.names, header.names)
    table = pa.table({header.names[index]: pa.array(_texts(frame.iloc[:, index]), pa.string()) for index in own})
    return Sheet(path.name, header, table, np.arange(1, len(frame) + 1), len(frame), "parquet", digest)


def _texts(values: pd.Series) -> Iterator[str]:
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%dT%H:%M:%S").str.removesuffix("T00:00:00")
    missing = values.isna()
    for value, absent in zip(values.astype(object), missing, strict=True):
        yield "" if absent else str(as_text(value))
