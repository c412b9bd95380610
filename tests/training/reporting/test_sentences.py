"""Every sentence follows the numbers: turn them around, and it says the opposite."""

import pytest

from littlegiants.training.reporting import sentences
from tests.training.reporting.conftest import altered


def metric(results, name):
    return results.pooled.measured.metrics[name]


def test_verdict_names_whom_the_model_does_not_beat_and_in_what(found):
    def change_baselines(plain, unbeaten):
        for rival in plain["pooled"]["rivals"]:
            won = rival["name"] not in unbeaten
            rival["beats"] = {name: won or name != "brier" for name in rival["beats"]}
            rival["beaten"] = all(rival["beats"].values())

    assert sentences.verdict(altered(found, lambda plain: change_baselines(plain, ()))).startswith(
        "It beats base rate, logistic"
    )
    text = sentences.verdict(
        altered(found, lambda plain: change_baselines(plain, ("base rate", "logistic regression")))
    )
    assert text.startswith("It is not shown to beat base rate (Brier score) and logistic regression (Brier score):")


@pytest.mark.parametrize(
    ("slope", "said"),
    [
        ((0.7, 0.6, 0.9), "too bold"),
        ((1.3, 1.1, 1.5), "too timid"),
        ((1.0, 0.9, 1.1), "neither too bold nor too timid"),
    ],
)
def test_reliability_reads_the_slope(found, slope, said):
    figure = dict(zip(("value", "low", "high"), slope, strict=True))
    text = sentences.reliability(
        altered(found, lambda plain: plain["pooled"]["measured"]["metrics"].update(calibration_slope=figure))
    )
    assert text.endswith(f"the probabilities are {said}.")
    assert sentences.percents(metric(found, "ece")) in text


def test_reliability_counts_the_groups(found):
    def separated(plain):
        for part in plain["pooled"]["intervals"]["bins"]:
            part["predicted"] = 0.999

    assert sentences.reliability(altered(found, separated)).startswith("In 0 of 10 groups")


def test_over_time_names_the_lowest_origin(found):
    low = {"value": 0.4, "low": 0.3, "high": 0.5}
    text = sentences.over_time(
        altered(found, lambda plain: plain["origins"][0]["judged"]["measured"]["metrics"].update(auc=low))
    )
    assert text.startswith("The AUC was lowest on 31 December 2021, 0.400, and highest on 31 December 2023")


def test_one_origin_says_nothing_of_time(found):
    one = altered(found, lambda plain: plain.update(origins=plain["origins"][-1:]))
    assert sentences.over_time(one).startswith("There is one origin only, so nothing can be said of time.")


def test_slices_name_the_weak_the_small_and_what_chance_would_do(found):
    parts = [part for part in found.pooled.slices if not part.note]
    small = len(found.pooled.slices) - len(parts)

    def weaken(plain, high):
        for part in plain["pooled"]["slices"]:
            if not part["note"]:
                part["metrics"]["auc"] = {"value": 0.9, "low": 0.8, "high": 1.0}
        part = next(part for part in plain["pooled"]["slices"] if not part["note"])
        part["metrics"]["auc"] = {"value": 0.3, "low": 0.2, "high": high}

    text = sentences.slices(altered(found, lambda plain: weaken(plain, 0.4)))
    assert f"“{parts[0].name}” by {parts[0].by}, 0.300 (0.200 to 0.400)" in text
    assert f"Of {len(parts)} parts looked at, {0.025 * len(parts):.1f} may look so by chance." in text
    assert f"{small} of {len(found.pooled.slices)} parts are too small to measure" in text
    assert sentences.slices(altered(found, lambda plain: weaken(plain, 1.0))).startswith("No part’s AUC lies below")


def test_reasons_count_the_unstable(found):
    shown = sum(reason.shown > 0 for reason in found.stability.reasons)
    none = altered(found, lambda plain: plain["stability"].update(unstable=()))
    assert sentences.reasons(none).startswith(f"All of the {shown} signals")
    one = altered(found, lambda plain: plain["stability"].update(unstable=("age_years",)))
    assert sentences.reasons(one).startswith(f"1 of the {shown} signals shown as a reason is not confirmed")


def test_a_family_without_a_stable_reason_is_unproven(found):
    def unstable(plain):
        for reason in plain["stability"]["reasons"]:
            reason["unstable"] = reason["family"] == "subsidy share"
        plain["stability"]["families"]["recognition"] = 0.0

    assert {"subsidy share", "recognition"} <= set(sentences.unproven(altered(found, unstable)))
    assert "subsidy share" not in sentences.unproven(found)


def test_honesty_says_when_the_difference_may_be_nothing(found):
    assert "is clear of zero" in sentences.honesty(found)
    nothing = {"value": 0.01, "low": -0.02, "high": 0.03}
    level = altered(found, lambda plain: plain["origins"][-1]["twin"]["flattery"].update(auc=nothing))
    assert "0.010 (−0.020 to 0.030), is not clear of zero" in sentences.honesty(level)


def test_portfolio_names_the_baselines_that_did_as_well(found):
    held = found.portfolios[0]
    rivals = tuple(rival.model_copy(update={"advantage": 3}) for rival in held.baselines)
    assert "As many or more" not in sentences.portfolio(held.model_copy(update={"baselines": rivals}), 2)
    level = (rivals[0].model_copy(update={"advantage": 0}), *rivals[1:])
    text = sentences.portfolio(held.model_copy(update={"baselines": level, "luck": 0.31}), 2)
    assert text.endswith(
        "the chance that luck alone gives as many is 31.00%, or somewhat more, since a firm picked at several dates "
        f"counts at each. As many or more would have held: {rivals[0].name}."
    )


def test_abstention_compares_half_with_all(found):
    def skills(plain, half):
        for point in plain["pooled"]["abstention"]["by_width"]:
            point["skill"] = 0.2 if point["coverage"] == 1 else half

    assert "marks better predictions" in sentences.abstention(altered(found, lambda plain: skills(plain, 0.4)))
    assert "marks no better predictions" in sentences.abstention(altered(found, lambda plain: skills(plain, 0.1)))


def test_true_probabilities_are_spoken_of_where_they_are_known(found):
    assert "The economy is simulated" in sentences.intervals(found)
    real = altered(found, lambda plain: plain["pooled"]["intervals"].update(truth_coverage=None, truth_error=None))
    assert "simulated" not in sentences.intervals(real)


def test_survivors_are_said(found):
    dead = altered(found, lambda plain: plain["origins"][0]["cohort"].update(verdict="survivors only"))
    assert "survivors only at 1 of 2 origins" in sentences.survivors(dead)
    assert "among those measured" in sentences.survivors(found)


def test_back_filling_names_the_gravest(found):
    def grave(plain, severity):
        for part in plain["back_fill"]:
            part["severity"] = "fine"
        plain["back_fill"][1]["severity"] = severity

    worst = found.back_fill[1]
    assert worst.title in sentences.back_filled(altered(found, lambda plain: grave(plain, "serious")))
    assert sentences.back_filled(altered(found, lambda plain: grave(plain, "note"))).startswith("None of")
    unseen = altered(found, lambda plain: plain.update(back_fill=()))
    assert sentences.back_filled(unseen) == "How far rows were filled in later was not looked at."
