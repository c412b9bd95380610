"""What a backtest returns: one tree of results, written as JSON and read back the same."""

from datetime import date
from typing import Any

from pydantic import Field

from littlegiants.models.manifest import LabelDefinition
from littlegiants.training.backtest.abstention import Abstention
from littlegiants.training.backtest.backfill import BackFill
from littlegiants.training.backtest.baseline_scores import BaselineComparison
from littlegiants.training.backtest.intervals import IntervalQuality
from littlegiants.training.backtest.leaky import Twin
from littlegiants.training.backtest.measures import Measured
from littlegiants.training.backtest.portfolio import Portfolio
from littlegiants.training.backtest.result import Result
from littlegiants.training.backtest.settings import BacktestConfig
from littlegiants.training.backtest.slices import Slice
from littlegiants.training.backtest.stability import Stability
from littlegiants.training.backtest.survivors import CohortCheck


class Judged(Result):
    """The model, its baselines, slices and intervals, and the effect of withholding, at one origin or pooled."""

    measured: Measured
    baselines: tuple[BaselineComparison, ...] = Field(alias="rivals")  # the name in files
    slices: tuple[Slice, ...]
    intervals: IntervalQuality
    abstention: Abstention


class OriginResult(Result):
    """One origin.

    Attributes
    ----------
    as_of, window_end
        The origin, and the last day of its label window.
    fit, calibrate
        The as-of dates the model was fitted and calibrated on; fitted again through the latter if so configured.
    fitted_rows, fitted_rate
        Rows of the final booster, and their share of successes.
    left_out, withheld
        Firms of the cohort without a label, and measured firms whose probability would have been withheld.
    observed_tables, constant_features
        Tables that the model's signals came from, and signals with one value, or none, in all that it was fitted on.
    judged
        What was measured.
    cohort
        Whether the firms that closed are among the measured ones.
    twin
        The flattering figures of the same firms.
    """

    as_of: date
    window_end: date
    fit: tuple[date, ...]
    calibrate: date
    fitted_rows: int
    fitted_rate: float
    left_out: int
    withheld: int
    observed_tables: tuple[str, ...]
    constant_features: tuple[str, ...]
    judged: Judged
    cohort: CohortCheck
    twin: Twin


class Skipped(Result):
    """An origin at which no model could be trained, and why."""

    as_of: date
    reason: str


class Backtest(Result):
    """Everything that a backtest measured.

    Attributes
    ----------
    label, config, settings
        What is predicted, and the settings of the training and of the backtest.
    known_by, data_digest
        The last day whose knowledge was used, and the digest of the tables as known then.
    origins, skipped
        Ascending.
    pooled
        Over all origins; firms are resampled with all their rows.
    portfolios
        One portfolio for each number of picks.
    stability
        Of the attributions at the newest origin.
    back_fill
        The audit's shares; empty if the location of the tables was not given.
    """

    label: LabelDefinition
    config: dict[str, Any]
    settings: BacktestConfig
    known_by: date
    data_digest: str
    origins: tuple[OriginResult, ...]
    skipped: tuple[Skipped, ...]
    pooled: Judged
    portfolios: tuple[Portfolio, ...]
    stability: Stability
    back_fill: tuple[BackFill, ...]
