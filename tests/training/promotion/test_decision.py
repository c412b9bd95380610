"""What the gate says: a refusal decides, and an operator may lift few of them."""

import json
from datetime import date

import pytest
from pydantic import ValidationError

from littlegiants.training.promotion.decision import LIFTABLE, Check, Decision, Verdict, found, lifted, not_run
from littlegiants.training.promotion.policy import Policy


def decision(*checks: Check) -> Decision:
    return Decision(
        challenger="b" * 12,
        champion=None,
        window=date(2023, 12, 31),
        known_by=date(2025, 12, 31),
        protocol=Policy().digest(),
        policy=Policy(),
        data_digest="0" * 64,
        override="",
        checks=checks,
    )


def test_what_is_wrong_refuses_and_what_is_right_passes():
    assert found("size", "too large", "small", {"trees": 3}) == Check(
        code="size", verdict=Verdict.REFUSE, sentence="too large", figures={"trees": 3}
    )
    assert found("size", "", "small") == Check(code="size", verdict=Verdict.PASS, sentence="small")


def test_one_refusal_refuses_the_challenger():
    warned = Check(code="freshness", verdict=Verdict.WARN, sentence="it is ageing")
    assert decision(found("size", "", "small"), warned, not_run("skill", "no champion")).accepted
    refused = decision(found("skill", "worse", ""), warned, found("size", "too large", ""))
    assert not refused.accepted
    assert refused.refused == ("skill", "size")


@pytest.mark.parametrize("code", sorted(LIFTABLE))
def test_a_reason_lifts_what_may_be_lifted(code):
    refusal = found(code, "it is so", "")
    assert lifted(refusal, "") is refusal
    after = lifted(refusal, "agreed")
    assert (after.verdict, after.sentence) == (Verdict.LIFTED, "it is so [lifted: agreed]")
    assert decision(after).accepted


@pytest.mark.parametrize("code", ["skill", "baselines", "calibration", "older_data", "trained_on_window"])
def test_a_reason_lifts_nothing_that_was_measured(code):
    refusal = found(code, "it is so", "")
    assert lifted(refusal, "I like it") is refusal


def test_a_reason_changes_no_check_that_passed():
    check = found("champion", "", "it can be compared")
    assert lifted(check, "agreed") is check


def test_a_figure_that_is_no_number_is_written_as_null():
    check = found("scores", "no numbers", "", {"bad": float("nan"), "most": float("inf")})
    written = json.loads(decision(check).model_dump_json())
    assert written["checks"][0]["figures"] == {"bad": None, "most": None}


def test_it_reads_back_and_takes_no_other_key():
    made = decision(found("size", "", "small", {"trees": 3}))
    assert Decision.model_validate_json(made.model_dump_json()) == made
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Check.model_validate({"code": "size", "verdict": "pass", "sentence": "small", "colour": "red"})
