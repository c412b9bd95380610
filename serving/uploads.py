"""Files that somebody sends, as tables: kept in a private folder while they are read, under names of our own.

A client's name of a file only says which table it holds; it is never a path. What the file is, is told by its first
bytes. It is read by the very readers of ``giants import``, and what they set apart keeps its place in the file.
"""

import re
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from littlegiants.features.contract import TABLES
from littlegiants.features.errors import TableError
from littlegiants.features.loading import RawTable
from littlegiants.features.quarantine import Reconciliation
from littlegiants.features.sources.canonical import import_canonical
from littlegiants.features.sources.imported import Imported
from littlegiants.features.sources.workbook import read_workbook
from littlegiants.features.tables import Tables
from littlegiants.models.wording import visible

# Text has no mark of its own: a file that bears another kind's mark is not it.
_MARKS = {b"PK\x03\x04": ".xlsx", b"PAR1": ".parquet"}
_FOREIGN = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh")
_SUFFIXES = {".csv": ".csv", ".tsv": ".csv", ".txt": ".csv", ".parquet": ".parquet", ".xlsx": ".xlsx"}
# What browsers append to a second download of one name.
_COPY = re.compile(r" ?\(\d+\)$")
_BLOCK = 1 << 20
_COLUMNS = 256


class UploadError(TableError):
    """What was sent cannot be read as tables; ``status`` is how HTTP says so."""

    status = 422


class NothingSentError(UploadError):
    """No file was sent, or what was sent is no form."""

    status = 400


class TooLargeError(UploadError):
    """More bytes, rows, columns or firms than are taken at once."""

    status = 413


class UnsupportedError(UploadError):
    """A kind of file that holds no tables."""

    status = 415


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent: what the client calls it, and its bytes."""

    name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is read: rows of a file, firms of a portfolio, and bytes that a workbook may unfold to."""

    rows: int = 200_000
    firms: int = 2_000
    unfolded: int = 1 << 27


@dataclass(frozen=True, slots=True)
class Received:
    """Uploaded tables, and the account of every row.

    Attributes
    ----------
    tables
        What can be scored.
    frames
        The rows used, by table, as text.
    sums
        Of each table: rows read = used + set apart.
    faults
        Rows set apart: ``table, row, column, code, value``; rows are records counted from 1, the header not counted.
    headed
        The tables whose file has its header in the first row, so that a spreadsheet shows record 1 as row 2.
    notes
        What was not read, in words.
    """

    tables: Tables
    frames: Mapping[str, pd.DataFrame]
    sums: tuple[Reconciliation, ...]
    faults: pd.DataFrame
    headed: frozenset[str]
    notes: tuple[str, ...]


def read_upload(files: Sequence[Upload], constant_prices: int | None = None, bounds: Bounds | None = None) -> Received:
    """Read one workbook with a sheet for each table, files named as the tables, or a single file of firms.

    Parameters
    ----------
    files
        What was sent.
    constant_prices
        Base year of constant prices, as the model's manifest has it.
    bounds
        How much is taken.

    Raises
    ------
    UploadError
        If no file was sent (`NothingSentError`), one is of another kind (`UnsupportedError`) or too large
        (`TooLargeError`), or the tables cannot be read as a whole.
    """
    bounds = bounds or Bounds()
    with tempfile.TemporaryDirectory(prefix="littlegiants-") as folder:
        try:
            # The folder is its owner's alone, as mkdtemp makes it.
            notes = _store(files, Path(folder), bounds)
            imported = import_canonical(_source(Path(folder)), delimiter=None)
            received = _received(imported, notes, constant_prices)
        except UploadError:
            raise
        except TableError as error:
            raise UploadError(str(error).replace(f"{folder}/", "").replace(folder, "the upload")) from error
    if len(received.tables) > bounds.firms:
        raise TooLargeError(f"{len(received.tables):,} firms were sent; send at most {bounds.firms:,} at a time")
    return received


def _store(files: Sequence[Upload], folder: Path, bounds: Bounds) -> list[str]:
    """Put the files of tables into the folder under the tables' names; return what is not one."""
    if not files:
        raise NothingSentError("no file was sent; choose a workbook, or the files of the tables")
    notes = []
    for upload in files:
        suffix = _suffix(upload)
        table = _COPY.sub("", PurePosixPath(upload.name.replace("\\", "/")).stem.lower())
        if len(files) == 1 and table not in TABLES:
            table = "firms"
        if table not in TABLES:
            notes.append(f"{visible(upload.name)} is no table of the contract: not read")
            continue
        if any(folder.glob(f"{table}.*")):
            raise UploadError(f"two files were sent for the table {table}; send one")
        path = folder / f"{table}{suffix}"
        with path.open("xb") as file:
            shutil.copyfileobj(upload.file, file, _BLOCK)
        _check_size(path, bounds)
    return notes


