"""What the window shows, on scores made by hand: the intervals are those of the given replicates."""

from datetime import date

import numpy as np
import pytest

from littlegiants.training.backtest.baseline_scores import LOGISTIC
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes
from littlegiants.training.promotion import skill
from littlegiants.training.promotion.decision import Verdict
from littlegiants.training.promotion.evaluation_window import EvaluationWindow, Scored
from littlegiants.training.promotion.policy import Policy

POLICY = Policy()
HALF = np.tile([0, 1], 500).astype(np.int8)


def scored(probabilities=(0.2, 0.4, 0.6, 0.8), half_width=0.05, low=None, high=None, **replicates) -> Scored:
    """Scores with an interval around each, and replicates of the metrics, the value on all firms first."""
    p = np.asarray(probabilities, float)
    low = p - half_width if low is None else np.asarray(low)
    high = p + half_width if high is None else np.asarray(high)
    return Scored(np.zeros((len(p), 1)), p, low, high, {name: np.asarray(v) for name, v in replicates.items()})


def around(value, spread=0.01):
    """Replicates that lie evenly about a value."""
    return np.append(value, value + np.linspace(-spread, spread, 41))


def window(labels=HALF, parts=None, policy=POLICY, **baselines) -> EvaluationWindow:
    outcomes = PooledOutcomes(labels, np.arange(len(labels)).astype(object), np.zeros(len(labels), np.int64))
    measured = {name.replace("_", " "): {"auc": values} for name, values in baselines.items()}
    return EvaluationWindow(None, date(2023, 12, 31), outcomes, measured, parts or {}, policy)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("p", "low", "high"),
    [
        (float("nan"), 0.0, 1.0),
        (0.5, float("nan"), 1.0),
        (0.5, 0.6, 0.7),
        (0.5, 0.3, 0.4),
        (1.1, 0.9, 1.2),
        (-0.1, -0.1, 0.2),
    ],
)
def test_a_probability_that_is_none_or_outside_its_interval_is_refused(p, low, high):
    check = skill.scores(scored([0.5, p], low=[0.4, low], high=[0.6, high]))
    assert (check.verdict, check.figures) == (Verdict.REFUSE, {"bad": 1.0})
    assert check.sentence == "1 of 2 firms get no probability within an interval of 0 to 1"


def test_a_probability_may_be_the_end_of_its_interval():
    assert skill.scores(scored([0.0, 1.0], half_width=0.0)).verdict is Verdict.PASS


def test_the_same_probability_for_most_firms_is_refused():
    half, more = [0.5] * 50 + list(np.linspace(0.1, 0.9, 50)), [0.5] * 51 + list(np.linspace(0.1, 0.9, 49))
    assert skill.spread(scored(half), POLICY).figures["same"] == 0.5
    assert skill.spread(scored(half), POLICY).verdict is Verdict.PASS
    assert skill.spread(scored(more[:-1]), POLICY).verdict is Verdict.REFUSE
    near = skill.spread(scored(np.linspace(0.49, 0.51, 100)), POLICY)
    assert "nearly all firms get the same probability" in near.sentence
    assert skill.spread(scored([float("nan")] * 3), POLICY).sentence == "no firm gets a number"


def test_the_champion_may_be_missed_by_the_margin_and_no_more():
    champion = scored(auc=around(0.75, 0), average_precision=around(0.4, 0))
    near = scored(auc=around(0.741, 0.01), average_precision=around(0.4))
    # 0.741 - 0.01 × 0.95 lies 0.0185 below the champion; 0.02 may be lost.
    check = skill.against_champion(near, champion, POLICY)
    assert check.verdict is Verdict.PASS
    assert check.figures["auc"] == pytest.approx(-0.009)
    assert check.figures["auc_low"] == pytest.approx(-0.0185)
    worse = scored(auc=around(0.739, 0.01), average_precision=around(0.4))
    assert "worse than the champion by more than 0.02" in skill.against_champion(worse, champion, POLICY).sentence
    imprecise = scored(auc=around(0.75), average_precision=around(0.36))
    assert "by more than 0.03" in skill.against_champion(imprecise, champion, POLICY).sentence


def test_every_baseline_must_be_clearly_beaten():
    model = scored(auc=around(0.7))
    check = skill.against_baselines(model, window(base_rate=around(0.5, 0), logistic_regression=around(0.65, 0)))
    assert check.verdict is Verdict.PASS
    assert "than logistic regression by 0.050" in check.sentence
    check = skill.against_baselines(model, window(base_rate=around(0.5, 0), logistic_regression=around(0.695, 0)))
    assert check.verdict is Verdict.REFUSE
    assert check.sentence.startswith("not clearly better than logistic regression (AUC 0.005")


