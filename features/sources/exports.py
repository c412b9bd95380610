"""A published CSV file as it lies on disk: its encoding, its records, and the account of each of them."""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.errors import TableError
from littlegiants.features.loading import Loader, RawTable
from littlegiants.features.quarantine import Quarantine, Reconciliation


@dataclass(slots=True)
class Export:
    """The records of one source file that are still in use, and those set apart.

    Attributes
    ----------
    name
        The file's name, which is its ``table`` in the quarantine.
    frame
        Stripped text; the index is the 1-based record number in the file, the header not counted.
    encoding, digest
        How the bytes were read, and their SHA-256.
    read
        Records in the file.
    """

    name: str
    frame: pd.DataFrame
    encoding: str
    digest: str
    read: int
    quarantine: Quarantine = field(default_factory=Quarantine)

    def set_apart(self, rows: pd.Series, column: str, code: str) -> None:
        """Quarantine the records where the boolean ``rows`` is true."""
        found = self.frame.loc[rows]
        self.quarantine.add(self.name, found.index.to_numpy(np.int64), column, code, found[column])
        self.frame = self.frame.loc[~rows]

    def keep_valid(
        self,
        table: str,
        rows: pd.DataFrame,
        source_columns: Mapping[str, str],
        firm_ids: npt.NDArray[np.object_] | None = None,
    ) -> pd.DataFrame:
        """Return the rows that the contract takes, and quarantine the records of the others.

        Parameters
        ----------
        table, rows
            A table of the contract and rows for it, indexed by record number.
        source_columns
            Where each column came from; a column not named here keeps its name in the quarantine.
        firm_ids
            Ascending ids of the firms, or None when the table is the firms table.
        """
        faults = find_faults(table, rows, firm_ids)
        for column, code in sorted(set(zip(faults["column"], faults["code"], strict=True))):
            group = faults.loc[(faults["column"] == column) & (faults["code"] == code)]
            numbers = group["row"].to_numpy(np.int64)
            self.quarantine.add(self.name, numbers, source_columns.get(column, column), code, group["value"])
        self.frame = self.frame.loc[~self.frame.index.isin(faults["row"])]
        return rows.loc[~rows.index.isin(faults["row"])]

    def reconcile(self) -> Reconciliation:
        """Return the sums; a record with several faults counts once, under the first."""
        first = self.quarantine.frame().drop_duplicates("row")
        by_code = {str(code): int(count) for code, count in first["code"].value_counts().items()}
        return Reconciliation(self.name, self.read, len(self.frame), len(first), by_code)


def read_export(path: Path, columns: Sequence[str]) -> Export:
    """Read a comma-separated file whose encoding and line ends are not known beforehand.

    Blank and ragged records are quarantined. The bytes are read once, so that what is used is what the digest names.

    Parameters
    ----------
    path
        The file.
    columns
        Columns it must have; others may stand beside them.

    Raises
    ------
    TableError
        If the file is not a regular file, cannot be decoded or split into records, or lacks a column.
    """
    raw = _read_bytes(path)
    encoding = _detect(raw, path)
    header, records = _split(raw.decode(encoding), path)
    missing = [name for name in columns if header.count(name) != 1]
    if missing:
        raise TableError(f"{path}: column {missing[0]!r} must stand once in the header, which is {', '.join(header)}")
    quarantine = Quarantine()
    numbers = np.arange(1, len(records) + 1)
    blank = np.array([not any(record) for record in records], bool)
    ragged = ~blank & np.array([len(record) != len(header) for record in records], bool)
    for mask, code in ((blank, "blank_row"), (ragged, "ragged_row")):
        quarantine.add(path.name, numbers[mask], "", code, [",".join(records[place]) for place in np.flatnonzero(mask)])
    good = np.flatnonzero(~blank & ~ragged)
    frame = pd.DataFrame([records[place] for place in good], columns=header, index=numbers[good], dtype="str")
    return Export(path.name, frame, encoding, hashlib.sha256(raw).hexdigest(), len(records), quarantine)


def find_faults(table: str, rows: pd.DataFrame, firm_ids: npt.NDArray[np.object_] | None = None) -> pd.DataFrame:
    """Return what reading these rows as a table of the contract would quarantine: ``row, column, code, value``."""
    loader = Loader()
    loader.load(table, RawTable(rows.reset_index(drop=True), rows.index.to_numpy(np.int64)), firm_ids)
    return loader.quarantine.frame().drop(columns="table")


def _read_bytes(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise TableError(f"{path} is not a regular file; name the file, or its folder, as it was published")
    try:
        return path.read_bytes()
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error


def _detect(raw: bytes, path: Path) -> str:
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = next((name for mark, name in marks.items() if raw.startswith(mark)), None)
    lines = raw.splitlines()
    if marked or _decodes(raw, "utf-8"):
        encoding = marked or "utf-8"
    elif b"\n" not in raw and len(lines) > 1:
        # Only programs of the classic Mac OS, and Excel for Mac after them, end lines with a lone carriage return.
        encoding = "mac_roman"
    elif any(_decodes(line, "utf-8") for line in lines if not line.isascii()):
        raise TableError(f"{path} is UTF-8 in some lines and not in others; save it as UTF-8")
    else:
        encoding = "cp1252"
    if not _decodes(raw, encoding):
        raise TableError(f"{path} is neither UTF-8 nor {encoding}; save it as UTF-8")
    return encoding


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _split(text: str, path: Path) -> tuple[list[str], list[list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        records = [[value.strip() for value in record] for record in reader]
    except csv.Error as error:
        # From an open quote on nobody can tell where records end, so no part of the file can be trusted.
        raise TableError(f"{path}, line {reader.line_num}: {error}; mend the quotes of the file") from error
    if not records:
        raise TableError(f"{path} is empty; it must have a header line")
    return records[0], records[1:]
