"""Requests to score, read and answered: one bad firm fails no other, and nothing is read in two ways."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from littlegiants.models.scoring.record_scorer import (
    FAULTY_ROWS,
    MALFORMED,
    NOT_AT_RISK,
    FirmError,
    RecordScorer,
    code_counts,
    firm_error,
    first_violations,
)
from littlegiants.serving.http.api.score_requests import TOO_MANY_EVENTS, as_of_date, parse_request, to_json
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest
from littlegiants.serving.http.protocol.problems import Problem
from tests.small_model import AS_OF

LIMITS = Limits(firms=4, events=3)
ROUND = {"round_id": "1", "announced_on": "2020-01-01", "kind": "seed"}


@pytest.fixture(scope="module")
def manifest(model):
    return model.manifest


def parsed_request(manifest, *firms: object, limits: Limits = LIMITS, **more: object):
    body = json.dumps({"firms": firms, "as_of_date": str(AS_OF), **more}).encode()
    return parse_request(body, limits, manifest)


def refused(status: int, code: str, body: object, manifest, where: str = "") -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(Problem) as caught:
        parse_request(raw, LIMITS, manifest)
    assert (caught.value.status, caught.value.code, caught.value.where) == (status, code, where)
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_asked(manifest):
    parsed = parsed_request(manifest, {"firm_id": "a"}, {"firm_id": "b", "rounds": [ROUND]}, explain=True)
    assert [record.firm_id for record in parsed.records] == ["a", "b"]
    assert (parsed.as_of, parsed.explain, parsed.refused) == (AS_OF, True, {})
    assert parsed_request(manifest, {"firm_id": "a"}).explain is False


def test_bad_firms_are_known_by_their_places_and_ids(manifest):
    large = {"firm_id": "large", "rounds": [ROUND] * 4}
    parsed = parsed_request(manifest, {"firm_id": "x", "rounds": 5}, large, {"firm_id": "b"}, {"firm_id": 7})
    assert [record.firm_id for record in parsed.records] == ["b"]
    found = {place: (error.firm_id, error.code) for place, error in parsed.refused.items()}
    assert found == {0: ("x", MALFORMED), 1: ("large", TOO_MANY_EVENTS), 3: ("", MALFORMED)}


@given(st.lists(st.sampled_from(["good", "bad", "large"]), min_size=1, max_size=6))
def test_every_place_has_its_own_answer(manifest, kinds):
    rounds: dict[str, Any] = {"good": [], "bad": 5, "large": [ROUND] * 4}
    firms = [{"firm_id": f"{kind} {place}", "rounds": rounds[kind]} for place, kind in enumerate(kinds)]
    parsed = parsed_request(manifest, *firms, limits=Limits(firms=6, events=3))
    answers = [FirmError(record.firm_id, NOT_AT_RISK, "") for record in parsed.records]
    try:
        told = json.loads(to_json(parsed, answers, manifest.label, "v"))["results"]
    except Problem as problem:
        assert "good" not in kinds
        told = json.loads(problem.body("", "/v1/score"))["results"]
    assert [result["firm_id"] for result in told] == [firm["firm_id"] for firm in firms]
    codes = {"good": NOT_AT_RISK, "bad": MALFORMED, "large": TOO_MANY_EVENTS}
    assert [result["error"]["code"] for result in told] == [codes[kind] for kind in kinds]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b'{"firms": []} {}', "malformed_json"),
        (b"\xff", "malformed_text"),
        (b'\xef\xbb\xbf{"firms": []}', "malformed_json"),
        (b"[" * 100_000, "too_deep"),
        (b'{"firms": [{"firm_id": "a", "firm_id": "a"}]}', "repeated_key"),
        (b'{"firms": [{"firm_id": "a", "rounds": [{"kind": "a", "kind": "a"}]}]}', "repeated_key"),
        (b'{"firms": [{"firm_id": "a", "firm_\\u0069d": "b"}]}', "repeated_key"),
        (b'{"firms": [{"firm_id": ' + b"9" * 5_000 + b"}]}", "malformed_json"),
    ],
)
def test_h09_to_h13_what_is_no_json_or_could_be_read_in_two_ways(body, code, manifest):
    refused(400, code, body, manifest)


@pytest.mark.parametrize("word", [b"NaN", b"-Infinity"])
def test_h07_no_numbers(word, manifest):
    refused(422, "not_finite", b'{"firms": [{"firm_id": ' + word + b"}]}", manifest)


def test_h21_h22_requests_of_another_form_are_told_where(manifest):
    refused(422, "invalid_request", [], manifest)
    refused(422, "invalid_request", {}, manifest)
    refused(422, "invalid_request", {"firms": 5}, manifest, "firms")
    refused(422, "invalid_request", {"firms": [], "explain": "yes"}, manifest, "explain")
    refused(422, "firms", {"firms": []}, manifest, "firms")
    refused(422, "firms", {"firms": [{"firm_id": "a"}] * 5}, manifest, "firms")
    refused(422, "firms", {"firms": [{"firm_id": 5}] * 5}, manifest, "firms")


@pytest.mark.parametrize("text", ["2024-02-30", "20240101", "2024-1-1", "2024-01-01T00:00:00", "２０２４-01-01", ""])
def test_h38_days_that_are_none(text, manifest):
    refused(422, "as_of_date", {"firms": [{"firm_id": "a"}], "as_of_date": text}, manifest, "as_of_date")


def test_h38_the_days_that_can_be_asked_about(manifest):
    today, first = datetime.now(UTC).date(), manifest.dates.fit[0]
    assert as_of_date(msgspec.UNSET, manifest) == today
    for day in (first, AS_OF, today + timedelta(days=1)):
        assert as_of_date(str(day), manifest) == day
    for day in (date(1, 1, 1), first - timedelta(days=1), today + timedelta(days=3), date(9999, 12, 31)):
        with pytest.raises(Problem, match="out of range"):
            as_of_date(str(day), manifest)


def test_an_expired_model_is_not_asked(manifest):
    # It learned by the end of 2020, where the end of 2023 was possible: three years older than it need be.
    dates = manifest.dates.model_copy(update={"test": date(2020, 12, 31)})
    old = manifest.model_copy(update={"dates": dates})
    refused(422, "model_expired", {"firms": [{"firm_id": "a"}], "as_of_date": str(AS_OF)}, old, "as_of_date")


def test_the_answer_names_model_date_and_repeated_ids(manifest, model, at_risk):
    parsed = parsed_request(manifest, at_risk[0], at_risk[1], at_risk[0], limits=Limits())
    answers = RecordScorer.of(model).score(parsed.records, AS_OF)
    told = json.loads(to_json(parsed, answers, manifest.label, model.version))
    assert [told[name] for name in ("model_version", "outcome", "timespan", "as_of_date")] == [
        model.version,
        "market",
        "24 months",
        str(AS_OF),
    ]
    assert told["results"][0]["outcome"] == "market"
    assert told["repeated"] == [at_risk[0]["firm_id"]]
    assert told["results"][0] == told["results"][2] != told["results"][1]


def test_where_no_firm_can_be_used_the_request_is_refused_with_all_the_reasons(manifest):
    parsed = parsed_request(manifest, {"firm_id": "a"}, {"firm_id": "b", "rounds": 5})
    with pytest.raises(Problem) as caught:
        to_json(parsed, [FirmError("a", FAULTY_ROWS, "the firm's rows break the table contract")], manifest.label, "v")
    assert (caught.value.status, caught.value.code) == (422, FAULTY_ROWS)
    results = json.loads(caught.value.body("", "/v1/score"))["results"]
    assert [result["error"]["code"] for result in results] == [FAULTY_ROWS, MALFORMED]
    # A firm that has no score by its dates is an answer.
    assert to_json(parsed, [FirmError("a", NOT_AT_RISK, "")], manifest.label, "v")


@settings(max_examples=25)
@given(st.integers(1, 500), st.integers(0, 300), st.text(min_size=1, max_size=2_000))
@example(500, 300, "\0" * 500)
@example(500, 300, "\U0001f600" * 500)
@example(500, 300, "微" * 500)
def test_x02_what_is_rejected_is_shown_in_part_and_counted(manifest, firms, rows, value):
    columns = {"table": "grants", "row": range(1, rows + 1), "column": value, "code": "unknown_value", "value": value}
    frame = pd.DataFrame(columns)
    faults, counts = (first_violations(frame), code_counts(frame["code"])) if rows else ((), {})
    error = firm_error(value, FAULTY_ROWS, f"they break the contract: {value}", faults, counts)
    parsed = ParsedRequest([object()] * firms, {}, date(2024, 12, 31), False)
    with pytest.raises(Problem) as raised:
        to_json(parsed, [error] * firms, manifest.label, "v")
    body = raised.value.body("0" * 16, "/v1/score")
    results = json.loads(body)["results"]
    assert len(results) == firms
    assert sum(len(result["error"]["faults"]) for result in results) == min(100, rows * min(firms, 100))
    assert all(result["error"]["counts"] == counts for result in results[:100])
    assert len(body) < 256 * 1_024
