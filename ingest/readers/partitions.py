"""Tables larger than memory, split on disk into partitions of firms that each fit.

A partition holds all rows of its firms, as they were read and in their order, so that it loads to what the whole would
give of these firms. Partitions are ranges of ids in ascending order: what is computed of each, joined, is in order too.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from littlegiants.ingest.files.atomic import replacing
from littlegiants.ingest.files.renames import sync_content
from littlegiants.ingest.readers.read import raw_chunks
from littlegiants.ingest.tables.contract import RATES
from littlegiants.ingest.tables.quarantine import Quarantine
from littlegiants.ingest.tables.raw_table import RawTable, frame_of
from littlegiants.ingest.tables.stated_firms import firm_ids_of
from littlegiants.ingest.tables.vocabulary import is_repeated_text, plain_text, text_codes

# Record numbers, in a column whose name no header can have: readers strip blanks.
_ROWS = " row "
_SAMPLE = 100_000  # ids from which the ranges are drawn
_BATCH = 1 << 18  # rows held at a time
_REPEATED = 8  # how often a text stands in a column that is stored as its texts and their numbers
_RECORD, _REJECTED = "partitions.json", "rejected.parquet"


class _Record(msgspec.Struct, frozen=True):
    """What is known of partitions beside their rows: the first id of each but the first, and each table's columns."""

    starts: list[str]
    columns: dict[str, list[str]]
    unread: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Partitions:
    """Tables split into partitions.

    Attributes
    ----------
    folder
        Where the partitions are.
    rejected
        Records that could not be read at all and so are in no partition.
    """

    folder: Path
    rejected: Quarantine
    _record: _Record

    def __len__(self) -> int:
        return len(self._record.starts) + 1

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that there are."""
        return tuple(self._record.columns)

    def partition(self, number: int) -> dict[str, RawTable]:
        """Read one partition, counted from 0: the rows of its firms in every table, and all exchange rates."""
        return {name: self._table(name, 0 if name == RATES.name else number) for name in self.tables}

    def _table(self, name: str, number: int) -> RawTable:
        files = sorted(_folder(self.folder, name, number).glob("*.arrow"))
        columns, unread = self._record.columns[name], tuple(self._record.unread[name])
        if not files:
            empty = pd.DataFrame({column: pd.Series([], dtype="str") for column in columns})
            return RawTable(empty, np.zeros(0, np.int64), unread=unread)
        frame = _stored(files)
        return RawTable(frame[columns], frame[_ROWS].to_numpy(np.int64), unread=unread)


def split_by_firm(location: str | Path, folder: Path, count: int, ignore_columns: Collection[str] = ()) -> Partitions:
    """Split the tables of a place into partitions of firms.

    Parameters
    ----------
    location
        As of `littlegiants.ingest.readers.read.read_tables`.
    folder
        An empty folder for the partitions. It may be read by `read_partitions` once this is done.
    count
        How many partitions to make at most; fewer if there are fewer firms.
    ignore_columns
        As of `littlegiants.ingest.readers.read.read_tables`.

    Raises
    ------
    TableError, StopError, ConfigError
        As `littlegiants.ingest.readers.read.read_raw`, and of ids that are no text.
    OSError
        If the disk is full or fails.
    """
    starts = _starts(location, count, ignore_columns)
    record, rejected = _Record(starts, {}, {}), Quarantine()
    for batch, (name, chunk) in enumerate(raw_chunks(location, ignore_columns, _BATCH)):
        record.columns.setdefault(name, [str(column) for column in chunk.frame.columns])
        record.unread.setdefault(name, list(chunk.unread))
        rejected.extend(chunk.rejected)
        for number, rows in _split(name, chunk, starts):
            target = _folder(folder, name, number)
            target.mkdir(parents=True, exist_ok=True)
            pa.feather.write_feather(rows, target / f"{batch:08}.arrow", compression="lz4")
    pq.write_table(pa.Table.from_pandas(rejected.frame(), preserve_index=False), folder / _REJECTED)
    sync_content(folder)
    with replacing(folder / _RECORD) as file:  # last: without it there are no partitions
        file.write(msgspec.json.encode(record))
    return Partitions(folder, rejected, record)


def read_partitions(folder: Path) -> Partitions | None:
    """Return what `split_by_firm` made in a folder, or None if it did not come to its end."""
    if not (folder / _RECORD).exists():
        return None
    rejected = Quarantine.of(pq.read_table(folder / _REJECTED).to_pandas())
    return Partitions(folder, rejected, msgspec.json.decode((folder / _RECORD).read_bytes(), type=_Record))


def _starts(location: str | Path, count: int, ignore_columns: Collection[str]) -> list[str]:
    """Return the first id of each partition but the first, so that partitions have about as many firms."""
    sample, step = np.empty(0, object), 1
    for _, chunk in raw_chunks(location, ignore_columns, _BATCH, only=("firms",)):
        sample = np.unique(np.concatenate([sample, _every(step, firm_ids_of("firms", chunk.frame)[1])]))
        while len(sample) > _SAMPLE:
            step *= 2
            sample = _every(step, sample)
    places = np.linspace(0, len(sample), count, endpoint=False).astype(int)
    return [str(sample[place]) for place in np.unique(places)[1:]]


def _every(step: int, ids: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return one of so many ids, whatever their order: those whose hash is divisible."""
    chosen: npt.NDArray[np.bool_] = pd.util.hash_array(ids) % np.uint64(step) == 0
    return ids[chosen]


def _split(name: str, chunk: RawTable, starts: list[str]) -> Iterator[tuple[int, pa.Table]]:
    """Give the rows of each partition, with their record numbers."""
    if name == RATES.name:
        yield 0, _arrow(chunk.frame, chunk.rows)
        return
    codes, ids = firm_ids_of(name, chunk.frame)
    numbers = np.searchsorted(np.array(starts, object), ids, side="right")[codes]
    order = np.argsort(numbers, kind="stable")
    bounds = np.searchsorted(numbers[order], np.arange(len(starts) + 2))
    for number in np.flatnonzero(np.diff(bounds)):
        chosen = order[bounds[number] : bounds[number + 1]]
        yield int(number), _arrow(chunk.frame.take(chosen), chunk.rows[chosen])


def _arrow(frame: pd.DataFrame, rows: npt.NDArray[np.int64]) -> pa.Table:
    columns = {str(name): _array(column) for name, column in frame.items()}
    return pa.table({**columns, _ROWS: rows})


def _array(column: pd.Series) -> pa.Array:
    if is_repeated_text(column) and len(text_codes(column)[1]) > len(column) // _REPEATED:
        column = plain_text(column.to_frame(_ROWS))[_ROWS]  # else each partition would hold the texts of all
    try:
        return pa.Array.from_pandas(column)
    except pa.ArrowException:  # values of several types, as SQLite has them: each rule of the contract reads text too
        return pa.array([None if value is None else str(value) for value in column], pa.string())


def _folder(folder: Path, name: str, number: int) -> Path:
    return folder / name / f"{number:06}"


def _stored(files: Sequence[Path]) -> pd.DataFrame:
    stored = [pa.feather.read_table(file, memory_map=True) for file in files]
    try:
        return frame_of(pa.concat_tables(stored, promote_options="permissive"))
    except pa.ArrowException:  # text in one and numbers in another, as SQLite has them
        frame: pd.DataFrame = pd.concat([one.to_pandas(date_as_object=False) for one in stored], ignore_index=True)
        return frame
