"""Uploaded files: their format, the tables that they hold, and the limits of their size.

The name that a client gives a file only says which table it holds; it is never a path. The first bytes tell the format.
The size that a file would unpack to is read from what the file states, before anything is unpacked. Rows and columns
are counted by the parser of each format itself, see `littlegiants.ingest.tables.limits`.
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
from littlegiants.ingest.tables.limits import Limits
from littlegiants.reports.wording import visible

# Text has no mark of its own: a file with the mark of another format is not text.
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
    """The upload cannot be read as tables; ``status`` is the HTTP status, ``code`` the word for machines."""

    status, code = 422, "unreadable_upload"


class NothingSentError(UploadError):
    """No file was sent, or the form is damaged."""

    status, code = 400, "nothing_sent"


class TooLargeError(UploadError):
    """More bytes, rows, columns or firms than the limits allow."""

    status, code = 413, "upload_too_large"


class UnsupportedError(UploadError):
    """A file format that holds no tables."""

    status, code = 415, "unsupported_upload"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file as it was sent: the name that the client gave it, and its bytes."""

    name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits: rows of a file, firms of a portfolio, and bytes of an unpacked workbook."""

    rows: int = 200_000
    firms: int = 2_000
    unfolded: int = 1 << 27

    @property
    def limits(self) -> Limits:
        """Rows and columns that a parser takes."""
        return Limits(self.rows, _COLUMNS)


def store(files: Sequence[Upload], folder: Path, bounds: Bounds) -> list[str]:
    """Write the files of tables into a folder, each under the name of its table.

    Parameters
    ----------
    files
        The files as they were sent.
    folder
        An empty folder.
    bounds
        The limits of their size.

    Returns
    -------
    list of str
        A note on each file that is no table.

    Raises
    ------
    NothingSentError
        If there is no file.
    UnsupportedError
        If the format of a file is not supported, or is not the one that its name says.
    TooLargeError
        If a file is too large.
    UploadError
        If a file is empty or damaged, or two files hold the same table.
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
    """Return the format of a file by its first bytes, which its name must not contradict."""
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
    """Refuse a file that would unpack to more than the limits, before anything is unpacked."""
    measure = _SIZES.get(path.suffix)
    unfolded = 0 if measure is None else measure(path)
    if unfolded > bounds.unfolded:
        raise TooLargeError(f"{path.name} unfolds to {unfolded:,} bytes; at most {bounds.unfolded:,} are taken")


def _parquet_size(path: Path) -> int:
    try:
        found = pyarrow.parquet.read_metadata(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UploadError(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from error
    return sum(found.row_group(group).total_byte_size for group in range(found.num_row_groups))


def _workbook_size(path: Path) -> int:
    try:
        with zipfile.ZipFile(path) as archive:
            # No reader unpacks more of a member than it claims.
            return sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UploadError(f"{path.name} cannot be read as a workbook: {error}; save it anew as .xlsx") from error


_SIZES = {".parquet": _parquet_size, ".xlsx": _workbook_size}
