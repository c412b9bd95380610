"""A table from a CSV file (UTF-8, comma, one header line): every record is read whole or quarantined by its number."""

import codecs
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.unchanged import unchanged
from littlegiants.ingest.tables.quarantine import Quarantine
from littlegiants.ingest.tables.raw_table import RawTable

# Arrow reads no record that is longer than a block.
_BLOCK = 1 << 24
_BOM, _UTF16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
_END = "\x03"


class _Ended(io.BufferedReader):
    """A file without its byte order mark, and with a text of ours after its end, which an open quote would swallow."""

    def __init__(self, path: Path, ending: str) -> None:
        super().__init__(io.FileIO(path))
        self._ending = ending.encode()
        if super().read(len(_BOM)) != _BOM:
            self.seek(0)

    def read(self, size: int | None = -1) -> bytes:
        found = super().read(size)
        # A short read is the end of the file, and the ending belongs to the same block: Arrow wants the header whole.
        room = len(self._ending) if size is None or size < 0 else size - len(found)
        ending, self._ending = self._ending[:room], self._ending[room:]
        return found + ending


def read_csv(path: Path, name: str) -> RawTable:
    """Read the table ``name`` from a CSV file.

    Records are counted from 1, neither the header nor empty lines counted. A record with more or fewer fields than the
    header, with bytes that are not UTF-8, or with a quote that never ends is quarantined.

    Raises
    ------
    TableError
        If the file is empty, has a column twice in its header, or is not UTF-8 as a whole.
    StopError
        If the file changes meanwhile.
    pyarrow.ArrowException, UnicodeDecodeError
        If the file has no header, or one that is not text.
    """
    with unchanged(path):
        return _read(path, name)


def _read(path: Path, name: str) -> RawTable:
    with path.open("rb") as file:
        start = file.read(2)
    if not start:
        raise TableError(f"{path} is empty; a table has at least its header line")
    if start in _UTF16:
        raise TableError(f"{path} is UTF-16; save it as UTF-8")
    utf8 = _is_utf8(path)
    frame, ragged = _records(path, _header(path), "utf8" if utf8 else "latin1")
    total = len(frame) + len(ragged)
    numbers = np.setdiff1d(np.arange(1, total + 1), list(ragged))
    endless = ragged.pop(total, None)
    if endless is None:
        # The last record is our ending, or has swallowed it.
        last = frame.iloc[-1]
        endless = None if (last == _END).all() else ",".join(last)
        frame, numbers = frame.iloc[:-1], numbers[:-1]
    rejected = Quarantine()
    rejected.add(name, list(ragged), "", "ragged_row", ragged.values())
    if endless is not None:
        rejected.add(name, [total], "", "unterminated_quote", [endless[: endless.rfind(f"\n{_END}")].rstrip()])
    if not utf8:
        frame, numbers = _decoded(path, name, frame, numbers, rejected)
    return RawTable(frame.reset_index(drop=True), numbers, rejected)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_BLOCK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _header(path: Path) -> list[str]:
    options = pyarrow.csv.ReadOptions(block_size=_BLOCK, encoding="latin1")
    lenient = pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=lambda _: "skip")
    with _Ended(path, "\n") as file, pyarrow.csv.open_csv(file, options, lenient) as reader:
        names = [name.encode("latin1").decode("utf-8") for name in reader.schema.names]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise TableError(f"{path}: column {repeated[0]!r} stands twice in the header; keep one of them")
    return names


def _records(path: Path, columns: list[str], encoding: str) -> tuple[pd.DataFrame, dict[int, str]]:
    """Return all records as text, our ending among them, and the ragged ones by number."""
    ragged: dict[int, str] = {}

    def quarantine(row: pyarrow.csv.InvalidRow) -> str:
        # Arrow counts records from 1, the header among them.
        text = row.text if encoding == "utf8" else row.text.encode("latin1").decode("utf-8", "replace")
        ragged[row.number - 1] = text
        return "skip"

    with _Ended(path, f"\n{','.join([_END] * len(columns))}\n") as file:
        table = pyarrow.csv.read_csv(
            file,
            # One thread: only then does Arrow tell the number of a ragged record.
            pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK, encoding=encoding),
            pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=quarantine),
            pyarrow.csv.ConvertOptions(column_types=_as_text(columns, encoding), strings_can_be_null=False),
        )
    return table.rename_columns(columns).to_pandas(), ragged


def _as_text(columns: list[str], encoding: str) -> Mapping[str, pa.DataType]:
    return {column if encoding == "utf8" else column.encode().decode("latin1"): pa.string() for column in columns}


def _decoded(
    path: Path, name: str, frame: pd.DataFrame, numbers: npt.NDArray[np.int64], rejected: Quarantine
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Decode records that were read byte for byte, and quarantine those that are not UTF-8.

    Raises
    ------
    TableError
        If no record beyond ASCII is UTF-8: then the whole file has another encoding.
    """
    bad, foreign = np.zeros(len(frame), bool), np.zeros(len(frame), bool)
    decoded = {}
    for column in frame:
        text = [_utf8(value) for value in frame[column]]
        wrong = np.array([value is None for value in text], bool)
        rejected.add(name, numbers[wrong], str(column), "undecodable_text", frame[column][wrong])
        bad |= wrong
        foreign |= np.array([not value.isascii() for value in frame[column]], bool)
        decoded[column] = text
    if bad.any() and not (foreign & ~bad).any():
        raise TableError(f"{path} is not UTF-8, see its record {numbers[bad][0]:,}; save it as UTF-8")
    return pd.DataFrame(decoded, dtype=object).loc[~bad], numbers[~bad]


def _utf8(text: str) -> str | None:
    try:
        return text.encode("latin1").decode("utf-8")
    except UnicodeDecodeError:
        return None
