"""A partition, scored: in memory, or kept on disk until all partitions are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from littlegiants.features.asof.cohort import cohort, not_at_risk
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.atomic import staged_folder
from littlegiants.ingest.files.frames import write_frame
from littlegiants.ingest.tables.contract import RATES
from littlegiants.ingest.tables.quarantine import Quarantine
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.model import Scores
from littlegiants.serving.batch.account import Account, account_of
from littlegiants.serving.scorer import Scorer, score_frame
from littlegiants.serving.watch.summary import CohortSummary

_SCORES, _QUARANTINE, _ACCOUNT = "scores.parquet", "quarantine.parquet", "account.json"


class Order(msgspec.Struct, frozen=True):
    """What is to be scored, and how.

    Attributes
    ----------
    data
        A folder of tables, or a database's URL.
    as_of
        The as-of date.
    firms
        Ids of the firms wanted; None for every firm at risk.
    explain
        Whether to fill the reason codes.
    allow_stale
        As of `littlegiants.serving.scorer.Scorer.score`.
    watch
        Whether to compare the firms with those of the training.
    ignore_columns
        As of `littlegiants.ingest.readers.read.read_tables`.
    """

    data: str
    as_of: date
    firms: tuple[str, ...] | None = None
    explain: bool = True
    allow_stale: str = ""
    watch: bool = False
    ignore_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoredPartition:
    """The scores of some firms, and what became of their rows.

    Attributes
    ----------
    tables
        The firms' tables.
    scores
        As of `littlegiants.models.scoring.model.Model.score`.
    account
        The sums.
    quarantine
        The rows that were not used.
    summary
        The firms in counts, if they are to be watched.
    found, not_at_risk
        Which of the wanted firms the tables have, and which of these are not at risk.
    """

    tables: Tables
    scores: Scores
    account: Account
    quarantine: Quarantine
    summary: CohortSummary = field(default_factory=CohortSummary)
    found: tuple[str, ...] = ()
    not_at_risk: tuple[str, ...] = ()

    def kept(self) -> "Kept":
        """Return what is kept of it beside its frames."""
        return Kept(self.account, self.summary, self.found, self.not_at_risk)

    def without_rates(self) -> "ScoredPartition":
        """Return it without an account of the exchange rates, which every partition reads and one accounts for."""
        others = tuple(one for one in self.account.reconciliations if one.table != RATES.name)
        records = self.quarantine.frame()
        quarantine = Quarantine.of(records[records["table"] != RATES.name])
        return replace(self, account=replace(self.account, reconciliations=others), quarantine=quarantine)


def score_partition(scorer: Scorer, raw: Mapping[str, RawTable], order: Order) -> ScoredPartition:
    """Score the firms of some tables.

    Parameters
    ----------
    scorer
        The model.
    raw
        The tables as read: all rows of these firms, and all exchange rates.
    order
        What is wanted. Wanted firms that the tables do not have, or that are not at risk, are passed over.

    Raises
    ------
    TableError, AsOfError, ConfigError, StaleModelError
        As of `littlegiants.serving.scorer.Scorer.score`.
    """
    tables = Tables.from_raw(raw, scorer.model.manifest.money.constant_prices)
    chosen = tables if order.firms is None else tables.take(np.array(order.firms, object))
    snapshot = scorer.snapshot(chosen, order.as_of, order.allow_stale)
    require_round = scorer.model.manifest.label.require_round
    at_risk = cohort(snapshot, require_round)
    matrix = scorer.matrix(snapshot, at_risk)
    scores = scorer.model.score(matrix, order.explain)
    reference = scorer.model.cohort
    summary = (
        CohortSummary.of(reference, snapshot, matrix, at_risk, scores["abstain_reason"])
        if order.watch and reference is not None
        else CohortSummary()
    )
    account = account_of(raw["firms"], tables, snapshot, require_round, scores)
    if order.firms is None:
        return ScoredPartition(tables, scores, account, tables.quarantine, summary)
    other = np.setdiff1d(np.arange(len(chosen)), at_risk)
    ids = tuple(chosen.firm_ids.tolist()), tuple(chosen.firm_ids[other].tolist())
    return ScoredPartition(tables, scores, account, tables.quarantine, summary, *ids)


def check_wanted(order: Order, require_round: bool, kept: Sequence["Kept"]) -> None:
    """Refuse firms that were asked for and are in no table, or not at risk.

    Parameters
    ----------
    order
        What was wanted.
    require_round
        As of `littlegiants.features.asof.cohort.cohort`.
    kept
        What came of each partition.

    Raises
    ------
    ConfigError
        If there are such, counted over all partitions.
    """
    unknown = sorted(set(order.firms or ()) - {firm for one in kept for firm in one.found})
    if unknown:
        raise ConfigError(f"{len(unknown):,} of the wanted firms are not in the firms table, {unknown[0]!r} the first")
    other = sorted(firm for one in kept for firm in one.not_at_risk)
    if other:
        raise ConfigError(not_at_risk(order.as_of, require_round, f"{len(other):,} of the wanted firms are", other[0]))


class Kept(msgspec.Struct, frozen=True):
    """What is kept of a partition beside its frames: as of `ScoredPartition`."""

    account: Account
    summary: CohortSummary
    found: tuple[str, ...]
    not_at_risk: tuple[str, ...] = ()


def keep_partition(partition: ScoredPartition, folder: Path) -> None:
    """Keep a partition as a folder, which appears whole or not at all."""
    with staged_folder(folder) as staged:
        write_frame(score_frame(partition.scores), staged / _SCORES)
        write_frame(partition.quarantine.frame(), staged / _QUARANTINE)
        (staged / _ACCOUNT).write_bytes(msgspec.json.encode(partition.kept()))


@dataclass(frozen=True, slots=True)
class KeptPartition:
    """A partition that was kept in a folder."""

    folder: Path

    def sums(self) -> Kept:
        """Return the sums."""
        return msgspec.json.decode((self.folder / _ACCOUNT).read_bytes(), type=Kept)

    def scores(self, columns: list[str] | None = None) -> pd.DataFrame:
        """Return the scores as `littlegiants.serving.scorer.score_frame` gave them, or some columns of them."""
        return _read(self.folder / _SCORES, columns)

    def quarantine(self) -> Quarantine:
        """Return what was quarantined."""
        return Quarantine.of(_read(self.folder / _QUARANTINE))


def _read(file: Path, columns: list[str] | None = None) -> pd.DataFrame:
    frame: pd.DataFrame = pq.read_table(file, columns=columns, page_checksum_verification=True).to_pandas()
    return frame
