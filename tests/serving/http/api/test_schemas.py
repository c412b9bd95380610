"""JSON schemas: of every structure, as narrow as the table contract and the limits of the service."""

from typing import Any

import jsonschema_rs
import pytest

from littlegiants.ingest.records.schema import EVENT_RECORDS, FirmRecord
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.parsing import TEXT_LIMIT
from littlegiants.models.scoring.score_columns import COLUMNS, SCORE_COLUMNS
from littlegiants.serving.http.api.schemas import components, ref
from littlegiants.serving.http.protocol.limits import Limits
from tests.serving.http.api.test_operations import references

SCHEMAS = components(Limits(firms=7, events=1_234))
FIRM = {"firm_id": "a"}
ROUND = {"round_id": "1", "announced_on": "2020-01-01", "kind": "seed"}
GRANT = {"grant_id": "1", "awarded_on": "2020-01-01"}


def valid(name: str, value: Any) -> bool:
    schema = {**SCHEMAS[name], "components": {"schemas": SCHEMAS}}
    return jsonschema_rs.Draft202012Validator(schema).is_valid(value)


def test_a_reference():
    assert ref("Live") == {"$ref": "#/components/schemas/Live"}


def test_every_reference_is_to_a_component():
    assert set(references(SCHEMAS)) <= {ref(name)["$ref"] for name in SCHEMAS}


def test_components_of_two_services_are_their_own():
    assert components(Limits(firms=8))["ScoreRequest"]["properties"]["firms"]["maxItems"] == 8
    assert SCHEMAS["ScoreRequest"]["properties"]["firms"]["maxItems"] == 7
    assert "1,234 rows" in SCHEMAS[FirmRecord.__name__]["description"]


@pytest.mark.parametrize(("firms", "allowed"), [(0, False), (1, True), (7, True), (8, False)])
def test_firms_of_a_request(firms, allowed):
    assert valid("ScoreRequest", {"firms": [FIRM] * firms}) is allowed


@pytest.mark.parametrize("name", EVENT_RECORDS)
def test_a_record_has_the_columns_of_its_table(name):
    schema = SCHEMAS[EVENT_RECORDS[name].__name__]
    assert set(schema["properties"]) == {*(column.name for column in TABLES[name].columns), "known_on"}
    assert schema["description"] == f"A row of the table `{name}`."
    assert TABLES[name].known_rule in schema["properties"]["known_on"]["description"]


@pytest.mark.parametrize(
    ("firm", "allowed"),
    [
        ({}, True),
        ({"country": "CN", "founded_on": "2018-04-02", "sectors": ["semiconductors"]}, True),
        ({"name": None, "founded_on": "", "rounds": None, "grants": []}, True),
        ({"firm_id": ""}, False),
        ({"firm_id": 7}, False),
        ({"name": "a\0b"}, False),
        ({"name": "a" * (TEXT_LIMIT + 1)}, False),
        ({"founded_on": "2018-13-01"}, False),
        ({"founded_on": "1899-12-31"}, False),
        ({"founded_on": "02.04.2018"}, False),
        ({"rounds": [ROUND]}, True),
        ({"rounds": [ROUND | {"amount": 5, "currency": "CNY"}]}, True),
        ({"rounds": [ROUND | {"amount": -5, "currency": "CNY"}]}, False),
        ({"rounds": [ROUND | {"currency": "cowries"}]}, False),
        ({"rounds": [ROUND | {"kind": "gift"}]}, False),
        ({"rounds": [ROUND | {"state_backed_share": 1.5}]}, False),
        ({"rounds": [ROUND | {"announced_on": None}]}, False),
        ({"rounds": [ROUND | {"unheard_of": 1}]}, False),
        ({"grants": [GRANT | {"known_on": "2020-02-01"}]}, True),
    ],
)
def test_firms_that_the_contract_allows(firm, allowed):
    assert valid("ScoreRequest", {"firms": [FIRM | firm]}) is allowed


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.range is not None], ids=lambda c: c.name)
def test_numbers_of_a_score_stay_in_their_range(column):
    least, most = column.range
    schema = SCHEMAS["Scored"]["properties"][column.name]
    assert (schema["type"], schema["minimum"], schema["maximum"]) == (["number", "null"], least, most)


def test_a_result_is_a_score_or_says_why_there_is_none():
    refused = {
        "firm_id": "a",
        "error": {"code": "not_at_risk", "message": "it is not at risk", "faults": [], "counts": {}},
    }
    label = {"outcome": "market", "timespan": "24 months"}
    response = {"model_version": "0", "as_of_date": "2024-12-31", "results": [refused], "repeated": []} | label
    assert valid("ScoreResponse", response)
    assert not valid("ScoreResponse", response | {"results": [{"firm_id": "a"}]})
    assert SCHEMAS["Scored"]["required"] == list(SCORE_COLUMNS)


@pytest.mark.parametrize(
    ("tensor", "allowed"),
    [
        ({}, True),
        ({"name": "company"}, False),
        ({"datatype": "FP64"}, False),
        ({"shape": [1, 1]}, True),
        ({"shape": [8]}, False),
        ({"shape": []}, False),
        ({"data": [7]}, False),
    ],
)
def test_tensors_of_firms(tensor, allowed):
    given = {"name": "firm", "datatype": "BYTES", "shape": [1], "data": ["{}"], **tensor}
    assert valid("InferRequest", {"inputs": [given]}) is allowed
    assert not valid("InferRequest", {"inputs": [given] * 2})
