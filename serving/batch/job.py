"""A job: all firms of a place scored, at once or in partitions by several processes, with one and the same result."""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
import pandas as pd

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.files.atomic import cannot_write, replacing
from littlegiants.ingest.readers.partitions import Partitions, read_partitions, split_by_firm
from littlegiants.ingest.readers.read import read_raw, rough_rows, table_files
from littlegiants.ingest.tables.contract import RATES, TABLES
from littlegiants.ingest.tables.quarantine import Quarantine
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.screening import Screening
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.serving.batch.account import ENDS, Account, total
from littlegiants.serving.batch.inputs import Input, digested
from littlegiants.serving.batch.job_folder import empty
from littlegiants.serving.batch.processes import in_processes
from littlegiants.serving.batch.scored_partition import (
    KeptPartition,
    Order,
    ScoredPartition,
    check_wanted,
    score_partition,
)
from littlegiants.serving.batch.worker import score_kept_partition
from littlegiants.serving.scorer import Scorer, score_frame
from littlegiants.serving.watch.summary import CohortSummary

PARTITION_ROWS = 500_000
_RECORD, _ROWS, _INPUTS, _ORDER, _DONE = "job.json", "rows", "inputs.json", "order.json", "done"
Progress = Callable[[int, int], None]


class _Scores(Protocol):
    """Scores that are kept somewhere; see `KeptPartition.scores`."""

    def scores(self, columns: list[str] | None = None) -> pd.DataFrame: ...


@dataclass(frozen=True, slots=True)
class Job:
    """What a job has scored.

    Attributes
    ----------
    account
        The sums.
    quarantine
        Every row that was not used.
    summary
        The firms in counts, if they are to be watched.
    inputs
        The files that were read.
    whole
        The scores with their tables, if all were scored at once.
    """

    account: Account
    quarantine: Quarantine
    summary: CohortSummary
    inputs: tuple[Input, ...] = ()
    whole: ScoredPartition | None = None
    _kept: Sequence[_Scores] = ()

    def frames(self) -> Iterator[pd.DataFrame]:
        """Give the scores in ascending order of firms, one frame a partition; see `littlegiants.serving.scorer`."""
        if self.whole is not None:
            yield score_frame(self.whole.scores)
        yield from (partition.scores() for partition in self._kept)

    def market(self) -> Floats:
        """Return every P(market), NaN where it was withheld."""
        if self.whole is not None:
            return self.whole.scores["p_market"]
        return np.concatenate([partition.scores(["p_market"])["p_market"].to_numpy(float) for partition in self._kept])


def score_whole(scorer: Scorer, order: Order) -> Job:
    """Score all firms at once, in this process.

    Raises
    ------
    TableError, StopError, AsOfError, ConfigError
        As of `littlegiants.serving.scorer.Scorer.score` and `littlegiants.ingest.readers.read.read_tables`.
    """
    with digested(order.data) as inputs:
        raw = read_raw(order.data, order.ignore_columns)
    partition = score_partition(scorer, raw, order)
    check_wanted(order, scorer.model.manifest.label.require_round, [partition.kept()])
    return Job(partition.account, partition.quarantine, partition.summary, inputs, partition)


