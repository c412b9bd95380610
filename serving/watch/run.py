"""A run of the watch: the firms at risk on a date, compared with those that the model learned from."""

from dataclasses import dataclass
from datetime import date

from littlegiants.features.asof.as_of_date import check_as_of_date
from littlegiants.features.asof.cohort import cohort
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import ConfigError, DriftError, NoReferenceError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.abstain import abstain_reason
from littlegiants.models.scoring.model import Model
from littlegiants.models.staleness import Age, Staleness, age
from littlegiants.serving.scorer import check_money
from littlegiants.serving.watch.checks import Check, adjusted
from littlegiants.serving.watch.expected_skill import ExpectedSkill, expected_skill
from littlegiants.serving.watch.feature_drift import feature_checks
from littlegiants.serving.watch.silent_tables import table_checks
from littlegiants.serving.watch.summary import CohortSummary
from littlegiants.serving.watch.withheld import withheld_checks


@dataclass(frozen=True, slots=True)
class Watched:
    """What came of a run.

    Attributes
    ----------
    model_version, model_age
        The model, and how old it is as of the date.
    reference_as_of, reference_firms
        The date of the cohort that was compared with, and how many firms were in it.
    as_of, firms
        The date of the run, and how many firms were at risk.
    checks
        Every figure; see `Check`.
    unseen
        By ``country`` and ``sector``: how many firms state each value that the training never saw.
    expected
        The skill to expect while the firms' windows are open, an estimate.
    """

    model_version: str
    model_age: Age
    reference_as_of: date
    reference_firms: int
    as_of: date
    firms: int
    checks: tuple[Check, ...]
    unseen: dict[str, dict[str, int]]
    expected: ExpectedSkill

    @property
    def alarms(self) -> tuple[str, ...]:
        """What to look into before the scores are used, one short text each; empty where nothing speaks against it."""
        expired = ("model expired",) if self.model_age.staleness is Staleness.EXPIRED else ()
        return (*expired, *(f"{check.kind} {check.name}" for check in self.checks if check.alarm))


def watch(model: Model, tables: Tables, as_of: date) -> Watched:
    """Compare the firms at risk on a date with the reference cohort of a model.

    Parameters
    ----------
    model
        The model.
    tables
        All rows; those known after ``as_of`` are ignored.
    as_of
        The as-of date, 1980 to 2099.

    Raises
    ------
    AsOfError
        If the date is out of range, or has a time of day.
    ConfigError
        If no firm is at risk, or the tables convert amounts in another way than the training did.
    NoReferenceError
        If the model was trained before reference cohorts were kept.
    """
    check_as_of_date(as_of)
    if model.cohort is None:
        raise NoReferenceError(f"the model {model.version} has no reference cohort to compare with: train again")
    check_money(tables, model.manifest)
    snapshot = Snapshot(tables, as_of, model.population)
    firms = cohort(snapshot, model.manifest.label.require_round)
    if not len(firms):
        raise ConfigError(f"no firm is at risk on {as_of}; is the date within the data?")
    matrix = FeatureMatrix.of(snapshot, firms, columns=model.columns)
    reasons = abstain_reason(matrix, model.manifest.observed_tables)
    summary = CohortSummary.of(model.cohort, snapshot, matrix, firms, reasons)
    return judged(model, summary, model.score(matrix, explain=False)["p_market"], as_of)


def judged(model: Model, scored: CohortSummary, market: Floats, as_of: date) -> Watched:
    """Compare a cohort that was scored with the reference cohort of the model.

    Parameters
    ----------
    model
        The model, which has a reference cohort.
    scored
        The cohort, of one firm at least.
    market
        P(market) of its firms, NaN where it was withheld.
    as_of
        The as-of date.

    Raises
    ------
    NoReferenceError
        As `watch`.
    """
    if model.cohort is None:
        raise NoReferenceError(f"the model {model.version} has no reference cohort to compare with: train again")
    checks = adjusted(
        [
            *feature_checks(model.cohort, scored, model.columns),
            *withheld_checks(model.cohort, scored.withheld, scored.firms),
            *table_checks(model.cohort, scored, as_of),
        ]
    )
    return Watched(
        model_version=model.version,
        model_age=age(model.manifest, as_of),
        reference_as_of=model.cohort.as_of,
        reference_firms=model.cohort.firms,
        as_of=as_of,
        firms=scored.firms,
        checks=checks,
        unseen={kind: dict(values) for kind, values in scored.unseen.items()},
        expected=expected_skill(market),
    )


def refuse_alarms(watched: Watched) -> None:
    """Stop a job whose firms are not like those that the model learned from.

    Raises
    ------
    DriftError
        If the run has any alarm; one line that names them.
    """
    if watched.alarms:
        raise DriftError(
            f"the firms as of {watched.as_of} are not like those of the training: {listed(watched.alarms)}"
        )
