"""Scores of firms on Spark: by partitions of ``firm_id``, through the functions that score on one machine.

The rows of each table are packed by bucket of firms, each bucket goes to one task, and the task loads, scores and
accounts for its rows as one machine would for all. No score depends on which firms are scored beside it, so the scores
are the same, bit for bit. Spark keeps one result of each task, however often it ran.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from py4j.protocol import Py4JJavaError
from pyspark import StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.pandas.types import from_arrow_schema

from littlegiants.features.asof.as_of_date import check_as_of_date
from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.readers.read import files_by_table
from littlegiants.ingest.readers.unchanged import unchanged_set
from littlegiants.ingest.tables.column_names import check_ignored, match_columns
from littlegiants.ingest.tables.contract import RATES, TABLES
from littlegiants.ingest.tables.quarantine import RECORD_COLUMNS
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.model import Model
from littlegiants.models.staleness import check_age
from littlegiants.serving.batch.account import Account, total
from littlegiants.serving.batch.scored_partition import Kept, Order, check_wanted
from littlegiants.serving.scorer import Scorer, check_money
from littlegiants.serving.spark.packing import PACKED, pack, to_stream
from littlegiants.serving.spark.shipping import ship
from littlegiants.serving.spark.task import RESULT, ROW, Accounted, Refused, Task, read_account, to_raw
from littlegiants.serving.watch.summary import CohortSummary

if TYPE_CHECKING:
    from littlegiants.models.signing.trust import Trust

# A task loads and scores so many firms at a time, which takes the memory that one machine would take for them.
FIRMS_OF_TASK = 20_000
_SPECS = {**TABLES, RATES.name: RATES}


@dataclass(frozen=True, slots=True)
class SparkScores:
    """What came of a job.

    Attributes
    ----------
    scores
        `littlegiants.models.scoring.score_columns.SCORE_COLUMNS`, one row a firm, in no order; a number that is missing
        is null.
    quarantine
        The rows that break the contract: ``table, row, column, code, value``, in no order.
    account
        What became of every row and every firm, as one machine says it.
    summary
        The firms in counts, if they are to be watched.
    """

    scores: DataFrame
    quarantine: DataFrame
    account: Account
    summary: CohortSummary
    _result: DataFrame

    def release(self) -> None:
        """Let Spark forget the results that it keeps for `scores` and `quarantine`, once both are written."""
        self._result.unpersist()


@dataclass(frozen=True, slots=True)
class _Table:
    """A table on its way to be packed: the contract's columns and `ROW`, and the names of all others."""

    frame: DataFrame
    unread: tuple[str, ...] = ()


def score(
    spark: SparkSession,
    tables: Mapping[str, DataFrame] | str | Path,
    as_of: date,
    model: str | Path,
    *,
    store: str | None = None,
    trust: "Trust | None" = None,
    firms: Collection[str] | None = None,
    explain: bool = True,
    allow_stale: str = "",
    watch: bool = False,
    ignore_columns: Collection[str] = (),
    firms_of_task: int = FIRMS_OF_TASK,
) -> SparkScores:
    """Score every firm at risk on a date, on Spark.

    Parameters
    ----------
    spark
        A session of classic Spark. Python on its executors has littlegiants installed.
    tables
        The tables by name, or a folder of them as Parquet files, which every executor can read. Rows of a Parquet
        file are numbered as on one machine; those of other data frames by ``monotonically_increasing_id``.
    as_of
        The as-of date, 1980 to 2099.
    model
        The folder of an artefact, or a reference to the registry, both read by the driver alone.
    store
        The MLflow store, as of `littlegiants.models.registry.stores.store_uri`; a folder does not need it.
    trust
        Whose signature the model must have; None if it needs none.
    firms, explain, allow_stale
        As of `littlegiants.serving.scorer.Scorer.score`.
    watch
        Whether to compare the firms with those of the training.
    ignore_columns
        Columns that resemble one of the contract and are none.
    firms_of_task
        How many firms a task scores; the result does not depend on it.

    Returns
    -------
    SparkScores
        Computed and kept by Spark until `SparkScores.release`.

    Raises
    ------
    AsOfError, ConfigError, StaleModelError
        As of `littlegiants.serving.scorer.Scorer.score`.
    TableError
        As of `littlegiants.ingest.readers.read.read_tables`; also if a folder's tables are not Parquet.
    StopError
        If a file of the folder changes meanwhile.
    ArtefactError, RegistryError, SignatureError
        If the model cannot be had, is not unchanged, or is not signed as ``trust`` wants it.
    """
    check_as_of_date(as_of)
    check_ignored(ignore_columns)
    wanted = None if firms is None else tuple(sorted(set(firms)))
    order = Order("", as_of, wanted, explain, allow_stale, watch)
    with _artefact(model, store, trust) as (folder, loaded):
        check_age(loaded.manifest, as_of, allow_stale)
        artefact = ship(spark.sparkContext, folder, loaded)
    with _frames(spark, tables) as frames:
        own = {name: _own_columns(name, frame, ignore_columns) for name, frame in frames.items()}
        base, task = _prepared(own, loaded, Task(artefact, order))
        own.pop(RATES.name, None)
        buckets = max(
            spark.sparkContext.defaultParallelism, math.ceil(own["firms"].frame.count() / max(firms_of_task, 1))
        )
        result = _run(own, task, buckets)
        kept = _kept(result)
    before = Account(reconciliations=base.reconciliations, observed=base.observed)
    check_wanted(order, loaded.manifest.label.require_round, kept)
    return SparkScores(
        result.where(F.col("score").isNotNull()).select("score.*"),
        _quarantine(spark, result, base),
        total([before, *(sums.account for sums in kept)]),
        reduce(CohortSummary.__add__, (sums.summary for sums in kept), CohortSummary()),
        result,
    )


