"""Settings chosen by Optuna, under the temporal protocol only: each trial is trained at several origins of the past.

An origin is a date as of which a model is trained on what was known then, and scores the firms at risk; what came
of them is looked up. All of it was known by the day on which the test of a later training begins, so that test stays
unseen. Trials differ in nothing but their settings: panels are made once.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import numpy as np
import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
)
from threadpoolctl import threadpool_limits

from littlegiants.features.population.population import Population
from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.booster import log_odds
from littlegiants.training.choice import settings_digest
from littlegiants.training.config import ChosenConfig, TrainConfig
from littlegiants.training.data_end import data_end, known_on
from littlegiants.training.evaluation.metrics import CALIBRATION, SKILL
from littlegiants.training.origins import configuration_at, newest_origins
from littlegiants.training.panel import Panel, PanelSource
from littlegiants.training.pipeline import fit
from littlegiants.training.split import schedule_before

OBJECTIVE = "log_loss"
FIGURES = {OBJECTIVE: CALIBRATION[OBJECTIVE], **SKILL}
# What is drawn, and from where; the logarithm of most numbers evenly, since doubling matters and not adding.
SPACE: dict[str, BaseDistribution] = {
    "trees": IntDistribution(50, 600, log=True),
    "learning_rate": FloatDistribution(0.01, 0.1, log=True),
    "leaves": IntDistribution(4, 31, log=True),
    "leaf_firms": IntDistribution(20, 400, log=True),
    "column_share": FloatDistribution(0.2, 1.0),
    "row_share": FloatDistribution(0.5, 1.0),
    "l2": FloatDistribution(0.1, 50.0, log=True),
    "random_splits": CategoricalDistribution((False, True)),
    "signs": CategoricalDistribution((False, True)),
    "recency_half_life_months": CategoricalDistribution((6.0, 12.0, 24.0, 48.0, None)),
    "fresh_population": CategoricalDistribution((False, True)),
}
_OUTSIDE = ("recency_half_life_months", "fresh_population")
Drawn = dict[str, float | int | bool | None]
Done = Callable[["Trial"], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """One try: what was drawn, and the mean over the origins of each of `FIGURES`.

    Attributes
    ----------
    number
        From 0, which are the settings given.
    drawn
        The settings of `SPACE`.
    figures
        The means.
    by_origin
        The objective at each origin.
    began, ended
        When; two trials that differ in nothing else are equal.
    """

    number: int
    drawn: Drawn
    figures: dict[str, float]
    by_origin: tuple[float, ...]
    began: datetime = field(compare=False)
    ended: datetime = field(compare=False)


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a tuning came to.

    Attributes
    ----------
    config
        The settings of the best trial, with their ``[chosen]``.
    trials
        All that could be trained.
    failed
        Numbers of those that could not, since no tree split.
    best
        The number of the best.
    origins
        The as-of dates.
    objective
        The figure that was made as small as it would go.
    """

    config: TrainConfig
    trials: tuple[Trial, ...]
    failed: tuple[int, ...]
    best: int
    origins: tuple[date, ...]
    objective: str = OBJECTIVE


@dataclass(frozen=True, slots=True)
class _Remembered(PanelSource):
    """A source that makes each panel and population once."""

    panels: dict[object, Panel] = field(default_factory=dict)
    populations: dict[date, Population] = field(default_factory=dict)

    def panel(self, dates: Iterable[date], population: Population) -> Panel:
        days = tuple(dates)
        key = (days, population.through)
        if key not in self.panels:
            self.panels[key] = PanelSource.panel(self, days, population)
        return self.panels[key]

    def population(self, through: date) -> Population:
        if through not in self.populations:
            self.populations[through] = PanelSource.population(self, through)
        return self.populations[through]


@dataclass(frozen=True, slots=True)
class _Origin:
    day: date
    known: _Remembered
    observed: _Remembered

    def figures(self, config: TrainConfig) -> dict[str, float]:
        """Return each of `FIGURES` for the firms at risk on the day, by a model of what was known then."""
        dated = configuration_at(config, self.day, self.observed.known_by)
        try:
            schedule = dated.dates.schedule(config.label.rule().timespan, self.observed.known_by)
            fitted = fit(self.known, schedule, dated, interval=False)
        except TrainingError as error:
            raise TrainingError(f"{error}; this was at the origin {self.day}, which fewer origins leave out") from None
        test = self.observed.panel((self.day,), fitted.population)
        p = fitted.market.calibration.probability(log_odds(fitted.market.booster, test.values))
        return {name: figure(test.market, p) for name, figure in FIGURES.items()}


