"""From tables to a model: population, panel, booster, calibration, refit, and measurement on a date unseen by all."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version

from threadpoolctl import threadpool_limits

from littlegiants.features.matrix import BUILDER, BUILDER_VERSION, FEATURES, FIRST_BUILDER
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import ConfigError, TrainingError
from littlegiants.ingest.tables.contract import SIGNAL_TABLES
from littlegiants.ingest.tables.stated_columns import stated_columns
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.artefact.recorded_scores import recorded_rows
from littlegiants.models.manifest import Dates, LabelDefinition, Manifest
from littlegiants.models.scoring.booster import gain, log_odds
from littlegiants.models.scoring.interval import Spread
from littlegiants.models.scoring.model import Head, Model, current_categories, quantiles
from littlegiants.training.choice import check_choice
from littlegiants.training.config import TrainConfig
from littlegiants.training.data_end import data_end, known_on
from littlegiants.training.drift_reference import reference_cohort
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.evaluate import Evaluation, evaluate
from littlegiants.training.fit import fit_head, refit_head
from littlegiants.training.panel import Panel, PanelSource, constant_columns
from littlegiants.training.split import Schedule
from littlegiants.training.spread import fit_spread
from littlegiants.training.training_sets import TrainingSet, market_training_set

Progress = Callable[[str], None]
_LIBRARIES = ("littlegiants", "lightgbm", "numpy", "pandas", "scikit-learn", "venn-abers")
_MIN_CLASS = 20


@dataclass(frozen=True, slots=True)
class Trained:
    """A model and the matrix it was measured on.

    Attributes
    ----------
    model
        Not yet written: its manifest has no digest.
    test
        The panel of the test date, or None without a holdout.
    probabilities
        P(market) of the test panel's rows.
    training_set
        The rows and labels that the final booster was fitted on.
    began
        When the training began.
    """

    model: Model
    test: Panel | None
    probabilities: Floats | None
    training_set: TrainingSet
    began: datetime

    @property
    def fitting(self) -> Panel:
        """The panel of whole windows that the final booster was fitted on."""
        return self.training_set.panel


def train(
    tables: Tables,
    config: TrainConfig,
    undated: frozenset[str] = frozenset(),
    progress: Progress = lambda _: None,
    measured: bool = True,
) -> Trained:
    """Train a model.

    Parameters
    ----------
    tables
        All rows; nothing known after ``config.dates.known_by`` is looked at.
    config
        Every setting.
    undated
        Firms that left the risk set on a day nobody recorded; nothing can be learned from them, and they get no label.
    progress
        Called with a line of text when a step begins.
    measured
        Whether to measure on the test date; a backtest does that itself.

    Raises
    ------
    ConfigError
        If the dates do not fit together, or the tables are in other prices than the configuration says.
    TableError
        If ``config.dates.known_by`` is not given and the tables hold no event to take it from.
    TrainingError
        If a stage has too few firms of one class.

    Notes
    -----
    The calibration is learned on the later date from a booster that never saw it. The final booster is then fitted
    again with that date's labels, because skill decays with the age of the labels; it keeps the slope and the interval
    of the honest calibration, anchored to the newest base rate (`Calibration.anchored`). Nothing that was known only
    after the test date goes into any of them: later news changes the figures, and no score.
    """
    began = datetime.now(UTC)
    _check_money(tables, config)
    known_by = config.dates.known_by or data_end(tables)
    rule = config.label.rule()
    schedule = config.dates.schedule(rule.timespan, known_by)
    check_choice(config, schedule)
    known = known_on(tables, known_by)
    given = tuple(name for name in SIGNAL_TABLES if name in known.observed)
    # A model of the test date cannot learn from a label that became known only after it.
    learned_by = schedule.test or known_by
    source = PanelSource(known.known_by(learned_by), learned_by, rule, config.cohort.require_round, undated)
    # With more threads BLAS adds up in another order, and the last digits would depend on the machine.
    with threadpool_limits(limits=1, user_api="blas"):
        progress(f"signals of {len(schedule.fit)} as-of dates, {schedule.fit[0]} to {schedule.fit[-1]}")
        fitted = fit(source, schedule, config, progress)
        assert fitted.spread is not None  # noqa: S101 - fitted unless left out
        cohort = reference_cohort(source, schedule, fitted.panel, fitted.population, given)
        tested = _Tested()
        if schedule.test is not None:
            observed = replace(source, tables=known, known_by=known_by)
            test = observed.panel([schedule.test], fitted.population)
            tested = _test(test, fitted, config, progress, measured)
    manifest = Manifest(
        label=LabelDefinition(
            outcome=rule.outcome,
            timespan=str(rule.timespan),
            min_round_usd=rule.min_round_usd,
            require_round=config.cohort.require_round,
        ),
        dates=Dates(
            fit=schedule.fit,
            calibrate=schedule.calibrate,
            test=schedule.test,
            refit_through=fitted.panel.dates[-1],
            known_by=known_by,
        ),
        features=FEATURES,
        categories=current_categories(fitted.population),
        observed_tables=given,
        observed_columns=stated_columns(known),
        constant_features=constant_columns(fitted.panel.values),
        rows={
            "fit": len(fitted.panel),
            "calibrate": len(fitted.calibrating),
            "test": 0 if tested.panel is None else len(tested.panel),
        },
        base_rate=float(fitted.panel.market.mean()),
        data_digest=known.digest(),
        money=known.money.rule(known_by),
        # The number of threads changes no byte of the model, so it must not change its name either.
        config=config.model_dump(mode="json", exclude={"booster": {"threads"}}),
        seed=config.seed,
        versions=_versions(),
        subsidised_note=fitted.note,
        metrics=tested.evaluation.metrics,
        baselines=tested.evaluation.baselines,
        reliability=tested.evaluation.reliability,
        gain=gain(fitted.market.booster),
        notes=_notes(fitted.panel, fitted.calibrating, tested.panel),
    )
    model = Model(
        fitted.market,
        fitted.subsidised,
        fitted.spread,
        fitted.population,
        quantiles(fitted.reference),
        manifest,
        cohort,
    )
    recorded = recorded_rows(model, fitted.panel.values)
    model = replace(model, manifest=manifest.model_copy(update={"recorded_scores": recorded}))
    return Trained(model, tested.panel, tested.probabilities, fitted.training_set, began)


def _versions() -> dict[str, str]:
    own = {BUILDER: str(BUILDER_VERSION)} if BUILDER_VERSION > FIRST_BUILDER else {}
    return {name: version(name) for name in _LIBRARIES} | own


@dataclass(frozen=True, slots=True)
class Fitted:
    """Both heads as fitted last, the interval, and what they were fitted on; see `fit`."""

    market: Head
    subsidised: Head | None
    spread: Spread | None
    note: str
    population: Population
    training_set: TrainingSet
    calibrating: Panel
    reference: Floats

    @property
    def panel(self) -> Panel:
        """The panel of whole windows."""
        return self.training_set.panel


@dataclass(frozen=True, slots=True)
class _Tested:
    panel: Panel | None = None
    probabilities: Floats | None = None
    evaluation: Evaluation = field(default_factory=Evaluation)


def fit(
    source: PanelSource,
    schedule: Schedule,
    config: TrainConfig,
    progress: Progress = lambda _: None,
    interval: bool = True,
) -> Fitted:
    """Fit on the fit dates, calibrate on the later one, and fit again with its labels if the configuration says so.

    Parameters
    ----------
    source
        Where the labelled rows come from.
    schedule
        The as-of dates of each stage.
    config
        Every setting.
    progress
        Called with a line of text when a step begins.
    interval
        Whether to fit what gives the interval, too.
    """
    # A model of the calibration date would have known the population through that date, labelled or not.
    population = source.population(schedule.calibrate if config.fresh_population else schedule.fit[-1])
    fitting = source.panel(schedule.fit, population)
    calibrating = source.panel([schedule.calibrate], population)
    _check_classes(fitting, "fit")
    _check_classes(calibrating, "calibration")
    progress(f"booster on {len(fitting):,} rows, calibration on {len(calibrating):,} at {schedule.calibrate}")
    training_set = market_training_set(source, fitting, schedule.calibrate, population, config)
    market = fit_head(training_set, calibrating, "market", population, config)
    spread = None
    if interval:
        progress(f"interval by {config.interval_fits} fits of half the firms")
        spread = fit_spread(market, training_set, calibrating, population, config)
    rest, later = fitting.rows(fitting.market == 0), calibrating.rows(calibrating.market == 0)
    note = _why_no_subsidised(rest, later, config)
    subsidised = (
        None
        if note
        else fit_head(TrainingSet(rest, rest.outcome("subsidised")), later, "subsidised", population, config)
    )
    # The percentile's reference is scored by the booster that never saw these labels, as new firms will be.
    reference = market.calibration.probability(log_odds(market.booster, calibrating.values))
    if config.refit:
        population = source.population(source.known_by if config.fresh_population else schedule.calibrate)
        fitting = source.panel((*schedule.fit, schedule.calibrate), population)
        progress(f"booster again on {len(fitting):,} rows, through {schedule.calibrate}")
        training_set = market_training_set(source, fitting, source.known_by, population, config)
        market = refit_head(market, training_set, "market", population, config)
        if subsidised is not None:
            rest = fitting.rows(fitting.market == 0)
            again = TrainingSet(rest, rest.outcome("subsidised"))
            subsidised = refit_head(subsidised, again, "subsidised", population, config)
    return Fitted(market, subsidised, spread, note, population, training_set, calibrating, reference)


def _test(test: Panel, fitted: Fitted, config: TrainConfig, progress: Progress, measured: bool) -> _Tested:
    _check_classes(test, "test")
    probabilities = fitted.market.calibration.probability(log_odds(fitted.market.booster, test.values))
    if not measured:
        return _Tested(test, probabilities)
    progress(f"measuring on {len(test):,} firms at {test.dates[0]}")
    weights = fitted.panel.weights(config.recency_half_life_months)
    bootstrap = Bootstrap(config.bootstrap, config.seed)
    return _Tested(test, probabilities, evaluate(test, probabilities, fitted.panel, weights, bootstrap))


def _why_no_subsidised(fitting: Panel, calibrating: Panel, config: TrainConfig) -> str:
    """Return why P(subsidised) cannot be fitted, or an empty text."""
    if not config.label.rule().events.subsidised:
        return f"the outcome is {config.label.outcome}: the other outcomes are not told apart"
    for name, panel in (("fit", fitting), ("calibration", calibrating)):
        found = int(panel.outcome("subsidised").sum())
        if found < config.min_subsidised:
            return f"the {name} dates hold {found:,} subsidised firms, fewer than {config.min_subsidised:,}"
        if found > len(panel) - _MIN_CLASS:
            return f"nearly every firm without a market event at the {name} dates is subsidised"
    return ""


def _notes(*panels: Panel | None) -> tuple[str, ...]:
    left_out = {day: n for panel in panels if panel for day, n in zip(panel.dates, panel.left_out, strict=True)}
    return tuple(f"{day}: {count:,} firms of the cohort have no label" for day, count in left_out.items() if count)


def _check_money(tables: Tables, config: TrainConfig) -> None:
    if tables.money.constant_prices != config.constant_prices:
        raise ConfigError(
            f"the tables were read with constant_prices {tables.money.constant_prices}, and the configuration says "
            f"{config.constant_prices}; give read_tables the configuration's"
        )


def _check_classes(panel: Panel, stage: str) -> None:
    successes = int(panel.market.sum())
    if min(successes, len(panel) - successes) < _MIN_CLASS:
        raise TrainingError(
            f"the {stage} dates hold {len(panel):,} firms, {successes:,} of them successes; "
            f"at least {_MIN_CLASS} of each are needed for an honest model"
        )
