"""What a model must beat, on the same firms: what each baseline reaches, and the paired difference."""

from collections.abc import Mapping

import numpy as np

from littlegiants.features.matrix import FEATURES
from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Figure
from littlegiants.models.scoring import baselines
from littlegiants.training.backtest.measures import errors, ranking
from littlegiants.training.backtest.result import Result
from littlegiants.training.evaluation import evaluate
from littlegiants.training.evaluation.bootstrap import Bootstrap, Replicates, figure, figures
from littlegiants.training.evaluation.metrics import SKILL
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes
from littlegiants.training.panel import Panel

TOTAL_RAISED, LAST_ROUND = "total raised", "months since last round"
BASE_RATE, LOGISTIC = "base rate", "logistic regression"
# These only rank: a sum of money or a number of months says nothing of probabilities.
RANKERS = (TOTAL_RAISED, LAST_ROUND)
JUDGED_RANKING = tuple(SKILL)
JUDGED_ERRORS = ("brier", "log_loss")
_NEVER = 1e6


class BaselineComparison(Result):
    """A baseline and how the model compares with it.

    Attributes
    ----------
    name
        Of the baseline.
    metrics
        What the baseline reaches; no calibration where it only ranks.
    differences
        Model less baseline in each judged metric, with the interval of the paired bootstrap; for ``brier`` and
        ``log_loss`` less is better.
    beats
        Whether the interval of each difference is clear of zero on the model's side.
    beaten
        Whether all of them are.
    """

    name: str
    metrics: dict[str, Figure]
    differences: dict[str, Figure]
    beats: dict[str, bool]
    beaten: bool


def baseline_scores(fitting: Panel, weights: Floats, values: Floats) -> dict[str, Floats]:
    """Return each baseline's scores of some rows.

    Parameters
    ----------
    fitting, weights
        The rows the baselines are fitted on, and the weight of each: those of the model.
    values
        The feature matrix to score, (n, k).
    """
    fitted = {name: scorer(values) for name, scorer in evaluate.fitted_baselines(fitting, weights).items()}
    months = values[:, FEATURES.index("months_since_last_round")]
    return {
        **fitted,
        TOTAL_RAISED: baselines.total_raised(FEATURES)(values),
        LAST_ROUND: -np.nan_to_num(months, nan=_NEVER),
    }


def compare(
    outcomes: PooledOutcomes, model: Replicates, scores: Mapping[str, Floats], bootstrap: Bootstrap
) -> tuple[BaselineComparison, ...]:
    """Measure every baseline and its difference to the model on the same resamples.

    Parameters
    ----------
    outcomes
        Outcomes.
    model
        The model's replicates of all metrics, from the same bootstrap.
    scores
        Each baseline's score of each row.
    bootstrap
        The resampling that the model's replicates come from.
    """
    return tuple(
        _comparison(name, _replicates(name, outcomes, found, bootstrap), model) for name, found in scores.items()
    )


def _replicates(name: str, outcomes: PooledOutcomes, scores: Floats, bootstrap: Bootstrap) -> Replicates:
    return bootstrap.replicates(outcomes, scores, at_each_origin=ranking, on_all=None if name in RANKERS else errors)


def _comparison(name: str, replicates: Replicates, model: Replicates) -> BaselineComparison:
    judged = [*JUDGED_RANKING, *(metric for metric in JUDGED_ERRORS if metric in replicates)]
    differences = {metric: figure(model[metric] - replicates[metric]) for metric in judged}
    beats = {
        metric: found.high < 0 if metric in JUDGED_ERRORS else found.low > 0 for metric, found in differences.items()
    }
    return BaselineComparison(
        name=name, metrics=figures(replicates), differences=differences, beats=beats, beaten=all(beats.values())
    )
