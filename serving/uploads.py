"""Files that somebody sends: what kind they are, which tables they hold, and how much of them is taken.

A client's name of a file only says which table it holds; it is never a path. What the file is, is told by its first
bytes, and what it would unfold to by what it claims, before anything unfolds.
"""

import re
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.reports.wording import visible

# Text has no mark of its own: a file that bears another kind's mark is not it.
_MARKS = {b"PK\x03\x04": ".xlsx", b"PAR1": ".parquet"}
_FOREIGN = (
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"BZh",
)
_SUFFIXES = {".csv": ".csv", ".tsv": ".csv", ".txt": ".csv", ".parquet": ".parquet", ".xlsx": ".xlsx"}
# What browsers append to a second download of one name.
_COPY = re.compile(r" ?\(\d+\)$")
_BLOCK = 1 << 20
_COLUMNS = 256


class UploadError(TableError):
    """What was sent cannot be read as tables; ``status`` is how HTTP says so, ``code`` how it tells machines."""

    status, code = 422, "unreadable_upload"


class NothingSentError(UploadError):
    """No file was sent, or what was sent is no form."""

    status, code = 400, "nothing_sent"


class TooLargeError(UploadError):
    """More bytes, rows, columns or firms than are taken at once."""

    status, code = 413, "upload_too_large"


class UnsupportedError(UploadError):
    """A kind of file that holds no tables."""

    status, code = 415, "unsupported_upload"


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


def store(files: Sequence[Upload], folder: Path, bounds: Bounds) -> list[str]:
    """Put the files of tables into a folder under the tables' names.

    Returns
    -------
    list of str
        What is no table, in words.

    Raises
    ------
    UploadError
        If there is no file, or one is of another kind or too large.
    """
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
        raise UnsupportedError(
            f"{name} holds no table that can be read; save it as .xlsx without a password, or as .csv"
        )
    found = next((suffix for mark, suffix in _MARKS.items() if start.startswith(mark)), ".csv")
    if found != named:
        raise UnsupportedError(f"{name} holds no {named}, whatever its name says; save it anew as {named}")
    return found


def _check_size(path: Path, bounds: Bounds) -> None:
    """Refuse what would unfold to more than is taken, before anything unfolds."""
    rows, columns, unfolded = _SIZES[path.suffix](path)
    if rows > bounds.rows or columns > _COLUMNS:
        raise TooLargeError(
            f"{path.name} has more than {bounds.rows:,} rows or {_COLUMNS} columns; send less at a time"
        )
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
