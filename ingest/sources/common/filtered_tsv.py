"""Some records and columns of a large tab-separated file, read as a stream in bounded memory."""

import csv
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.sources.common.exports import Export
from littlegiants.ingest.tables.quarantine import Quarantine

# A zip file may unpack to this many bytes; a larger one has to be unpacked by its owner, who sees its size.
ZIP_LIMIT = 1 << 26
_ENCODING = "utf-8"


@dataclass(frozen=True, slots=True)
class Among:
    """A rule: records are kept where ``column`` is in ``values``; the others are counted under ``code``, not listed."""

    column: str
    values: Container[str]
    code: str = "source_excluded"


def read_filtered(folder: Path, stem: str, columns: Sequence[str], rules: Sequence[Among] = ()) -> Export:
    """Read some columns of ``<stem>.tsv`` or, if that is absent, of a small ``<stem>.tsv.zip``.

    Parameters
    ----------
    folder, stem
        Where the file lies, and its name without suffixes.
    columns
        Columns to read; others may stand beside them.
    rules
        Which records to keep. A record is counted under the code of the first rule that it fails. The quarantine
        does not list these records, of which there can be millions.

    Raises
    ------
    TableError
        If the file is absent, is not UTF-8, cannot be split into records, or lacks a column; if an archive is large,
        locked, or holds anything else.
    """
    path = folder / f"{stem}.tsv"
    zipped = folder / f"{stem}.tsv.zip"
    if not path.exists() and zipped.exists():
        path = zipped
    if path.is_symlink() or not path.is_file():
        raise TableError(f"{path} is not a regular file; name the folder that holds the file as it was published")
    with _open(path) as raw:
        hashed = _Hashed(raw)
        text = io.TextIOWrapper(io.BufferedReader(hashed), encoding=_ENCODING, newline="")
        try:
            return _read(text, path, columns, rules, hashed)
        except UnicodeDecodeError as error:
            raise TableError(f"{path} is not UTF-8, as the source declares it; fetch it again") from error
        except (csv.Error, EOFError, zipfile.BadZipFile) as error:
            raise TableError(f"{path}: {error}; fetch it again") from error


class _Hashed(io.RawIOBase):
    """A file that remembers the SHA-256 of what was read from it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        found = self._raw.read(len(buffer))
        self.digest.update(found)
        buffer[: len(found)] = found
        return len(found)


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    if path.suffix != ".zip":
        with path.open("rb") as raw:
            yield raw
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield io.BytesIO(_member(archive, path))
    except zipfile.BadZipFile as error:
        raise TableError(f"{path} is no zip archive; fetch it again") from error


def _member(archive: zipfile.ZipFile, path: Path) -> bytes:
    members = archive.infolist()
    if len(members) != 1 or members[0].filename != path.stem or members[0].flag_bits & 1:
        raise TableError(f"{path} must hold {path.stem} alone and unlocked; unpack it and name the folder")
    # The size that an archive states may be false, so no more than the limit is unpacked.
    with archive.open(members[0]) as file:
        found = file.read(ZIP_LIMIT + 1)
    if len(found) > ZIP_LIMIT:
        raise TableError(f"{path} holds more than {ZIP_LIMIT >> 20} MB; unpack it and leave {path.stem} beside it")
    return found


def _read(
    text: io.TextIOWrapper, path: Path, columns: Sequence[str], rules: Sequence[Among], hashed: _Hashed
) -> Export:
    reader = csv.reader(text, delimiter="\t", strict=True)
    header = [name.removeprefix("\ufeff") for name in next(reader, [])]
    missing = [name for name in (*columns, *(rule.column for rule in rules)) if header.count(name) != 1]
    if missing:
        raise TableError(f"{path}: column {missing[0]!r} must stand once in the header, which is {listed(header)}")
    indices = [header.index(name) for name in columns]
    tests = [(header.index(rule.column), rule.values, rule.code) for rule in rules]
    kept: dict[int, list[str]] = {}
    unusable: dict[str, dict[int, str]] = {"blank_row": {}, "ragged_row": {}}
    unlisted: Counter[str] = Counter()
    number = 0
    for number, record in enumerate(reader, start=1):
        if len(record) != len(header):
            unusable["ragged_row" if record else "blank_row"][number] = "\t".join(record)
            continue
        for place, values, code in tests:
            if record[place].strip() not in values:
                unlisted[code] += 1
                break
        else:
            kept[number] = [record[index].strip() for index in indices]
    quarantine = Quarantine()
    for code, found in unusable.items():
        quarantine.add(path.name, list(found), "", code, found.values())
    index = np.fromiter(kept, np.int64, len(kept))
    frame = pd.DataFrame(list(kept.values()), columns=list(columns), index=index, dtype="str")
    return Export(path.name, frame, _ENCODING, hashed.digest.hexdigest(), number, quarantine, unlisted)
