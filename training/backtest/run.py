"""A rolling-origin backtest: at each origin a model of what was known then, measured on what came.

Origins follow one another as live use would have: the recipe is trained again at each (Tashman 2000), and none of it
has seen a label that was not known on the day.
"""

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.training.backtest.abstention import abstention
from littlegiants.training.backtest.backfill import back_fill
from littlegiants.training.backtest.baseline_scores import compare
from littlegiants.training.backtest.findings import Backtest, Judged, OriginResult, Skipped
from littlegiants.training.backtest.intervals import interval_quality
from littlegiants.training.backtest.leaky import leaky_twin
from littlegiants.training.backtest.measures import measured, replicate_all
from littlegiants.training.backtest.origin import Origin, Progress, run_origin
from littlegiants.training.backtest.portfolio import Portfolio, simulate_portfolio
from littlegiants.training.backtest.refits import stability
from littlegiants.training.backtest.settings import BacktestConfig
from littlegiants.training.backtest.slices import by_slice
from littlegiants.training.backtest.survivors import check_cohort
from littlegiants.training.config import TrainConfig
from littlegiants.training.data_end import data_end, known_on
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes


def backtest(
    tables: Tables,
    config: TrainConfig,
    settings: BacktestConfig | None = None,
    undated: frozenset[str] = frozenset(),
    truth: pd.DataFrame | None = None,
    location: str | Path | None = None,
    against: str | Path | None = None,
    progress: Progress = lambda _: None,
    ignore_columns: Collection[str] = (),
) -> Backtest:
    """Train at each origin and measure what came.

    Parameters
    ----------
    tables
        All rows; nothing known after ``config.dates.known_by`` is looked at.
    config
        The recipe; it must not name fit, calibrate and test dates.
    settings
        Origins and everything else that is not the recipe's.
    undated
        Firms that left the risk set on a day nobody recorded.
    truth
        Of a simulated economy: columns ``firm_id``, ``as_of_date`` and ``p_market``.
    location, against
        Where the tables are, and a later export of the same source, for the figures of back-filling.
    progress
        Called with a line of text when a step begins.
    ignore_columns
        Columns there that resemble one of the contract and are none.

    Raises
    ------
    ConfigError
        If the dates do not fit together.
    TrainingError
        If no model can be trained at any origin.
    """
    settings = settings or BacktestConfig()
    known_by = config.dates.known_by or data_end(tables)
    known = known_on(tables, known_by)
    with threadpool_limits(limits=1, user_api="blas"):
        origins, skipped = _origins(known, config, settings, known_by, undated, truth, progress)
        results = tuple(_result(known, origin, settings, known_by, progress) for origin in origins)
        progress(f"figures pooled over {len(origins)} origins")
        pooled = results[0].judged if len(origins) == 1 else _judged(origins, settings)
        progress(f"attributions of {settings.refits} more fits")
        reasons = stability(known, origins, settings.refits, settings.explained)
    return Backtest(
        label=origins[-1].model.manifest.label,
        config=config.model_dump(mode="json", exclude={"booster": {"threads"}}),
        settings=settings,
        known_by=known_by,
        data_digest=known.digest(),
        origins=results,
        skipped=skipped,
        pooled=pooled,
        portfolios=tuple(_portfolio(origins, size, config.seed) for size in settings.picks),
        stability=reasons,
        back_fill=() if location is None else back_fill(location, against, ignore_columns),
    )


def _origins(
    known: Tables,
    config: TrainConfig,
    settings: BacktestConfig,
    known_by: date,
    undated: frozenset[str],
    truth: pd.DataFrame | None,
    progress: Progress,
) -> tuple[tuple[Origin, ...], tuple[Skipped, ...]]:
    found, skipped = [], []
    for day in settings.dates(config, known_by):
        progress(f"origin {day}")
        try:
            found.append(run_origin(known, config, day, known_by, undated, truth, progress))
        except TrainingError as error:
            skipped.append(Skipped(as_of=day, reason=str(error)))
    if not found:
        raise TrainingError(f"no model can be trained at any origin; at {skipped[-1].as_of}: {skipped[-1].reason}")
    return tuple(found), tuple(skipped)


def _result(
    known: Tables, origin: Origin, settings: BacktestConfig, known_by: date, progress: Progress
) -> OriginResult:
    progress(f"figures of {len(origin.test):,} firms at {origin.as_of}")
    config, dates = origin.config, origin.model.manifest.dates
    timespan = config.label.rule().timespan
    twin = leaky_twin(
        known, origin, known_by, settings.folds, settings.refits, Bootstrap(config.bootstrap, config.seed)
    )
    return OriginResult(
        as_of=origin.as_of,
        window_end=timespan.end(origin.as_of),
        fit=dates.fit,
        calibrate=dates.calibrate,
        fitted_rows=len(origin.fitting),
        fitted_rate=float(origin.fitting.market.mean()),
        left_out=origin.test.left_out[0],
        withheld=int((origin.reasons != "").sum()),
        observed_tables=origin.model.manifest.observed_tables,
        constant_features=origin.model.manifest.constant_features,
        judged=_judged((origin,), settings),
        cohort=check_cohort(known, origin.as_of, timespan, config.cohort.require_round, origin.test.firm_ids),
        twin=twin,
    )


def _judged(origins: tuple[Origin, ...], settings: BacktestConfig) -> Judged:
    config = origins[0].config
    bootstrap = Bootstrap(config.bootstrap, config.seed)
    outcomes = PooledOutcomes.of([origin.outcomes for origin in origins])
    probabilities, low, high, true, reasons = (
        np.concatenate([getattr(origin, name) for origin in origins])
        for name in ("probabilities", "low", "high", "truth", "reasons")
    )
    model = replicate_all(outcomes, probabilities, bootstrap)
    scores = {name: np.concatenate([origin.baselines[name] for origin in origins]) for name in origins[0].baselines}
    return Judged(
        measured=measured(outcomes, probabilities, model),
        baselines=compare(outcomes, model, scores, bootstrap),
        slices=by_slice(origins, outcomes, probabilities, settings, bootstrap),
        intervals=interval_quality(outcomes.labels, probabilities, low, high, true),
        abstention=abstention(outcomes.labels, probabilities, high - low, reasons, config.seed),
    )


def _portfolio(origins: Sequence[Origin], size: int, seed: int) -> Portfolio:
    baselines = {name: [origin.baselines[name] for origin in origins] for name in origins[0].baselines}
    return simulate_portfolio(
        [origin.as_of for origin in origins],
        [origin.test.market for origin in origins],
        [origin.probabilities for origin in origins],
        baselines,
        size,
        seed,
    )
