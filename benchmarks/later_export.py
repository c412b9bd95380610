"""What came of the 2013 benchmark's firms by a later export, and every figure of the README on those real outcomes.

The label is that of the outside judge: the firms of the benchmark's cohort, less those whose acquisition turned out to
be dated on or before the snapshot; ``market`` is an acquisition, or a round of a kind that counts of at least USD 1 m,
within the window; ``exit`` an acquisition. A firm that the later export does not name had no event in it. The
exports give no date of a listing, so that ``listed`` cannot be judged by them.
"""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.matrix import feature_matrix
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from littlegiants.ingest.tables.tables import Tables
from littlegiants.ingest.tables.vocabulary import among
from littlegiants.models.manifest import Figure
from littlegiants.training.backtest.backfill import REWRITTEN, BackFill, back_fill
from littlegiants.training.backtest.baseline_scores import BaselineComparison, baseline_scores, compare
from littlegiants.training.backtest.intervals import IntervalQuality, interval_quality
from littlegiants.training.backtest.leaky import Twin, leaky_twin
from littlegiants.training.backtest.measures import Measured, measured, replicate_all
from littlegiants.training.backtest.origin import Origin
from littlegiants.training.backtest.result import Result
from littlegiants.training.config import TrainConfig
from littlegiants.training.data_end import data_end
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.labels import STALLED, UNKNOWN, Labels, label
from littlegiants.training.panel import Panel
from littlegiants.training.pipeline import Trained

_INVESTMENTS = "investments.csv"
_NO_INVESTMENTS = "investor_permalink,funding_round_permalink\n"
_FOLDS, _SHUFFLES = 5, 3
_COMPARED = {
    "firms": ("firm_id", "name", "founded_on"),
    "rounds": ("firm_id", "round_id", "announced_on", "kind", "amount", "currency"),
    "outcomes": ("firm_id", "happened_on", "kind"),
}


@dataclass(frozen=True, slots=True)
class LaterExport:
    """A later export of the same source.

    Attributes
    ----------
    folder
        Its tables.
    tables
        The same, read.
    said
        What the import says of its rows.
    """

    folder: Path
    tables: Tables
    said: tuple[str, ...]


class Judgement(Result):
    """The benchmark's scores against real outcomes.

    Attributes
    ----------
    cohort
        Firms of the benchmark's cohort.
    left_before
        Those that the later export says were acquired by the snapshot's day: left out.
    not_named
        Those judged that the later export does not name: without an event.
    model, named
        Every figure of the model, over all firms judged and over those that the later export names.
    baselines
        What each baseline reaches, and how the model compares with it.
    intervals
        Mean intervals of ten groups against the shares that came.
    twin
        The leaky twin, of the firms that the later export names: its signals are those of that export.
    back_fill
        Shares of the rows of firms in both exports that the later one added to the past, lost or changed.
    """

    cohort: int
    left_before: int
    not_named: int
    model: Measured
    named: Measured
    baselines: tuple[BaselineComparison, ...]
    intervals: IntervalQuality
    twin: Twin
    back_fill: tuple[BackFill, ...]


def read_later(export: Path, scratch: Path) -> LaterExport:
    """Import a later export.

    Parameters
    ----------
    export
        Its folder. A file of investments may be absent: no outcome needs it.
    scratch
        A folder of our own, where its tables are written.
    """
    source = export
    if not (export / _INVESTMENTS).exists():
        source = scratch / "export"
        shutil.copytree(export, source)
        (source / _INVESTMENTS).write_text(_NO_INVESTMENTS, encoding="utf-8")
    imported = import_crunchbase(source)
    folder = scratch / "later"
    write_import(imported, folder)
    return LaterExport(folder, read_tables(folder), tuple(str(sums) for sums in imported.reconciliations))


