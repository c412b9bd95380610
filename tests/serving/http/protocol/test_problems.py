"""Refusals: a status, a word and a sentence; and when to come again."""

import json

import pytest

from littlegiants.serving.http.protocol.problems import Problem, busy


def test_the_body_says_what_machines_and_people_need_and_nothing_that_is_empty():
    assert json.loads(Problem(422, "firms", "name 1 to 500 firms").body("a1", "/v1/score")) == {
        "status": 422,
        "code": "firms",
        "title": "name 1 to 500 firms",
        "request_id": "a1",
    }
    told = json.loads(
        Problem(422, "faulty", "no firm is sound", "firms", more={"results": [1]}).body("a1", "/v1/score")
    )
    assert (told["where"], told["results"]) == ("firms", [1])


def test_text_of_any_kind_is_json():
    for text in ('"\\', "\r\n\x1b\0", "稻田科技", "\u2028"):
        assert json.loads(Problem(400, "code", text, text).body(text, "/v1/score"))["where"] == text


@pytest.mark.parametrize(("seconds", "told"), [(0, "1"), (0.2, "1"), (1.2, "2"), (3.9, "4"), (20, "20"), (59.5, "60")])
def test_who_is_told_to_come_again_does_not_come_too_early(seconds, told):
    problem = busy(seconds, "come again")
    assert problem.headers == {"retry-after": told}
    assert (problem.status, problem.code) == (503, "overloaded")
    assert int(told) >= seconds


def test_problems_share_no_headers():
    given = {"allow": "POST"}
    problem = Problem(405, "method", "ask by POST", headers=given)
    problem.headers["retry-after"] = "1"
    assert given == {"allow": "POST"}
