"""How good a model is on a date it has not seen, and what the simplest baselines reach there."""

from dataclasses import dataclass, field
from typing import Protocol

from littlegiants.features.matrix import CATEGORICAL, FEATURES
from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Figure, Reliability
from littlegiants.models.scoring import baselines
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.metrics import CALIBRATION, DECISIONS, SKILL, Labels, reliability


class LabelledRows(Protocol):
    """Rows with their outcomes, as of a panel."""

    @property
    def values(self) -> Floats:
        """The feature values, shape (n, k)."""

    @property
    def market(self) -> Labels:
        """1 for each success, shape (n,)."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured on the test date; empty when none was held out.

    Attributes
    ----------
    metrics
        Of the model, by name.
    baselines
        Of each baseline, by its name.
    reliability
        Predicted and observed rates of the model.
    """

    metrics: dict[str, Figure] = field(default_factory=dict)
    baselines: dict[str, dict[str, Figure]] = field(default_factory=dict)
    reliability: tuple[Reliability, ...] = ()


def evaluate(
    test: LabelledRows, probabilities: Floats, fitting: LabelledRows, weights: Floats, bootstrap: Bootstrap
) -> Evaluation:
    """Measure a model and its baselines.

    Parameters
    ----------
    test, probabilities
        The test date's rows and the model's P(market) of each.
    fitting, weights
        The rows the baselines are fitted on, and the weight of each.
    bootstrap
        The resampling behind the intervals.
    """
    found = {
        name: bootstrap.figures({**SKILL, **CALIBRATION}, test.market, scorer(test.values))
        for name, scorer in fitted_baselines(fitting, weights).items()
    }
    # A sum of money ranks firms and says nothing of probabilities.
    ranking = baselines.total_raised(FEATURES)(test.values)
    return Evaluation(
        metrics=bootstrap.figures({**SKILL, **CALIBRATION, **DECISIONS}, test.market, probabilities),
        baselines={**found, "total raised": bootstrap.figures(SKILL, test.market, ranking)},
        reliability=reliability(test.market, probabilities),
    )


def fitted_baselines(fitting: LabelledRows, weights: Floats) -> dict[str, baselines.Scorer]:
    """Fit the baselines that give probabilities, by name; parameters as of `evaluate`."""
    coded = tuple(FEATURES.index(column) for column in CATEGORICAL)
    return {
        "base rate": baselines.base_rate(fitting.market),
        "logistic regression": baselines.logistic(fitting.values, fitting.market, weights, coded),
    }
