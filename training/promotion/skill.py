"""Checks on the scores of the window's firms: skill, calibration, intervals, slices, and scores that are no numbers."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import norm

from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Figure
from littlegiants.training.backtest.baseline_scores import LOGISTIC
from littlegiants.training.evaluation.bootstrap import figure
from littlegiants.training.evaluation.delong import auc_difference
from littlegiants.training.evaluation.metrics import Labels
from littlegiants.training.promotion.decision import Check, found
from littlegiants.training.promotion.evaluation_window import EvaluationWindow, Scored
from littlegiants.training.promotion.policy import Policy

_TINY = 1e-9


def scores(scored: Scored) -> Check:
    """Check that every probability is a number from 0 to 1 and lies within its interval."""
    p = scored.probabilities
    bad = ~((scored.low >= 0) & (scored.low <= p) & (p <= scored.high) & (scored.high <= 1))
    wrong = (
        f"{int(bad.sum()):,} of {len(p):,} firms get no probability within an interval of 0 to 1" if bad.any() else ""
    )
    return found("scores", wrong, f"{len(p):,} firms get a probability within its interval", {"bad": float(bad.sum())})


def spread(scored: Scored, policy: Policy) -> Check:
    """Check that the model tells firms apart at all."""
    p = scored.probabilities[np.isfinite(scored.probabilities)]
    if not len(p):
        return found("constant", "no firm gets a number", "")
    same = float(np.unique(p, return_counts=True)[1].max() / len(p))
    low, high = np.percentile(_logits(p), (5, 95))
    figures = {"same": same, "spread": float(high - low)}
    wrong = f"{same:.0%} of the firms get the same probability" if same > policy.same_share else ""
    if not wrong and high - low < policy.spread:
        wrong = f"nearly all firms get the same probability: 90 % lie within {high - low:.2f} of log-odds"
    return found("constant", wrong, f"90 % of the firms lie within {high - low:.2f} of log-odds", figures)


def against_champion(one: Scored, champion: Scored, policy: Policy) -> Check:
    """Check that the challenger is not worse than the champion by more than the margin, chance allowed for.

    Parameters
    ----------
    one, champion
        The scores of both models.
    policy
        The thresholds.
    """
    margins = {"auc": policy.auc_margin, "average_precision": policy.ap_margin}
    gaps = {name: figure(one.replicates[name] - champion.replicates[name]) for name in margins}
    text = ", ".join(f"{name} {_text(gap)}" for name, gap in gaps.items())
    worse = [name for name, gap in gaps.items() if gap.low < -margins[name]]
    wrong = f"it may be worse than the champion by more than {margins[worse[0]]:g}: {text}" if worse else ""
    return found("skill", wrong, f"against the champion: {text}", _figures(gaps))


def against_baselines(one: Scored, window: EvaluationWindow) -> Check:
    """Check that the challenger ranks better than every baseline, with an interval clear of zero."""
    gaps = {name: figure(one.replicates["auc"] - replicates["auc"]) for name, replicates in window.baselines.items()}
    beaten_by = [f"{name} (AUC {_text(gap)})" for name, gap in gaps.items() if gap.low <= 0]
    wrong = f"not clearly better than {', '.join(beaten_by)}" if beaten_by else ""
    least = min(gaps, key=lambda name: gaps[name].low)
    return found(
        "baselines", wrong, f"better than every baseline; than {least} by {_text(gaps[least])}", _figures(gaps)
    )


def suspicious_gain(one: Scored, champion: Scored | None, window: EvaluationWindow) -> Check:
    """Check that the gain is one that new data or a better fit can bring; a leak brings more.

    Parameters
    ----------
    one, champion
        The scores of both models; None without a champion.
    window
        The window, with its baselines.
    """
    baselines = {LOGISTIC: (window.baselines[LOGISTIC], window.policy.suspicious_gain_logistic)}
    if champion is not None:
        baselines["the champion"] = (champion.replicates, window.policy.suspicious_gain)
    gaps = {name: figure(one.replicates["auc"] - replicates["auc"]) for name, (replicates, _) in baselines.items()}
    suspicious = [f"{name} by {_text(gap)}" for name, gap in gaps.items() if gap.low > baselines[name][1]]
    wrong = f"suspicious gain: it beats {' and '.join(suspicious)} in AUC; look for a leak" if suspicious else ""
    return found("too_good", wrong, "no better than a model can be", _figures(gaps))


def calibration(one: Scored, champion: Scored | None, policy: Policy) -> Check:
    """Check the calibration error and slope on the window.

    Parameters
    ----------
    one, champion
        The scores of both models; None without a champion.
    policy
        The thresholds.
    """
    error, slope = figure(one.replicates["ece"]), figure(one.replicates["slope"])
    wrong = []
    if error.value > policy.ece:
        wrong.append(f"calibration error {_text(error)}, {policy.ece:g} is allowed")
    if slope.high < policy.slope_low:
        wrong.append(f"overconfident: slope {_text(slope)}")
    if slope.low > policy.slope_high:
        wrong.append(f"underconfident: slope {_text(slope)}")
    if champion is not None:
        gap = figure(one.replicates["ece"] - champion.replicates["ece"])
        if gap.low > policy.ece_margin:
            wrong.append(f"calibration error above the champion's by {_text(gap)}")
    right = f"calibration error {_text(error)}, slope {_text(slope)}"
    return found("calibration", "; ".join(wrong), right, _figures({"ece": error, "slope": slope}))


def interval(one: Scored, policy: Policy) -> Check:
    """Check that the intervals are informative: neither of no width nor from 0 to 1."""
    width = float((one.high - one.low).mean())
    wrong = f"the mean interval is {width:.4f} wide; {policy.width_low:g} to {policy.width_high:g} are sensible"
    sensible = policy.width_low <= width <= policy.width_high
    return found("interval", "" if sensible else wrong, f"the mean interval is {width:.3f} wide", {"width": width})


def slices(one: Scored, champion: Scored, window: EvaluationWindow) -> Check:
    """Check that no slice with enough firms fares markedly worse than with the champion.

    Parameters
    ----------
    one, champion
        The scores of both models.
    window
        The window, with its slices.
    """
    policy, labels = window.policy, window.outcomes.labels
    masks = dict(_large(window))
    if not masks:
        return found("slices", "", "no slice has firms enough to be judged")
    # Shared among all slices and the two measures: with thirty of them, chance alone would refuse every other model.
    z = float(norm.isf(policy.slice_error / (2 * len(masks))))
    worse: dict[str, str] = {}
    for name, mask in masks.items():
        part = labels[mask], one.probabilities[mask], champion.probabilities[mask]
        gap, error = auc_difference(*part)
        cost, its_error = _brier_difference(*part)
        if gap + z * error < -policy.slice_auc:
            worse[name] = f"AUC {gap:+.3f}"
        elif cost - z * its_error > policy.slice_brier:
            worse[name] = f"Brier score {cost:+.3f}"
    text = ", ".join(f"{name} ({by})" for name, by in worse.items())
    figures = {"slices": float(len(masks)), "worse": float(len(worse))}
    wrong = f"markedly worse than the champion in {text}" if worse else ""
    return found("slices", wrong, f"no slice of {len(masks)} is markedly worse than with the champion", figures)


def _large(window: EvaluationWindow) -> Iterator[tuple[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]]:
    for by, names in window.parts.items():
        for name in sorted(set(names.tolist())):
            mask = names == name
            successes, rows = int(window.outcomes.labels[mask].sum()), int(mask.sum())
            if rows >= window.policy.slice_firms and min(successes, rows - successes) >= window.policy.slice_class:
                yield f"{by} {name}", mask


def _brier_difference(labels: Labels, one: Floats, other: Floats) -> tuple[float, float]:
    gaps = (one - labels) ** 2 - (other - labels) ** 2
    return float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(len(gaps)))


def _logits(p: Floats) -> Floats:
    clipped = np.clip(p, _TINY, 1 - _TINY)
    return np.asarray(np.log(clipped / (1 - clipped)), np.float64)


def _text(found: Figure) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _figures(gaps: dict[str, Figure]) -> dict[str, float]:
    return {
        f"{name}{end}": value
        for name, gap in gaps.items()
        for end, value in (("", gap.value), ("_low", gap.low), ("_high", gap.high))
    }
