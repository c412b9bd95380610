"""The response on a portfolio is what the library says of the same scores."""

from typing import Any

import msgspec
import pytest

from littlegiants.ingest.records.schema import FirmRecord
from littlegiants.models.scoring.record_scorer import RecordScorer, Scored, score_arrays
from littlegiants.reports import portfolio
from littlegiants.serving.http.api.portfolio_response import portfolio_response
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest
from tests.small_model import AS_OF


@pytest.fixture(scope="module")
def records(firms) -> list:
    return msgspec.convert(firms[:80], list[FirmRecord])


def response(model, records, explain: bool) -> Any:
    answers = RecordScorer.of(model).score(records, AS_OF, explain, render=False)
    found = portfolio_response(ParsedRequest(records, {}, AS_OF, explain), model.manifest.label, model.version, answers)
    return msgspec.json.decode(msgspec.json.encode(found))


def test_every_firm_is_counted_once(model, records):
    found = response(model, records, explain=False)
    ids = [firm["firm_id"] for key in ("ranking", "withheld", "refused") for firm in found[key]]
    assert sorted(ids) == sorted(record.firm_id for record in records)
    assert (found["outcome"], found["timespan"]) == ("market", "24 months")
    assert found["firms"] == len(found["ranking"]) + len(found["withheld"])
    assert sum(found["distribution"]["firms"]) == found["outlook"]["firms"] == len(found["ranking"])


def test_reasons_are_in_words_where_they_were_wanted(model, records):
    assert [firm for firm in response(model, records, explain=False)["ranking"] if firm["reasons"]] == []
    reasons = [reason for firm in response(model, records, explain=True)["ranking"] for reason in firm["reasons"]]
    assert {tuple(reason) for reason in reasons} == {("signal", "value", "points")}


def test_aggregates_are_those_of_the_arrays(model, records):
    answers = RecordScorer.of(model).score(records, AS_OF)
    scores = score_arrays([answer for answer in answers if answer.__class__ is Scored])
    found = response(model, records, explain=False)
    assert found["outlook"] == msgspec.to_builtins(portfolio.outlook(portfolio.given(scores)))
    assert [firm["probability"] for firm in found["ranking"]] == sorted(portfolio.given(scores), reverse=True)


def test_nobody_scored(model):
    found = msgspec.to_builtins(
        portfolio_response(ParsedRequest([], {}, AS_OF, False), model.manifest.label, model.version, [])
    )
    assert (found["firms"], found["ranking"], found["withheld_counts"]) == (0, [], [])
    assert found["outlook"] == {"firms": 0, "expected": 0.0, "low": 0, "high": 0}