def tune(
    tables: Tables,
    config: TrainConfig,
    undated: frozenset[str] = frozenset(),
    trials: int = 40,
    origins: int = 3,
    spacing_months: int = 12,
    done: Done = lambda _: None,
) -> Tuned:
    """Choose settings by their mean log loss over several origins.

    Parameters
    ----------
    tables
        All rows.
    config
        The settings to begin with, of which those in `SPACE` are chosen. Its dates say until when a later training
        will look: nothing known after the day on which its test begins is looked at here.
    undated
        The firms that never have a label.
    trials
        How many settings are tried, the given ones first.
    origins, spacing_months
        How many origins, the newest complete one last, and how far apart.
    done
        Called after each trial.

    Raises
    ------
    ConfigError
        If the configuration names as-of dates of its own.
    TrainingError
        If an origin has too few firms of one class.
    """
    timespan = config.label.rule().timespan
    known_by = config.dates.known_by or data_end(tables)
    if config.dates.holdout:
        known_by = schedule_before(known_by, timespan, 1, 1, config.dates.gap_months).calibrate
    days = newest_origins(config, known_by, origins, spacing_months)
    places = [_origin(known_on(tables, known_by), config, undated, day, known_by) for day in days]
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=config.seed, n_startup_trials=min(10, trials))
    study = optuna.create_study(sampler=sampler)
    study.enqueue_trial(_given(config))
    found = list(_run(study, places, config, trials, done))
    best = min(found, key=lambda trial: (trial.figures[OBJECTIVE], trial.number))
    chosen = _with(config, best.drawn)
    choice = ChosenConfig(protocol=protocol(config, days, trials), settings=settings_digest(chosen), known_by=known_by)
    failed = tuple(sorted(set(range(trials)) - {trial.number for trial in found}))
    return Tuned(chosen.model_copy(update={"chosen": choice}), tuple(found), failed, best.number, days)


def protocol(config: TrainConfig, origins: tuple[date, ...], trials: int) -> str:
    """Return the SHA-256 of how settings are chosen: from where, among what, by which figure, on which dates.

    Parameters
    ----------
    config
        The settings to begin with.
    origins
        The as-of dates on which trials are measured.
    trials
        How many settings are tried.
    """
    said = {
        "from": settings_digest(config),
        "space": {name: distribution_to_json(some) for name, some in _space(config).items()},
        "objective": OBJECTIVE,
        "origins": list(map(str, origins)),
        "trials": trials,
        "seed": config.seed,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _run(study: optuna.Study, places: list[_Origin], config: TrainConfig, trials: int, done: Done) -> Iterator[Trial]:
    space = _space(config)
    for _ in range(trials):
        trial = study.ask(space)
        drawn: Drawn = dict(trial.params)
        began = datetime.now(UTC)
        try:
            with threadpool_limits(limits=1, user_api="blas"):
                rows = [place.figures(_with(config, drawn)) for place in places]
        except TrainingError:
            if trial.number == 0:
                raise
            # Settings under which no tree splits are no settings; the sampler learns to leave them.
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            continue
        means = {name: float(np.mean([row[name] for row in rows])) for name in FIGURES}
        study.tell(trial, means[OBJECTIVE])
        by_origin = tuple(row[OBJECTIVE] for row in rows)
        found = Trial(trial.number, drawn, means, by_origin, began, datetime.now(UTC))
        done(found)
        yield found


def _origin(tables: Tables, config: TrainConfig, undated: frozenset[str], day: date, known_by: date) -> _Origin:
    observed = _Remembered(tables, known_by, config.label.rule(), config.cohort.require_round, undated)
    return _Origin(
        day, replace(observed, tables=tables.known_by(day), known_by=day, panels={}, populations={}), observed
    )


def _space(config: TrainConfig) -> dict[str, BaseDistribution]:
    """Return `SPACE`, wide enough for the settings to begin with."""
    space, given = dict(SPACE), _given(config)
    for name, some in SPACE.items():
        value = given[name]
        if isinstance(some, CategoricalDistribution):
            if value not in some.choices:
                space[name] = CategoricalDistribution((*some.choices, value))
        elif isinstance(some, IntDistribution | FloatDistribution) and value is not None:
            space[name] = type(some)(min(some.low, value), max(some.high, value), log=some.log)  # type: ignore[arg-type]
    return space


def _given(config: TrainConfig) -> Drawn:
    plain = {**config.booster.model_dump(), **{name: getattr(config, name) for name in _OUTSIDE}}
    return {name: plain[name] for name in SPACE}


def _with(config: TrainConfig, drawn: Drawn) -> TrainConfig:
    booster = config.booster.model_copy(update={name: drawn[name] for name in SPACE if name not in _OUTSIDE})
    return config.model_copy(update={"booster": booster, **{name: drawn[name] for name in _OUTSIDE}})