def partitions_of(data: str, partition_rows: int = PARTITION_ROWS) -> int:
    """Return in how many partitions a place is scored so that each has about so many rows."""
    return max(1, -(-rough_rows(data) // partition_rows))


class _Record(msgspec.Struct, frozen=True):
    """Which job a folder holds the work of, by the digest of its order, and the token of the run that began it."""

    order: str
    model: str
    partitions: int
    inputs: list[tuple[str, int, int, int]]
    token: str


def score_in_partitions(
    scorer: Scorer,
    order: Order,
    folder: Path,
    count: int,
    jobs: int | None = None,
    progress: Progress = lambda *_: None,
) -> Job:
    """Score firms in partitions that each fit into memory, going on with what the folder holds of the same job.

    Parameters
    ----------
    scorer, order
        The model, and what is wanted of it.
    folder
        The job's own, see `littlegiants.serving.batch.job_folder.job_folder`. The scores stay in it.
    count
        How many partitions to make at most.
    jobs
        How many processes score, each a partition at a time; by default one for each core.
    progress
        Called with how many partitions are done, of how many.

    Raises
    ------
    TableError, StopError, AsOfError, ConfigError
        As `score_whole`.
    """
    try:
        record = _begun(folder, scorer, order, count)
        split = _split(order, folder, count)
        model = folder / f"model-{record.model}"  # processes remember models by their folders
        if not model.exists():
            write_artefact(scorer.model, model)
        # Without the place of the tables, which may be a database's URL with a password.
        (folder / _ORDER).write_bytes(msgspec.json.encode(msgspec.structs.replace(order, data="")))
        # A process of a run that was killed may end later, and must not be taken for one of this run.
        done = [KeptPartition(folder / _DONE / record.token / f"{number:06}") for number in range(len(split))]
        _score(folder, model, done, jobs, progress)
        inputs = msgspec.json.decode((folder / _INPUTS).read_bytes(), type=tuple[Input, ...])
        return _joined(order, scorer.model.manifest.label.require_round, inputs, split, done)
    except OSError as error:
        raise cannot_write(folder, error) from None


def _begun(folder: Path, scorer: Scorer, order: Order, count: int) -> _Record:
    """Return the record of the job in a folder if it is this one, else begin anew."""
    digest, path = hashlib.sha256(msgspec.json.encode(order)).hexdigest(), folder / _RECORD
    record = _Record(digest, scorer.model.version, count, _inputs(order.data), secrets.token_hex(8))
    if path.exists():
        former = msgspec.json.decode(path.read_bytes(), type=_Record)
        if msgspec.structs.replace(record, token=former.token) == former:
            return former
    empty(folder)
    with replacing(path) as file:
        file.write(msgspec.json.encode(record))
    return record


def _inputs(data: str) -> list[tuple[str, int, int, int]]:
    """Return the state of the files of a folder; of a database nothing is known before it is read."""
    return [(path.name, (state := path.stat()).st_ino, state.st_size, state.st_mtime_ns) for path in table_files(data)]


def _split(order: Order, folder: Path, count: int) -> Partitions:
    """Return the partitions that a job's folder holds; make them if it holds none."""
    rows, record = folder / _ROWS, folder / _INPUTS
    if record.exists() and (made := read_partitions(rows)) is not None:
        return made
    shutil.rmtree(rows, ignore_errors=True)  # of a run that was stopped meanwhile
    rows.mkdir()
    with digested(order.data) as inputs:
        partitions = split_by_firm(order.data, rows, count, order.ignore_columns)
    with replacing(record) as file:
        file.write(msgspec.json.encode(inputs))
    return partitions


def _score(folder: Path, model: Path, done: Sequence[KeptPartition], jobs: int | None, progress: Progress) -> None:
    """Score the partitions that are not done yet."""
    todo = [number for number, partition in enumerate(done) if not partition.folder.exists()]
    before = len(done) - len(todo)
    progress(before, len(done))
    tasks = [(folder / _ROWS, number, model, folder / _ORDER, done[number].folder) for number in todo]
    for ended, _ in enumerate(in_processes(score_kept_partition, tasks, jobs), start=before + 1):
        progress(ended, len(done))


def _joined(
    order: Order,
    require_round: bool,
    inputs: tuple[Input, ...],
    partitions: Partitions,
    done: Sequence[KeptPartition],
) -> Job:
    """Return the job whose partitions are done, in the order of firms."""
    kept = [partition.sums() for partition in done]
    check_wanted(order, require_round, kept)
    quarantine = Quarantine()
    quarantine.extend(partitions.rejected)
    for partition in done:
        quarantine.extend(partition.quarantine())
    account = total([sums.account for sums in kept]) + _unread(partitions)
    return Job(account, quarantine, reduce(CohortSummary.__add__, (sums.summary for sums in kept)), inputs, None, done)


def _unread(partitions: Partitions) -> Account:
    """Return the account of the records that could not be read, and so are in no partition."""
    records = partitions.rejected.frame()
    sums = []
    for name in dict.fromkeys(records["table"]):
        spec = TABLES.get(name, RATES)
        of_table = RawTable.from_frame(pd.DataFrame())
        of_table.rejected = Quarantine.of(records[records["table"] == name])
        sums.append(Screening(spec, of_table).reconcile())
    rejected = sum(one.read for one in sums if one.table == "firms")
    return Account(firms={**dict.fromkeys(ENDS, 0), "rejected": rejected}, reconciliations=tuple(sums))