def test_a_gain_that_is_too_large_is_a_leak_first():
    opened = window(logistic_regression=around(0.7, 0))
    assert LOGISTIC in opened.baselines
    champion = scored(auc=around(0.72, 0))
    assert skill.suspicious_gain(scored(auc=around(0.775, 0.01)), champion, opened).verdict is Verdict.PASS
    gain = skill.suspicious_gain(scored(auc=around(0.785, 0.01)), champion, opened)
    assert (gain.code, gain.verdict) == ("too_good", Verdict.REFUSE)
    assert "it beats the champion by 0.065" in gain.sentence
    # Without a champion the logistic regression is the measure, by its own threshold of 0.10.
    assert skill.suspicious_gain(scored(auc=around(0.785, 0.01)), None, opened).verdict is Verdict.PASS
    assert skill.suspicious_gain(scored(auc=around(0.815, 0.01)), None, opened).verdict is Verdict.REFUSE


@pytest.mark.parametrize(
    ("ece", "slope", "words"),
    [
        (0.05, 1.0, ""),
        (0.06, 1.0, "calibration error 0.060 [0.060, 0.060], 0.05 is allowed"),
        (0.01, 0.7, "overconfident: slope 0.700"),
        (0.01, 1.4, "underconfident: slope 1.400"),
    ],
)
def test_calibration_has_an_error_and_a_slope(ece, slope, words):
    check = skill.calibration(scored(ece=around(ece, 0), slope=around(slope, 0)), None, POLICY)
    assert (check.verdict is Verdict.REFUSE) == bool(words)
    assert words in check.sentence


def test_a_slope_that_chance_explains_is_no_fault():
    check = skill.calibration(scored(ece=around(0.01, 0), slope=around(0.7, 0.2)), None, POLICY)
    assert check.verdict is Verdict.PASS


def test_calibration_is_compared_with_the_champions():
    model, champion = (scored(ece=around(error, 0), slope=around(1, 0)) for error in (0.04, 0.02))
    assert "above the champion's by 0.020" in skill.calibration(model, champion, POLICY).sentence
    assert skill.calibration(champion, model, POLICY).verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("half_width", "verdict"),
    [(0.0, Verdict.REFUSE), (0.05, Verdict.PASS), (0.2, Verdict.PASS), (0.21, Verdict.REFUSE)],
)
def test_an_interval_says_neither_nothing_nor_everything(half_width, verdict):
    check = skill.interval(scored([0.5] * 4, half_width), POLICY)
    assert check.verdict is verdict
    assert check.figures["width"] == pytest.approx(2 * half_width)


def ranked(quality, seed=0):
    """Probabilities of `HALF` that rank the better the higher the quality."""
    noise = np.random.default_rng(seed).normal(size=len(HALF))
    return 1 / (1 + np.exp(-(quality * (HALF - 0.5) + noise)))


def test_a_slice_that_is_markedly_worse_is_named():
    names = np.repeat(["DE", "FR"], 500).astype(object)
    champion, good = ranked(2.0), ranked(2.0)
    bad = good.copy()
    bad[500:] = 1 - bad[500:]
    opened = window(parts={"country": names})
    check = skill.slices(scored(good), scored(champion), opened)
    assert (check.verdict, check.figures) == (Verdict.PASS, {"slices": 2.0, "worse": 0.0})
    check = skill.slices(scored(bad), scored(champion), opened)
    assert check.verdict is Verdict.REFUSE
    assert check.sentence.startswith("markedly worse than the champion in country FR (AUC -0.")
    assert "DE" not in check.sentence


def test_a_slice_that_ranks_alike_but_states_other_chances_is_found_by_its_brier_score():
    names = np.repeat(["DE", "FR"], 500).astype(object)
    champion = ranked(2.0)
    certain = champion.copy()
    certain[500:] = champion[500:] ** 4  # the same order, far too low
    check = skill.slices(scored(certain), scored(champion), window(parts={"country": names}))
    assert "country FR (Brier score +0." in check.sentence


def test_a_small_slice_or_one_of_few_successes_is_not_judged():
    names = np.array(["many"] * 801 + ["few"] * 199, object)
    opened = window(parts={"country": names})
    assert skill.slices(scored(ranked(2.0)), scored(ranked(2.0)), opened).figures["slices"] == 1
    labels = np.zeros(1000, np.int8)
    labels[:19] = 1
    opened = window(labels, parts={"country": np.full(1000, "DE", object)})
    check = skill.slices(scored(ranked(2.0)), scored(ranked(2.0)), opened)
    assert (check.verdict, check.sentence) == (Verdict.PASS, "no slice has firms enough to be judged")
