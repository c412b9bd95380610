"""A table from a CSV file (UTF-8, comma, one header line): every record is read whole or quarantined by its number."""

import codecs
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.unchanged import unchanged
from littlegiants.ingest.tables.column_names import match_columns
from littlegiants.ingest.tables.contract import RATES, TABLES
from littlegiants.ingest.tables.quarantine import Quarantine
from littlegiants.ingest.tables.raw_table import RawTable

# Arrow reads no record that is longer than a block.
_BLOCK, _HEADER = 1 << 24, 1 << 14
_BOM, _UTF16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_END = "\x03"
# A compressed table is some ten times smaller. Beyond these limits it is no table but a bomb.
_BYTES, _BYTES_PER_BYTE = 1 << 26, 200


class _Unfolded(io.RawIOBase):
    """A file as its text, unfolded where it is compressed (``.gz``, ``.zst``), unless it is a bomb."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, pa.input_stream(str(path), compression="detect")
        self._left = _BYTES + _BYTES_PER_BYTE * path.stat().st_size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = int(self._file.readinto(buffer))
        self._left -= found
        if self._left < 0:
            raise TableError(f"{self._path} unfolds to far more than any table of its size; it is refused as a bomb")
        return found

    def close(self) -> None:
        self._file.close()
        super().close()


class _Ended(io.BufferedReader):
    """A file without its byte order mark, and with a text of ours after its end, which an open quote would swallow."""

    def __init__(self, path: Path, ending: str) -> None:
        super().__init__(_Unfolded(path))
        self._ending = ending.encode()
        if self.peek(len(_BOM)).startswith(_BOM):
            super().read(len(_BOM))

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        # A short read is the end of the file, and the ending belongs to the same block: Arrow wants the header whole.
        room = len(self._ending) if size is None or size < 0 else size - len(found)
        ending, self._ending = self._ending[:room], self._ending[room:]
        return found + ending


def read_csv(path: Path, name: str, ignored: Collection[str] = ()) -> RawTable:
    """Read the table ``name`` from a CSV file.

    Records are counted from 1, neither the header nor empty lines counted. A record with more or fewer fields than the
    header, with bytes that are not UTF-8, or with a quote that never ends is quarantined. Of a table of the contract
    its own columns are read and no others, see `littlegiants.ingest.tables.column_names.match_columns`.

    Parameters
    ----------
    path, name
        The file, and the table.
    ignored
        Columns that resemble one of the contract and are none.

    Raises
    ------
    TableError
        If the file is empty, has a column twice in its header, one that resembles a column that it lacks, or is not
        UTF-8 as a whole.
    StopError
        If the file changes meanwhile.
    pyarrow.ArrowException, UnicodeDecodeError
        If the file has no header, or one that is not text.
    """
    (whole,) = csv_chunks(path, name, ignored)
    return whole


def csv_chunks(path: Path, name: str, ignored: Collection[str] = (), rows: int | None = None) -> Iterator[RawTable]:
    """Read a CSV file as `read_csv` does, in chunks, so that it may be larger than memory.

    Parameters
    ----------
    path, name, ignored
        As of `read_csv`.
    rows
        A chunk ends with the block of the file in which it has so many rows; by default all rows are one chunk. Records
        that could not be read are in the last chunk.

    Raises
    ------
    TableError, StopError, pyarrow.ArrowException, UnicodeDecodeError
        As `read_csv`; that a file is not UTF-8 may only be known at its end.
    """
    with unchanged(path):
        yield from _chunks(path, name, ignored, rows)


def _chunks(path: Path, name: str, ignored: Collection[str], rows: int | None) -> Iterator[RawTable]:
    with _Unfolded(path) as file:
        start = file.read(2)
    if not start:
        raise TableError(f"{path} is empty; a table has at least its header line")
    if start in _UTF16:
        raise TableError(f"{path} is UTF-16; save it as UTF-8")
    header = _header(path)
    records = _Records(path, name, header, _own(name, header, ignored), _is_utf8(path))
    frames = records.frames(rows)
    last = next(frames)
    for frame in frames:
        # The last record of all is our ending, or has swallowed it: so a chunk waits until another follows.
        if len(frame):
            yield records.chunk(last)
            last = frame
    yield records.last_chunk(last)


class _Records:
    """The records of a file, numbered, and those that cannot be read."""

    def __init__(self, path: Path, name: str, header: list[str], own: Mapping[str, str], utf8: bool) -> None:
        self._path, self._name, self._header, self._own, self._utf8 = path, name, header, own, utf8
        self._ragged: dict[int, str] = {}
        self._rejected = Quarantine()
        self._last = 0  # number of the last record given
        self._wrong: int | None = None  # number of the first record that is not UTF-8
        self._foreign = False  # whether any record beyond ASCII is UTF-8

    def frames(self, rows: int | None) -> Iterator[pd.DataFrame]:
        """Give the records as text, so many at a time, our ending among the last; at least one frame.

        The last column is read too, whatever it is: a quote that never ends swallows our ending there.
        """
        columns = list(dict.fromkeys([*self._own, self._header[-1]]))
        encoded = columns if self._utf8 else [column.encode().decode("latin1") for column in columns]
        schema = pa.schema([(column, pa.string()) for column in encoded])
        ending = f"\n{','.join([_END] * len(self._header))}\n"
        options = (
            # One thread: only then does Arrow tell the number of a ragged record.
            pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK, encoding="utf8" if self._utf8 else "latin1"),
            pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=self._quarantine_ragged),
            pyarrow.csv.ConvertOptions(column_types=schema, include_columns=encoded, strings_can_be_null=False),
        )
        batches: list[pa.RecordBatch] = []
        with _Ended(self._path, ending) as file, pyarrow.csv.open_csv(file, *options) as reader:
            for batch in reader:
                batches.append(batch)
                if rows is not None and sum(map(len, batches)) >= rows:
                    yield _frame(batches, schema, columns)
                    batches = []
        yield _frame(batches, schema, columns)

    def _quarantine_ragged(self, row: pyarrow.csv.InvalidRow) -> str:
        # Arrow counts records from 1, the header among them, and may be ahead of the records that it has given.
        text = row.text if self._utf8 else row.text.encode("latin1").decode("utf-8", "replace")
        self._ragged[row.number - 1] = text
        return "skip"

    def chunk(self, frame: pd.DataFrame) -> RawTable:
        """Return records as a chunk of the table."""
        return self._table(frame, self._numbers(len(frame)))

    def last_chunk(self, frame: pd.DataFrame) -> RawTable:
        """Return the last records as the last chunk of the table, with all that could not be read.

        Raises
        ------
        TableError
            If no record beyond ASCII is UTF-8: then the whole file has another encoding.
        """
        numbers = self._numbers(len(frame))
        total = max([self._last, *self._ragged])
        endless = self._ragged.pop(total, None)
        if endless is None:
            # The last record is our ending, or has swallowed it.
            last = frame.iloc[-1]
            endless = None if (last == _END).all() else ",".join(last)
            frame, numbers = frame.iloc[:-1], numbers[:-1]
        self._rejected.add(self._name, list(self._ragged), "", "ragged_row", self._ragged.values())
        if endless is not None:
            value = endless[: endless.rfind(f"\n{_END}")].rstrip()
            self._rejected.add(self._name, [total], "", "unterminated_quote", [value])
        chunk = self._table(frame, numbers)
        if self._wrong is not None and not self._foreign:
            raise TableError(f"{self._path} is not UTF-8, see its record {self._wrong:,}; save it as UTF-8")
        return replace(chunk, rejected=self._rejected)

    def _numbers(self, count: int) -> npt.NDArray[np.int64]:
        """Return the numbers of the next records: those in between have been set apart."""
        ragged = [number for number in self._ragged if number > self._last]
        numbers = np.arange(self._last + 1, self._last + count + len(ragged) + 1)
        if ragged:
            within = np.array(ragged) - (self._last + 1)
            numbers = np.delete(numbers, within[within < len(numbers)])[:count]
        self._last = int(numbers[-1]) if count else self._last
        return numbers

    def _table(self, frame: pd.DataFrame, numbers: npt.NDArray[np.int64]) -> RawTable:
        frame = frame[list(self._own)]
        if not self._utf8:
            frame, numbers = self._decoded(frame, numbers)
        others = tuple(column for column in self._header if column not in self._own)
        return RawTable(frame.rename(columns=self._own).reset_index(drop=True), numbers, unread=others)

    def _decoded(
        self, frame: pd.DataFrame, numbers: npt.NDArray[np.int64]
    ) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
        """Decode records that were read byte for byte, and quarantine those that are not UTF-8."""
        bad, foreign = np.zeros(len(frame), bool), np.zeros(len(frame), bool)
        decoded = {}
        for column in frame:
            text = [_utf8(value) for value in frame[column]]
            wrong = np.array([value is None for value in text], bool)
            self._rejected.add(self._name, numbers[wrong], str(column), "undecodable_text", frame[column][wrong])
            bad |= wrong
            foreign |= np.array([not value.isascii() for value in frame[column]], bool)
            decoded[column] = text
        if bad.any() and self._wrong is None:
            self._wrong = int(numbers[bad][0])
        self._foreign |= bool((foreign & ~bad).any())
        return pd.DataFrame(decoded, frame.index, dtype=object).loc[~bad], numbers[~bad]


def _frame(batches: Sequence[pa.RecordBatch], schema: pa.Schema, columns: Sequence[str]) -> pd.DataFrame:
    table = pa.Table.from_batches([batch.cast(schema) for batch in batches], schema)
    frame: pd.DataFrame = table.rename_columns(columns).to_pandas()
    return frame


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with _Unfolded(path) as file:
            while chunk := file.read(_BLOCK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _header(path: Path) -> list[str]:
    try:
        names = _names(path, _HEADER)
    except pa.ArrowException:  # longer than that, as may be the first record
        names = _names(path, _BLOCK)
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise TableError(f"{path}: column {repeated[0]!r} stands twice in the header; keep one of them")
    return names


def _names(path: Path, block: int) -> list[str]:
    """Return the names in a header that lies, with the first record, within a block of so many bytes."""
    options = pyarrow.csv.ReadOptions(block_size=block, encoding="latin1")
    lenient = pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda _: "skip")
    with _Ended(path, "\n") as file, pyarrow.csv.open_csv(file, options, lenient) as reader:
        return [name.encode("latin1").decode("utf-8") for name in reader.schema.names]


def _own(name: str, header: Sequence[str], ignored: Collection[str]) -> dict[str, str]:
    """Return the names of the columns that are read by those in the header: all of a table that has no contract."""
    spec = RATES if name == RATES.name else TABLES.get(name)
    if spec is None:
        return {column: column for column in header}
    return {header[index]: known for index, known in match_columns(spec, header, ignored).items()}


def _utf8(text: str) -> str | None:
    try:
        return text.encode("latin1").decode("utf-8")
    except UnicodeDecodeError:
        return None
