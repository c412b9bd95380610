"""What one task does: score the tables of one bucket of firms, and account for every row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.tables.quarantine import RECORD_COLUMNS
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.models.scoring.score_columns import COLUMNS, ScoreColumn
from littlegiants.serving.batch.scored_partition import Kept, Order, score_partition
from littlegiants.serving.scorer import Scorer, score_frame
from littlegiants.serving.spark.packing import from_stream
from littlegiants.serving.spark.shipping import Shipped

# The column with each row's record number in its source, counted from 1.
ROW = "row"


def _type(column: ScoreColumn) -> pa.DataType:
    if column.is_text:
        return pa.string()
    return pa.float64() if column.is_number else pa.bool_()


_SCORE = pa.struct([(column.name, _type(column)) for column in COLUMNS])
_RECORD = pa.struct([(name, pa.int64() if name == "row" else pa.string()) for name in RECORD_COLUMNS])
# Each row has one of the three.
RESULT = pa.schema([("score", _SCORE), ("record", _RECORD), ("account", pa.string())])


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Why the tables or what is wanted of them are refused as a whole."""

    message: str
    of_tables: bool


class Accounted(msgspec.Struct, frozen=True, tag=True):
    """What became of one bucket of firms."""

    sums: Kept


def read_account(text: str) -> Refused | Accounted:
    """Return what a task says in `RESULT` beside scores and records."""
    return msgspec.json.decode(text, type=Refused | Accounted)


@dataclass(frozen=True, slots=True)
class Task:
    """What all tasks of a job have in common; it travels to them as plain values.

    Attributes
    ----------
    artefact
        The model.
    order
        What is wanted.
    tables
        Each table's columns, as an Arrow stream without rows, since a table without rows in some bucket was observed
        all the same; exchange rates come whole.
    unread
        Each table's columns that the contract does not know.
    """

    artefact: Shipped
    order: Order
    tables: Mapping[str, bytes] = field(default_factory=dict)
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Score one bucket of firms.

        Parameters
        ----------
        batches
            All rows of its firms, by `littlegiants.serving.spark.packing.PACKED`.

        Yields
        ------
        RecordBatch
            By `RESULT`: the scores, the rows quarantined, and the account. Nothing for a bucket without rows.
        """
        found: dict[str, list[pa.Table]] = {name: [from_stream(empty)] for name, empty in self.tables.items()}
        rows = 0
        for batch in batches:
            for name, stream in zip(batch["table"].to_pylist(), batch["rows"], strict=True):
                found[name].append(from_stream(stream.as_buffer()))
                rows += len(found[name][-1])
        if rows:
            yield from self._scored({name: pa.concat_tables(some) for name, some in found.items()})

    def _scored(self, found: Mapping[str, pa.Table]) -> Iterator[pa.RecordBatch]:
        raw = {name: to_raw(rows, self.unread[name]) for name, rows in found.items()}
        try:
            partition = score_partition(Scorer(self.artefact.read()), raw, self.order).without_rates()
        except (ConfigError, TableError) as error:  # one that the driver raises again, not a reason to try again
            yield _accounted(Refused(str(error), isinstance(error, TableError)))
            return
        yield from _results("score", score_frame(partition.scores))
        yield from _results("record", partition.quarantine.frame())
        yield _accounted(Accounted(partition.kept()))


def to_raw(rows: pa.Table, unread: tuple[str, ...]) -> RawTable:
    """Return rows in the order of their record numbers, as a reader of files hands them over."""
    ordered = rows.sort_by(ROW)
    frame = ordered.drop_columns([ROW]).to_pandas(date_as_object=False)
    return RawTable(frame, ordered[ROW].to_numpy().astype(np.int64), unread=unread)


def _results(name: str, frame: pd.DataFrame) -> Iterator[pa.RecordBatch]:
    rows = pa.Table.from_pandas(frame, pa.schema(list(RESULT.field(name).type)), preserve_index=False)
    for batch in rows.to_batches():
        yield _result(name, batch.to_struct_array())


def _result(name: str, values: pa.Array) -> pa.RecordBatch:
    arrays = [values if field.name == name else pa.nulls(len(values), field.type) for field in RESULT]
    return pa.RecordBatch.from_arrays(arrays, schema=RESULT)


def _accounted(account: Refused | Accounted) -> pa.RecordBatch:
    return _result("account", pa.array([msgspec.json.encode(account).decode()]))