def check_outcome(outcome: str) -> None:
    """Refuse an outcome that the exports cannot judge.

    Raises
    ------
    ConfigError
        For ``listed``.
    """
    if outcome == "listed":
        raise ConfigError("--later knows no date of a listing, so it cannot judge 'listed'; give market or exit")


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of the firms of a cohort that are judged.

    Attributes
    ----------
    firm_ids : ndarray of object, shape (n,)
    labels : ndarray of int8, shape (n,)
        As of `littlegiants.training.labels`.
    named : ndarray of bool, shape (n,)
        Whether the later export names the firm.
    left_before
        How many more firms turned out to have left by the snapshot's day.
    """

    firm_ids: npt.NDArray[np.object_]
    labels: Labels
    named: npt.NDArray[np.bool_]
    left_before: int


def outcomes_of(later: Tables, firm_ids: Sequence[str], config: TrainConfig, as_of: date) -> Outcomes:
    """Return what came of a cohort, by the label rule of the training.

    Parameters
    ----------
    later
        The later export.
    firm_ids
        Ids of the cohort, ascending.
    config
        The benchmark's settings.
    as_of
        The snapshot's day.
    """
    ids, rule = np.array(firm_ids, object), config.label.rule()
    named = among(ids, later.firm_ids.tolist())
    labels = np.full(len(ids), STALLED, np.int8)
    codes = np.searchsorted(later.firm_ids, ids[named]).astype(np.int64)
    labels[named] = label(later, codes, as_of, rule.timespan.end(as_of), rule)
    kept = labels != UNKNOWN
    return Outcomes(ids[kept], labels[kept], named[kept], int((~kept).sum()))


def judge(
    trained: Trained, config: TrainConfig, tables: Tables, folder: Path, cohort: Sequence[str], later: LaterExport
) -> Judgement:
    """Hold a trained model to what came.

    Parameters
    ----------
    trained, config
        The model of the snapshot's day and its settings.
    tables, folder
        The tables that it was trained on, and where they are.
    cohort
        Ids of the firms that the benchmark scores.
    later
        The later export.
    """
    as_of = trained.model.manifest.dates.known_by
    came = outcomes_of(later.tables, cohort, config, as_of)
    origin = _origin(trained, config, tables, came, as_of)
    bootstrap = Bootstrap(config.bootstrap, config.seed)
    model = replicate_all(origin.outcomes, origin.probabilities, bootstrap)
    some = _rows(origin, came.named)
    return Judgement(
        cohort=len(cohort),
        left_before=came.left_before,
        not_named=int((~came.named).sum()),
        model=measured(origin.outcomes, origin.probabilities, model),
        named=measured(some.outcomes, some.probabilities, replicate_all(some.outcomes, some.probabilities, bootstrap)),
        baselines=compare(origin.outcomes, model, origin.baselines, bootstrap),
        intervals=interval_quality(
            origin.test.market, origin.probabilities, origin.low, origin.high, np.full(len(origin.test), np.nan)
        ),
        twin=leaky_twin(later.tables, some, data_end(later.tables), _FOLDS, _SHUFFLES, bootstrap),
        back_fill=rewritten(folder, later.folder),
    )


def rewritten(earlier: Path, later: Path) -> tuple[BackFill, ...]:
    """Return which shares of the rows of both exports' firms the later one added to the past, lost or changed.

    The layouts number rounds each in its own way, and use other words for sectors and regions. So rounds are compared
    by firm and day, and firms by what both write alike.

    Parameters
    ----------
    earlier, later
        Folders of the tables of both exports.
    """
    named = [
        set(pd.read_csv(folder / "firms.csv", usecols=["firm_id"], dtype=str)["firm_id"]) for folder in (earlier, later)
    ]
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch) / name for name in ("earlier", "later")]
        for source, folder in zip((earlier, later), folders, strict=True):
            _write_comparable(source, named[0] & named[1], folder)
        found = back_fill(*folders)
    return tuple(share for share in found if share.check in REWRITTEN)


def _write_comparable(source: Path, firm_ids: set[str], folder: Path) -> None:
    folder.mkdir()
    for table, columns in _COMPARED.items():
        frame = pd.read_csv(source / f"{table}.csv", dtype=str, keep_default_na=False)
        frame = frame[frame["firm_id"].isin(firm_ids)]
        if table == "outcomes":
            frame = frame[frame["kind"] == "acquisition"]
        if table == "rounds":
            frame = frame.sort_values(["firm_id", "announced_on", "amount", "kind"])
            again = frame.groupby(["firm_id", "announced_on"]).cumcount().astype(str)
            frame = frame.assign(round_id=frame["firm_id"] + " " + frame["announced_on"] + " " + again)
        frame[list(columns)].to_csv(folder / f"{table}.csv", index=False)


def _origin(trained: Trained, config: TrainConfig, tables: Tables, came: Outcomes, as_of: date) -> Origin:
    model, fitting = trained.model, trained.fitting
    codes = np.searchsorted(tables.firm_ids, came.firm_ids).astype(np.int64)
    values = feature_matrix(tables, as_of, model.population, codes).values
    test = Panel(values, came.labels, came.firm_ids, np.zeros(len(codes), np.int64), (as_of,), (came.left_before,))
    return Origin(
        config,
        model,
        trained.training_set,
        test,
        *model.interval(values),
        np.full(len(codes), "", object),
        baseline_scores(fitting, fitting.weights(config.recency_half_life_months), values),
        np.full(len(codes), np.nan),
    )


def _rows(origin: Origin, mask: npt.NDArray[np.bool_]) -> Origin:
    """Return an origin with some of its firms."""
    arrays = {name: getattr(origin, name)[mask] for name in ("probabilities", "low", "high", "reasons", "truth")}
    scores = {name: found[mask] for name, found in origin.baselines.items()}
    return replace(origin, test=origin.test.rows(mask), baselines=scores, **arrays)


def show(found: Judgement) -> None:
    """Print the judgement."""
    print(f"\njudged: {found.model.rows:,} firms, {found.model.successes:,} of them successes")
    print(f"  of {found.cohort:,}, {found.left_before:,} had left by the snapshot's day")
    print(f"  {found.not_named:,} are not named by the later export, and count as without an event")
    named = found.named.metrics
    for name, figure in found.model.metrics.items():
        other = named[name]
        print(f"  {name:<22} {_span(figure)}   of the {found.named.rows:,} named {_span(other)}")
    for baseline in found.baselines:
        figure, gain = baseline.metrics["auc"], baseline.differences["auc"]
        print(f"  auc of {baseline.name:<24} {_span(figure)}, the model's less that {_span(gain)}")
    print("  predicted and observed share by tenth of the probability, with the mean interval:")
    for part in found.intervals.bins:
        interval = f"[{part.low:.3f}, {part.high:.3f}]"
        came = f"{part.observed:.3f} [{part.observed_low:.3f}, {part.observed_high:.3f}]"
        print(f"    {part.predicted:.3f} {interval}  {came}")
    twin = found.twin
    print(f"  leaky twin, signals as of {twin.crawled}: auc {_span(twin.leaky['auc'])}")
    print(f"    above the honest one by {_span(twin.flattery['auc'])}")
    print(f"  random folds alone: auc {_span(twin.random_split['auc'])}")
    print(f"  the recipe on shuffled labels: auc {_span(twin.shuffled_auc)}")
    for share in found.back_fill:
        if share.check == "changed_fact" and not share.count:
            continue
        column = f".{share.column}" if share.column else ""
        print(f"  {share.check} {share.table}{column}: {share.count:,} of {share.of:,}, {share.share:.1%}")


def _span(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"
