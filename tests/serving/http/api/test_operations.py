"""Each path of the document: named once, with all that it refers to."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from littlegiants.ingest.tables.contract import EVENT_TABLES
from littlegiants.serving.http.api.error_catalogue import ERRORS
from littlegiants.serving.http.api.operations import BODY, EXAMPLE, KEY, OPERATIONS
from littlegiants.serving.http.api.schemas import components
from littlegiants.serving.http.api.score_requests import ScoreRequest
from littlegiants.serving.http.protocol.limits import Limits

NAMES = [operation.name for operation in OPERATIONS]


def references(schema: Any) -> Iterator[str]:
    """Every component that a schema refers to."""
    if isinstance(schema, dict):
        yield from (value for key, value in schema.items() if key == "$ref")
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            yield from references(inner)


def test_names_and_methods_of_paths_occur_once():
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []
    assert len({(operation.path, operation.method) for operation in OPERATIONS}) == len(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_an_operation_is_whole(operation):
    assert operation.summary
    assert operation.description.endswith(".")
    assert bool(operation.body) == (operation.method == "post")
    of_path = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "path"}
    of_head = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "header"}
    assert of_path == set(re.findall(r"{(\w+)}", operation.path))
    assert of_head == ({"Idempotency-Key"} if operation.path in ("/v1/score", "/v1/portfolio") else set())


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_its_schemas_and_errors_are_described(operation):
    known = {f"#/components/schemas/{name}" for name in components(Limits())}
    described = [operation.answer, *(schema for _, schema in operation.others.values()), dict(operation.body)]
    assert set(references(described)) <= known
    assert {*operation.errors, *BODY, *KEY} <= set(ERRORS)
    assert set(operation.others).isdisjoint(operation.errors)


def test_the_example_is_a_request_that_names_every_table():
    request = msgspec.convert(EXAMPLE, ScoreRequest)
    (firm,) = request.firms
    assert all(getattr(firm, table) is not None for table in EVENT_TABLES)
    assert [row.round_id for row in firm.rounds] == ["a"]
