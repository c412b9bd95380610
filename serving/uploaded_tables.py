"""Uploaded files as tables, every row of them accounted for by its place in its file.

They are kept in a private folder while they are read, by the very readers of ``giants import``.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from littlegiants.ingest.errors import TableError, TooMuchError
from littlegiants.ingest.sources.canonical import read_canonical
from littlegiants.ingest.sources.common.imported import Imported
from littlegiants.ingest.sources.common.workbook import read_workbook
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.quarantine import Reconciliation
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.tables import Tables
from littlegiants.serving.uploads import Bounds, TooLargeError, Upload, UploadError, store


@dataclass(frozen=True, slots=True)
class UploadedTables:
    """Uploaded tables, and the account of every row.

    Attributes
    ----------
    tables
        The tables to score.
    frames
        The rows used, by table, as text.
    sums
        The account of each table: rows read = used + quarantined.
    violations
        Quarantined rows: ``table, row, column, code, value``; rows are records counted from 1, the header not counted.
    headed
        The tables whose file has its header in the first row, so that a spreadsheet shows record 1 as row 2.
    notes
        Sentences on what was not read.
    """

    tables: Tables
    frames: Mapping[str, pd.DataFrame]
    sums: tuple[Reconciliation, ...]
    violations: pd.DataFrame
    headed: frozenset[str]
    notes: tuple[str, ...]


def read_upload(
    files: Sequence[Upload],
    constant_prices: int | None = None,
    bounds: Bounds | None = None,
    ignore_columns: Sequence[str] = (),
) -> UploadedTables:
    """Read one workbook with a sheet for each table, files named as the tables, or a single file of firms.

    Parameters
    ----------
    files
        The files as they were sent.
    constant_prices
        Base year of constant prices, as the model's manifest has it.
    bounds
        Limits of size; by default those of `Bounds`.
    ignore_columns
        Columns that resemble one of the contract and are none.

    Raises
    ------
    UploadError
        If no file was sent (`NothingSentError`), a format is not supported (`UnsupportedError`), a file is too large
        (`TooLargeError`), or the tables cannot be read as a whole.
    ConfigError
        If a column to be ignored is of the contract.
    """
    bounds = bounds or Bounds()
    with tempfile.TemporaryDirectory(prefix="littlegiants-") as folder:
        try:
            # mkdtemp makes the folder private to its owner.
            notes = store(files, Path(folder), bounds)
            imported = read_canonical(_source(Path(folder)), bounds.limits, ignore_column=ignore_columns)
            uploaded = _uploaded(imported, notes, constant_prices)
        except UploadError:
            raise
        except TableError as error:
            kind = TooLargeError if isinstance(error, TooMuchError) else UploadError
            raise kind(str(error).replace(f"{folder}/", "").replace(folder, "the upload")) from error
    if len(uploaded.tables) > bounds.firms:
        raise TooLargeError(f"{len(uploaded.tables):,} firms were sent; send at most {bounds.firms:,} at a time")
    return uploaded


def _source(folder: Path) -> Path:
    """Return the workbook if it is the only file and has sheets for tables, else the folder."""
    (path, *others) = sorted(folder.iterdir()) or [folder]
    if others or path.suffix != ".xlsx":
        return folder
    _, sheets = read_workbook(path, ())
    # A single sheet of any name is the table that the file is named as.
    return folder if len(sheets) == 1 and sheets[0] not in TABLES else path


def _uploaded(imported: Imported, notes: Sequence[str], constant_prices: int | None) -> UploadedTables:
    first = imported.quarantine.frame()
    raw = {}
    for table, sums in zip(imported.frames, imported.reconciliations, strict=True):
        first.loc[first["table"] == sums.table, "table"] = table
        used = np.setdiff1d(np.arange(1, sums.read + 1), first.loc[first["table"] == table, "row"])
        raw[table] = RawTable(imported.frames[table], used)
    tables = Tables.from_raw(raw, constant_prices)
    violations = pd.concat([first, tables.quarantine.frame()]).sort_values(["table", "row", "column"], kind="stable")
    headed = frozenset(t for t, e in zip(raw, imported.encodings.values(), strict=True) if e != "parquet")
    account = tuple(_sums(imported.reconciliations, tables.reconciliations))
    return UploadedTables(tables, imported.frames, account, violations, headed, (*notes, *imported.notes))


def _sums(first: Sequence[Reconciliation], then: Sequence[Reconciliation]) -> Iterator[Reconciliation]:
    """Add up the sums of the files, and of their rows once more as tables."""
    for read, used in zip(first, then, strict=True):
        by_code = dict(Counter(read.by_code) + Counter(used.by_code))
        apart = read.quarantined + used.quarantined
        yield Reconciliation(used.table, read.read, used.used, apart, by_code, used.ignored_columns)