@contextmanager
def _artefact(model: str | Path, store: str | None, trust: "Trust | None") -> Iterator[tuple[Path, Model]]:
    """Give the folder of an artefact for a block, and the model, checked as every interface checks it."""
    if not str(model).startswith("models:"):
        yield Path(model), Scorer.from_artefact(Path(model), trust).model
        return
    from littlegiants.models.registry.registry import fetched

    loaded = Scorer.from_registry(str(model), store, trust).model
    with fetched(str(model), store) as found:
        yield found.folder, loaded


@contextmanager
def _frames(spark: SparkSession, tables: Mapping[str, DataFrame] | str | Path) -> Iterator[dict[str, DataFrame]]:
    """Give the tables for a block, with the number of each row as the last column; their files must not change."""
    if isinstance(tables, Mapping):
        yield {name: frame.withColumn(ROW, F.monotonically_increasing_id() + 1) for name, frame in tables.items()}
        return
    folder = Path(tables)
    if not folder.is_dir():
        raise TableError(f"{tables} is not a folder; give a folder of Parquet files that every executor can read")
    found = files_by_table(folder)
    paths = [path for files in found.values() for path in files]
    if others := [path for path in paths if path.suffix != ".parquet"]:
        raise TableError(f"{others[0]} is CSV; Spark reads Parquet: write the tables as Parquet files")
    with unchanged_set(folder, paths):
        yield {name: _read(spark, files) for name, files in found.items()}


def _read(spark: SparkSession, files: Sequence[Path]) -> DataFrame:
    """Return the rows of a table's files, one after the other, numbered through all."""
    frames: list[DataFrame] = []
    before = 0
    for path in files:
        frames.append(_read_file(spark, path, before))
        if sorted(frames[0].columns) != sorted(frames[-1].columns):
            raise TableError(f"{path} has other columns than {files[0].name}; the files of a table have the same")
        before += pq.read_metadata(path).num_rows if len(files) > 1 else 0
    return reduce(DataFrame.unionByName, frames)


def _read_file(spark: SparkSession, path: Path, before: int) -> DataFrame:
    reader = spark.read.option("parquet.page.verify-checksum.enabled", "true")
    try:
        frame = reader.parquet(path.resolve().as_uri())
    except (Py4JJavaError, PySparkException) as error:
        raise TableError(f"{path} cannot be read: Spark finds no Parquet in it that it knows") from error
    return frame.select("*", (F.col("_metadata.row_index") + (before + 1)).alias(ROW))


def _own_columns(name: str, frame: DataFrame, ignored: Collection[str]) -> _Table:
    """Return a table with the contract's columns under their names, and the number of each row."""
    if name not in _SPECS:
        return _Table(frame)
    *names, _ = frame.columns
    matched = match_columns(_SPECS[name], names, ignored)
    # By position: Spark takes two names that differ in their case alone for one.
    numbered = frame.toDF(*map(str, range(len(names) + 1)))
    chosen = [F.col(str(index)).alias(column) for index, column in matched.items()]
    unread = tuple(column for index, column in enumerate(names) if index not in matched)
    return _Table(numbered.select(*chosen, F.col(str(len(names))).alias(ROW)), unread)


def _prepared(own: Mapping[str, _Table], model: Model, task: Task) -> tuple[Tables, Task]:
    """Return the tables without a row but those of the rates, which every bucket needs, and the task that knows them.

    What is wrong with the tables whatever their rows hold is found here, before any task runs.
    """
    streams = {
        name: (table.frame if name == RATES.name else table.frame.limit(0)).toArrow() for name, table in own.items()
    }
    raw = {name: to_raw(rows, own[name].unread) for name, rows in streams.items()}
    base = Tables.from_raw(raw, model.manifest.money.constant_prices)
    check_money(base, model.manifest)
    packed = {name: to_stream(rows) for name, rows in streams.items()}
    return base, replace(task, tables=packed, unread={name: table.unread for name, table in own.items()})


def _run(own: Mapping[str, _Table], task: Task, buckets: int) -> DataFrame:
    schema = from_arrow_schema(PACKED)
    packed = [table.frame.mapInArrow(partial(pack, table=name, buckets=buckets), schema) for name, table in own.items()]
    shuffled = reduce(DataFrame.unionAll, packed).repartitionById(buckets, F.col("bucket"))
    return shuffled.mapInArrow(task, from_arrow_schema(RESULT)).persist(StorageLevel.MEMORY_AND_DISK)


def _kept(result: DataFrame) -> list[Kept]:
    """Run the job, and return the sums of each bucket.

    Raises
    ------
    TableError, ConfigError
        If a table as a whole cannot be read, or a firm that is wanted cannot be scored.
    """
    found = result.where(F.col("account").isNotNull()).select("account").collect()
    accounts = [read_account(row.account) for row in found]
    refused = sorted((one for one in accounts if isinstance(one, Refused)), key=lambda one: one.message)
    if refused:
        result.unpersist()
        raise (TableError if refused[0].of_tables else ConfigError)(refused[0].message)
    return [one.sums for one in accounts if isinstance(one, Accounted)]


def _quarantine(spark: SparkSession, result: DataFrame, base: Tables) -> DataFrame:
    records = result.where(F.col("record").isNotNull()).select("record.*")
    of_rates = base.quarantine.frame()
    return records if of_rates.empty else records.unionByName(spark.createDataFrame(of_rates[list(RECORD_COLUMNS)]))
