"""A published CSV file: its records, each of which is used or quarantined."""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.sources.common.encodings import GARBLED, check_encoding, decode
from littlegiants.ingest.tables.contract import FIRM_ID, KNOWN_ON, TABLES
from littlegiants.ingest.tables.limits import UNLIMITED, Limits
from littlegiants.ingest.tables.loading import Loader
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation
from littlegiants.ingest.tables.raw_table import RawTable

_DELIMITERS = ",;\t"


@dataclass(slots=True)
class Export:
    """The records of one source file that are still in use, and those that are quarantined.

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
    unlisted
        By code, records that were counted and not kept: in a file of millions, those of other firms.
    """

    name: str
    frame: pd.DataFrame
    encoding: str
    digest: str
    read: int
    quarantine: Quarantine = field(default_factory=Quarantine)
    unlisted: Mapping[str, int] = field(default_factory=dict)

    def reject(self, rows: pd.Series, column: str, code: str) -> None:
        """Quarantine some records.

        Parameters
        ----------
        rows
            Which ones: true or false by record number.
        column, code
            The column that is wrong, and why, one of the codes of the quarantine.
        """
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
        violations = find_violations(table, rows, firm_ids)
        for column, code in sorted(set(zip(violations["column"], violations["code"], strict=True))):
            group = violations.loc[(violations["column"] == column) & (violations["code"] == code)]
            numbers = group["row"].to_numpy(np.int64)
            self.quarantine.add(self.name, numbers, source_columns.get(column, column), code, group["value"])
        self.frame = self.frame.loc[~self.frame.index.isin(violations["row"])]
        return rows.loc[~rows.index.isin(violations["row"])]

    def reconcile(self) -> Reconciliation:
        """Return the sums; a record with several violations counts once, under the first."""
        first = self.quarantine.frame().drop_duplicates("row")
        by_code = Counter({str(code): int(count) for code, count in first["code"].value_counts().items()})
        by_code.update(self.unlisted)
        return Reconciliation(self.name, self.read, len(self.frame), by_code.total(), dict(by_code))


def read_export(
    path: Path,
    columns: Sequence[str],
    delimiter: str | None = ",",
    encoding: str | None = None,
    limits: Limits = UNLIMITED,
) -> Export:
    """Read a delimited file, of which the line ends, and often the encoding, are not known.

    Blank and ragged records are quarantined, and with a declared encoding those that are not text in it. The bytes are
    read once, so that what is used is what the digest names.

    Parameters
    ----------
    path
        The file.
    columns
        Columns it must have; others may stand beside them.
    delimiter
        The character between fields, as the source declares it; None takes the one of comma, semicolon and tab that
        the header has most of.
    encoding
        One of `littlegiants.ingest.sources.common.encodings.ENCODINGS`; None finds it out.
    limits
        Of records and columns, as they are parsed.

    Raises
    ------
    ConfigError
        If the encoding is not known, or the delimiter not one character.
    TableError
        If the file is not a regular file, cannot be decoded or split into records, lacks a column, or exceeds the
        limits.
    """
    _check_options(encoding, delimiter)
    declared, raw = encoding is not None, read_bytes(path)
    text, encoding = decode(raw, encoding, path)
    header, records = _split(text, path, delimiter or _most_frequent(text), limits)
    missing = [name for name in columns if header.count(name) != 1]
    if missing:
        raise TableError(f"{path}: column {missing[0]!r} must stand once in the header, which is {listed(header)}")
    quarantine = Quarantine()
    numbers = np.arange(1, len(records) + 1)
    blank = np.array([not any(record) for record in records], bool)
    ragged = ~blank & np.array([len(record) != len(header) for record in records], bool)
    # An encoding that was found out fits every byte; only a declared one leaves marks where it does not.
    garbled = ~blank & ~ragged & np.array([declared and GARBLED in "".join(record) for record in records], bool)
    for mask, code in ((blank, "blank_row"), (ragged, "ragged_row"), (garbled, "undecodable_text")):
        quarantine.add(path.name, numbers[mask], "", code, [",".join(records[place]) for place in np.flatnonzero(mask)])
    good = np.flatnonzero(~blank & ~ragged & ~garbled)
    frame = pd.DataFrame([records[place] for place in good], columns=header, index=numbers[good], dtype="str")
    return Export(path.name, frame, encoding, hashlib.sha256(raw).hexdigest(), len(records), quarantine)


def find_violations(table: str, rows: pd.DataFrame, firm_ids: npt.NDArray[np.object_] | None = None) -> pd.DataFrame:
    """Return what reading these rows as a table of the contract would quarantine: ``row, column, code, value``.

    Parameters
    ----------
    table, rows
        A table of the contract and rows for it, indexed by record number.
    firm_ids
        Ascending ids of the firms, or None when the table is the firms table.
    """
    loader = Loader()
    numbers = rows.index.to_numpy(np.int64)
    # What a source has beyond the contract is no one's misspelling.
    own = [name for name in (FIRM_ID.name, KNOWN_ON.name, *(c.name for c in TABLES[table].columns)) if name in rows]
    loader.load(table, RawTable(rows[own].reset_index(drop=True), numbers), firm_ids)
    return loader.quarantine.frame().drop(columns="table")


def read_bytes(path: Path) -> bytes:
    """Return what a regular file holds.

    Raises
    ------
    TableError
        If it is a link, a folder, a pipe or a device, or cannot be read.
    """
    if path.is_symlink() or not path.is_file():
        raise TableError(f"{path} is not a regular file; name the file, or its folder, as it was published")
    try:
        return path.read_bytes()
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error


def _check_options(encoding: str | None, delimiter: str | None) -> None:
    check_encoding(encoding)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise ConfigError(f"delimiter {delimiter!r} cannot separate fields; it is one character, such as ';'")


def _most_frequent(text: str) -> str:
    """Return the delimiter by which the header, as the parser reads it, has most columns."""
    return max(_DELIMITERS, key=lambda delimiter: len(_first(text, delimiter)))


def _first(text: str, delimiter: str) -> list[str]:
    try:
        return next(iter(_reader(text, delimiter)), [])
    except csv.Error:
        return []


def _reader(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _split(text: str, path: Path, delimiter: str, limits: Limits) -> tuple[list[str], list[list[str]]]:
    reader = _reader(text, delimiter)
    records: list[list[str]] = []
    columns = 0
    try:
        for record in reader:
            columns = columns or len(record)
            limits.check(path.name, len(records), columns)
            records.append([value.strip() for value in record])
    except csv.Error as error:
        # After an open quote the ends of records are unknown, so the whole file is refused.
        raise TableError(f"{path}, line {reader.line_num}: {error}; mend the quotes of the file") from error
    if not records:
        raise TableError(f"{path} is empty; it must have a header line")
    return records[0], records[1:]