def _suffix(upload: Upload) -> str:
    """Return the kind of a file by what it holds, which its name must not contradict."""
    start = upload.file.read(8)
    upload.file.seek(0)
    name, named = visible(upload.name), _SUFFIXES.get(PurePosixPath(upload.name.lower()).suffix)
    if not start:
        raise UploadError(f"{name} is empty; a table has at least its header line")
    if named is None:
        raise UnsupportedError(f"{name} is neither .xlsx nor .csv nor .parquet; save it as one of them")
    if start.startswith(_FOREIGN):
        raise UnsupportedError(f"{name} holds no table that can be read; save it as .xlsx without a password, or as .csv")
    found = next((suffix for mark, suffix in _MARKS.items() if start.startswith(mark)), ".csv")
    if found != named:
        raise UnsupportedError(f"{name} holds no {named}, whatever its name says; save it anew as {named}")
    return found


def _check_size(path: Path, bounds: Bounds) -> None:
    """Refuse what would unfold to more than is taken, before anything unfolds."""
    rows, columns, unfolded = _SIZES[path.suffix](path)
    if rows > bounds.rows or columns > _COLUMNS:
        raise TooLargeError(f"{path.name} has more than {bounds.rows:,} rows or {_COLUMNS} columns; send less at a time")
    if unfolded > bounds.unfolded:
        raise TooLargeError(f"{path.name} unfolds to {unfolded:,} bytes; at most {bounds.unfolded:,} are taken")


def _csv_size(path: Path) -> tuple[int, int, int]:
    raw = path.read_bytes()
    header = re.split(rb"[\r\n]", raw.lstrip(b"\r\n"), maxsplit=1)[0]
    return max(raw.count(b"\n"), raw.count(b"\r")), 1 + max(header.count(mark) for mark in (b",", b";", b"\t")), 0


def _parquet_size(path: Path) -> tuple[int, int, int]:
    try:
        found = pyarrow.parquet.read_metadata(path)
    except (pa.ArrowException, OSError) as error:
        raise UploadError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error
    unfolded = sum(found.row_group(group).total_byte_size for group in range(found.num_row_groups))
    return found.num_rows, found.num_columns, unfolded


def _workbook_size(path: Path) -> tuple[int, int, int]:
    try:
        with zipfile.ZipFile(path) as archive:
            # No reader unpacks more of a member than it claims.
            return 0, 0, sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UploadError(f"{path.name} cannot be read as a workbook: {error}; save it anew as .xlsx") from error


_SIZES = {".csv": _csv_size, ".parquet": _parquet_size, ".xlsx": _workbook_size}


def _source(folder: Path) -> Path:
    """Return the workbook where there is one alone that has sheets for tables, else the folder."""
    (path, *others) = sorted(folder.iterdir()) or [folder]
    if others or path.suffix != ".xlsx":
        return folder
    _, sheets = read_workbook(path, ())
    # A single sheet of any name is the table that the file is named as.
    return folder if len(sheets) == 1 and sheets[0] not in TABLES else path


def _received(imported: Imported, notes: Sequence[str], constant_prices: int | None) -> Received:
    first = imported.quarantine.frame()
    raw = {}
    for table, sums in zip(imported.frames, imported.reconciliations, strict=True):
        first.loc[first["table"] == sums.table, "table"] = table
        used = np.setdiff1d(np.arange(1, sums.read + 1), first.loc[first["table"] == table, "row"])
        raw[table] = RawTable(imported.frames[table], used)
    tables = Tables.from_raw(raw, constant_prices)
    faults = pd.concat([first, tables.quarantine.frame()]).sort_values(["table", "row", "column"], kind="stable")
    headed = frozenset(t for t, e in zip(raw, imported.encodings.values(), strict=True) if e != "parquet")
    sums = tuple(_sums(imported.reconciliations, tables.reconciliations))
    return Received(tables, imported.frames, sums, faults, headed, (*notes, *imported.notes))


def _sums(first: Sequence[Reconciliation], then: Sequence[Reconciliation]) -> Iterator[Reconciliation]:
    """Add up the sums of the files, and of their rows once more as tables."""
    for read, used in zip(first, then, strict=True):
        by_code = dict(Counter(read.by_code) + Counter(used.by_code))
        apart = read.quarantined + used.quarantined
        yield Reconciliation(used.table, read.read, used.used, apart, by_code, used.ignored_columns)
