"""Definitions in a reader's words: what counts as a success; the name, meaning and direction of each metric."""

from littlegiants.models.manifest import LabelDefinition
from littlegiants.models.outcomes import outcome_named
from littlegiants.reports.wording import dollars

MEANINGS: dict[str, tuple[str, str, str]] = {
    "auc": (
        "AUC",
        "how often a firm that succeeded is ranked above one that did not; 0.5 is chance",
        "higher is better",
    ),
    "average_precision": (
        "Average precision",
        "share of successes among the firms ranked highest, averaged down the whole ranking",
        "higher is better",
    ),
    "brier": ("Brier score", "mean squared distance of the probability from what happened", "lower is better"),
    "log_loss": ("Log loss", "the same, punishing confident mistakes harder", "lower is better"),
    "ece": ("Calibration error", "mean gap between predicted and observed shares (ECE)", "lower is better"),
    "calibration_slope": (
        "Calibration slope",
        "below 1 the probabilities are too bold, above 1 too timid",
        "1 is best",
    ),
    "calibration_intercept": (
        "Calibration intercept",
        "log-odds of what happened where 50% was predicted: above 0 more succeeded, below 0 fewer",
        "0 is best",
    ),
}


def success(label: LabelDefinition) -> str:
    """Return what counts as a success, in words."""
    return outcome_named(label.outcome).sentence.format(min_round=dollars(label.min_round_usd))
