"""The gate before the champion: honest challengers pass, bad ones are refused with the reason."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from littlegiants.training.pipeline import train
from littlegiants.training.promotion.decision import Decision, Verdict
from littlegiants.training.promotion.gate import Gate
from littlegiants.training.promotion.policy import Policy
from tests.training.promotion.mutants import AS_OF, END, SEEN, mutants
from tests.training.promotion.world import POLICY, config

MUTANTS = list(mutants())


@pytest.fixture
def world(promotion_world):
    return promotion_world


def codes(decision):
    return [check.code for check in decision.checks]


@pytest.mark.parametrize(("reason", "make"), [m[1:] for m in MUTANTS], ids=[m[0] for m in MUTANTS])
def test_a_bad_challenger_is_refused(reason, make, world):
    decision = world.gate.judge(make(world))
    assert reason in decision.refused, decision.refused
    assert not decision.accepted
    for check in decision.checks:
        if check.verdict is Verdict.REFUSE:
            assert check.sentence
            assert "\n" not in check.sentence


@pytest.mark.parametrize(
    ("seed", "settings"),
    [(8, {}), (9, {}), (10, {"trees": 80}), (11, {"leaves": 6}), (12, {"leaf_firms": 60, "l2": 1.0})],
)
def test_an_honest_challenger_passes(seed, settings, world):
    decision = world.gate.judge(world.write(world.fit(seed=seed, **settings)))
    assert decision.accepted, [check for check in decision.checks if check.verdict is Verdict.REFUSE]
    assert {check.verdict for check in decision.checks} == {Verdict.PASS}
    assert {"skill", "baselines", "slices", "latency", "calibration"} <= set(codes(decision))


def test_a_challenger_trained_from_the_start_passes(world):
    model = train(world.tables, config(seed=21), measured=False).model
    assert world.gate.judge(world.write(model)).refused == ()


def test_the_first_model_is_measured_without_a_comparison(world):
    gate = Gate.open(world.tables, config(), policy=POLICY)
    decision = gate.judge(world.champion)
    assert decision.accepted
    assert (decision.champion, decision.window, decision.known_by) == (None, AS_OF, END)
    assert {c.code for c in decision.checks if c.verdict is Verdict.NOT_RUN} == {"skill", "slices", "latency"}
    unseen = next(check for check in decision.checks if check.code == "trained_on_window")
    assert "its own test date" in unseen.sentence
    assert gate.judge(world.write(world.fit(labels=1 - world.trained.fitting.market))).refused


def test_a_decision_is_a_record_that_reads_back(world):
    decision = world.gate.judge(world.write(world.fit(seed=8)), "no need")
    assert Decision.model_validate_json(decision.model_dump_json()) == decision
    assert (decision.protocol, decision.policy) == (POLICY.digest(), POLICY)
    assert (decision.override, decision.champion) == ("no need", world.model.version)
    assert decision.data_digest == world.model.manifest.data_digest


def test_the_same_challenger_is_judged_the_same_twice(world):
    candidate = world.write(world.fit(seed=8))

    def codes():
        return [check for check in world.gate.judge(candidate).checks if check.code != "latency"]

    assert codes() == codes()


def test_a_reason_lifts_nothing_that_was_measured(world):
    bad = world.write(world.fit(labels=1 - world.trained.fitting.market))
    assert not world.gate.judge(bad, "I like it").accepted


@pytest.mark.parametrize("first", [False, True])
def test_no_reason_stands_for_a_figure_where_nothing_was_measured(first, world):
    no_holdout = world.write(world.model, dates=SEEN)
    gate = Gate.open(world.tables, config(), policy=POLICY) if first else world.gate
    for reason in ("", "the newest labels are worth more than a test"):
        decision = gate.judge(no_holdout, reason)
        assert decision.refused == ("trained_on_window",)
        not_run = {check.code for check in decision.checks if check.verdict is Verdict.NOT_RUN}
        assert not_run >= {"baselines", "calibration", "skill"}


def test_m18_recorded_rows_that_differ_by_one_ulp_refuse_the_promotion(world):
    first, second, *rest = world.recorded_anew(world.model).manifest.recorded_scores
    scores = second.scores.split()
    scores[0] = repr(float(np.nextafter(float(scores[0]), 1.0)))
    changed = (first, second.model_copy(update={"scores": " ".join(scores)}), *rest)
    decision = world.gate.judge(world.write(world.model, recorded=False, recorded_scores=changed), "it is only one ulp")
    assert decision.refused == ("golden_rows",)
    (check,) = [check for check in decision.checks if check.code == "golden_rows"]
    assert check.sentence == "1 of 17 recorded rows score otherwise than at training, row 1 first"


def test_a_champion_that_learned_from_the_window_is_no_fair_comparison(world):
    seen = world.write(world.model, dates=SEEN)
    gate = Gate.open(world.tables, config(), seen, policy=POLICY)
    challenger = world.write(world.fit(seed=8))
    # It was also fitted through an earlier date than that champion: that stands whatever the operator says.
    assert gate.judge(challenger).refused == ("older_data", "champion")
    assert gate.judge(challenger, "it was an emergency").refused == ("older_data",)


def test_a_champion_that_cannot_be_read_refuses_until_a_reason_is_given(world):
    other = world.write(world.model, features=world.model.manifest.features[1:])
    gate = Gate.open(world.tables, config(), other, policy=POLICY)
    challenger = world.write(world.fit(seed=8))
    assert gate.judge(challenger).refused == ("champion",)
    assert gate.judge(challenger, "the signals have changed").accepted


def test_a_champion_of_other_money_is_no_fair_comparison(world):
    money = replace(world.model.manifest.money, constant_prices=2015)
    other = world.write(world.model, money=money)
    gate = Gate.open(world.tables, config(), other, policy=POLICY)
    assert gate.scored is None
    challenger = world.write(world.fit(seed=8))
    assert gate.judge(challenger).refused == ("champion",)
    assert gate.judge(challenger, "prices of another year from now on").accepted


def test_a_champion_whose_scores_are_no_numbers_is_no_fair_comparison(world):
    other = world.write(world.leaves(lambda tree, _, value: float("nan") if tree == 30 else value))
    gate = Gate.open(world.tables, config(), other, policy=POLICY)
    assert gate.judge(world.write(world.fit(seed=8))).refused == ("champion",)


def test_the_baselines_know_the_population_as_late_as_the_models_they_judge(world):
    fresh = Gate.open(world.tables, config(fresh_population=True), policy=POLICY)
    assert fresh.window is not None
    before, now = (window.baselines["logistic regression"]["auc"] for window in (world.gate.window, fresh.window))
    assert before.tolist() != now.tolist()
    # A later population changes signals, and neither who is at risk nor what came.
    assert world.gate.window.outcomes.firm_ids.tolist() == fresh.window.outcomes.firm_ids.tolist()
    assert world.gate.window.outcomes.labels.tolist() == fresh.window.outcomes.labels.tolist()


def test_thresholds_that_were_moved_are_told_by_their_digest(world):
    easier = POLICY.model_copy(update={"ece": 0.5})
    assert easier.digest() != POLICY.digest() == Policy(resamples=POLICY.resamples).digest()
    promoted = replace(world.champion, protocol=easier.digest())
    gate = Gate(promoted, world.model, world.gate.scored, world.gate.window, (), POLICY)
    challenger = world.write(world.fit(seed=8))
    assert gate.judge(challenger).refused == ("protocol",)
    assert gate.judge(challenger, "agreed in the model committee").accepted


def test_without_a_window_nothing_is_promoted(world):
    # Two years after the last outcome the newest window holds no success: a data end that is claimed, not observed.
    gate = Gate.open(world.tables, config(), policy=POLICY, known_by=date(2028, 1, 1))
    decision = gate.judge(world.champion, "there is no other")
    assert "window" in decision.refused
    assert (decision.window, decision.known_by) == (None, None)
    assert next(check for check in decision.checks if check.code == "baselines").verdict is Verdict.NOT_RUN


def test_there_are_fifty_and_more_of_many_kinds():
    assert len(MUTANTS) >= 50
    assert len({name for name, _, _ in MUTANTS}) == len(MUTANTS)
    assert len({reason for _, reason, _ in MUTANTS}) >= 15
