"""POST /v1/score: the same bits as from every other interface, and one bad firm fails nobody else."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from littlegiants.ingest.readers.read import read_tables
from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from littlegiants.serving import Scorer
from tests.small_model import AS_OF


def plain(row: dict) -> dict:
    return {str(key): None if value != value else value for key, value in row.items()}


def test_scores_are_those_of_the_library_bit_for_bit(service, firms, universe, model):
    scores = Scorer(model).score(read_tables(universe), AS_OF)
    expected = {row["firm_id"]: plain(row) for row in scores.to_dict("records")}
    found: dict[str, dict] = {}
    for first in range(0, len(firms), 400):
        answer = service.score(firms[first : first + 400], explain=True)
        assert answer.status == 200
        results = answer.json()["results"]
        assert [result["firm_id"] for result in results] == [firm["firm_id"] for firm in firms[first : first + 400]]
        found |= {result["firm_id"]: result for result in results if "error" not in result}
    assert found == expected
    assert list(next(iter(found.values()))) == list(SCORE_COLUMNS)


def test_reasons_are_left_out_unless_asked_for(service, at_risk):
    (result,) = service.score(at_risk[:1]).json()["results"]
    (explained,) = service.score(at_risk[:1], explain=True).json()["results"]
    assert result["reason_1"] == ""
    assert explained["reason_1"] != ""
    assert {**explained, "reason_1": "", "reason_2": "", "reason_3": ""} == result


def test_h25_one_bad_firm_among_500(service, at_risk):
    firms = [{**at_risk[place % len(at_risk)], "firm_id": f"f{place}"} for place in range(500)]
    firms[77] = {**firms[77], "rounds": [{"round_id": "1", "announced_on": "2020-01-01", "kind": 7}]}
    answer = service.score(firms)
    assert answer.status == 200
    results = answer.json()["results"]
    assert [result["firm_id"] for result in results] == [f"f{place}" for place in range(500)]
    assert [place for place, result in enumerate(results) if "error" in result] == [77]
    assert results[77]["error"]["code"] == "malformed"
    assert "`$.rounds[0].kind`" in results[77]["error"]["message"]


def test_499_bad_firms_are_each_told_what_is_wrong_and_the_good_one_is_scored(service, at_risk):
    wrong = {"grant_id": "1", "awarded_on": "2020-02-30"}
    firms = [{**at_risk[place % len(at_risk)], "firm_id": f"f{place}", "grants": [wrong]} for place in range(500)]
    firms[77] = {**at_risk[0], "firm_id": "f77"}
    answer = service.score(firms)
    assert answer.status == 200
    results = answer.json()["results"]
    assert [result["firm_id"] for result in results] == [f"f{place}" for place in range(500)]
    assert [place for place, result in enumerate(results) if "error" not in result] == [77]
    fault = {"table": "grants", "row": 1, "column": "awarded_on", "code": "impossible_date", "value": "2020-02-30"}
    errors = [result["error"] for result in results if "error" in result]
    assert {error["code"] for error in errors} == {"faulty_rows"}
    assert [error["faults"] for error in errors] == [[fault]] * 100 + [[]] * 399


def test_faults_of_a_firms_rows_are_named_like_those_of_a_file(service, at_risk):
    faulty = {**at_risk[0], "grants": [{"grant_id": "1", "awarded_on": "2020-02-30", "amount": 5}]}
    result = service.score([faulty, at_risk[1]]).json()["results"][0]
    assert result["error"]["code"] == "faulty_rows"
    assert result["error"]["faults"] == [
        {"table": "grants", "row": 1, "column": "amount", "code": "missing_currency", "value": "5.0"},
        {"table": "grants", "row": 1, "column": "awarded_on", "code": "impossible_date", "value": "2020-02-30"},
    ]


def test_h26_a_firm_that_stands_twice_is_answered_twice_and_named(service, at_risk):
    answer = service.score([at_risk[0], at_risk[1], at_risk[0]]).json()
    assert answer["results"][0] == answer["results"][2]
    assert answer["repeated"] == [at_risk[0]["firm_id"]]


def test_h27_a_thousand_requests_at_once_have_one_answer(service, at_risk):
    with ThreadPoolExecutor(20) as pool:
        found = {answer.body for answer in pool.map(lambda _: service.score(at_risk[:1]), range(1_000))}
    assert len(found) == 1


def test_t16_a_firm_of_which_nothing_is_known_is_withheld_with_the_reason(service):
    tables = ("rounds", "grants", "patents", "recognitions", "financials", "investments", "outcomes")
    empty: dict[str, list] = {name: [] for name in tables}
    answer = service.score([{"firm_id": "x", "country": "CN", "founded_on": "2019-01-01", **empty}])
    (result,) = answer.json()["results"]
    assert (result["abstained"], result["abstain_reason"], result["p_market"]) == (True, "nothing_known", None)


def test_without_a_date_it_is_today(service, at_risk):
    answer = service.post(json.dumps({"firms": at_risk[:1]}).encode())
    today = datetime.now(UTC).date()
    assert answer.json()["as_of_date"] in (str(today), str(today - timedelta(days=1)))


@pytest.mark.parametrize(
    "as_of", ["1979-12-31", "2019-06-29", "2199-01-01", "2024-02-30", "20240101", "2024-1-1", "yesterday", ""]
)
def test_h38_a_date_that_cannot_be_answered_for(service, at_risk, as_of):
    answer = service.score(at_risk[:1], as_of)
    assert (answer.status, answer.json()["where"]) == (422, "as_of_date")


def test_the_portfolio_says_what_the_library_says(service, at_risk, model):
    from littlegiants.reports import portfolio

    answer = service.score([*at_risk[:30], {"firm_id": 5}], path="/v1/portfolio").json()
    scores = service.score(at_risk[:30]).json()["results"]
    given = [score["p_market"] for score in scores if not score["abstained"]]
    assert answer["firms"] == 30
    assert answer["outlook"]["expected"] == pytest.approx(sum(given), rel=1e-12)
    assert sum(answer["distribution"]["firms"]) == len(given)
    ranks = [firm["probability"] for firm in answer["ranking"]]
    assert ranks == sorted(given, reverse=True)
    assert len(answer["distribution"]["edges"]) == portfolio.BINS + 1
    assert [refused["error"]["code"] for refused in answer["refused"]] == ["malformed"]


def test_a_portfolio_of_which_nobody_can_be_scored(service, at_risk):
    closed = {**at_risk[0], "outcomes": [{"kind": "closure", "happened_on": "2020-01-01"}]}
    answer = service.score([closed, {"firm_id": 5}], path="/v1/portfolio")
    assert (answer.status, answer.json()["firms"], answer.json()["ranking"]) == (200, 0, [])
    assert {refused["error"]["code"] for refused in answer.json()["refused"]} == {"malformed", "not_at_risk"}


def test_every_answer_has_an_id_and_is_kept_by_nobody(service, at_risk):
    for answer in (service.score(at_risk[:1], path="/v1/portfolio"), service.ask("GET", "/v1/model")):
        assert len(answer.headers["x-request-id"]) == 16
        assert answer.headers["cache-control"] == "no-store"


def test_the_model_is_its_manifest(service, model):
    assert service.ask("GET", "/v1/model").body == model.manifest.to_json()


def test_figures_have_few_labels_whatever_is_asked(service, at_risk):
    service.score(at_risk[:1])
    for place in range(20):
        service.ask("BREW", f"/nowhere/{place}")
    text = service.ask("GET", "/metrics").body.decode()
    assert 'giants_requests_total{method="POST",route="/v1/score",status="200"}' in text
    assert "nowhere" not in text
    assert 'method="other",route="other"' in text
