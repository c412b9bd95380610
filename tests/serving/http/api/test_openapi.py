"""GET /openapi.json is true: schemathesis asks the running service all that the document allows, and what it forbids.

CI asks some 400 times; ``LITTLEGIANTS_LONG_TESTS=20`` asks every case that the document makes, and draws twenty times
as many.
"""

import itertools
import json
import os
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case

from littlegiants.serving.http.api.openapi import document
from littlegiants.serving.http.api.operations import EXAMPLE
from littlegiants.serving.http.api.routes import known_route, make_routes
from littlegiants.serving.http.auth.key_file import SCOPES, add_key
from littlegiants.serving.http.protocol.limits import Limits
from tests.serving.http.conftest import serving
from tests.serving.http.judged import PATHS, Judge

TIMES = int(os.environ.get("LITTLEGIANTS_LONG_TESTS", "1"))
ONE_IN = 1 if TIMES > 1 else 6
DOCUMENT, KEYED = (json.loads(json.dumps(document(Limits(), keyed))) for keyed in (False, True))
DRAWN_ONLY = {"seed": 7, "phases": {"coverage": {"enabled": False}}}
load_all_checks()
# Firms are judged one by one: one that the schema forbids may be answered with 200 and an error in its place, and one
# that it allows may have faults that it has no words for. In place of these two checks, which look at the status alone,
# the judge holds each firm to its schema.
# So it is with tensors of firms, and with files, which are read and then found to be no tables.
BY_STATUS = CHECKS.get_by_names(["positive_data_acceptance", "negative_data_rejection"])
judge = Judge(DOCUMENT)
api = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig(seed=7))
keyed_api = schemathesis.openapi.from_dict(KEYED, config=SchemathesisConfig.from_dict(DRAWN_ONLY))
turn = itertools.count()


def ask(case: Any, port: int, **more: Any) -> None:
    excluded = BY_STATUS if case.path in PATHS or case.path.endswith("/infer") else []
    case.call_and_validate(
        base_url=f"http://127.0.0.1:{port}", additional_checks=[judge.check], excluded_checks=excluded, **more
    )


@api.parametrize()
@settings(max_examples=20 * TIMES, derandomize=True, deadline=None)
def test_whatever_is_asked_is_answered_as_described(case, service):
    # The document makes 1,500 cases of each field's limits; the run in CI takes some of them, and all odd requests.
    systematic = case.meta.phase.name is TestPhase.COVERAGE and not is_unexpected_http_status_case(case)
    if not systematic or case.path not in PATHS or next(turn) % ONE_IN == 0:
        ask(case, service.port)


@pytest.fixture(scope="module")
def keyed(artefact, tmp_path_factory):
    """The port of a service with keys, and a key to everything."""
    folder = tmp_path_factory.mktemp("described")
    token = add_key(folder / "keys.json", "all", SCOPES, 100_000)
    with serving(folder, "--model", artefact, "--keys", folder / "keys.json") as running:
        yield running.port, token


@keyed_api.parametrize()
@settings(max_examples=3 * TIMES, derandomize=True, deadline=None)
def test_what_needs_a_key_says_so_and_is_closed_without_one(case, keyed):
    port, token = keyed
    ask(case, port, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("known", [DOCUMENT, KEYED], ids=["open", "keyed"])
def test_it_is_openapi_3_1(known):
    assert known["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(known, config=SchemathesisConfig()).validate()
    for schema in known["components"]["schemas"].values():
        jsonschema_rs.Draft202012Validator({**schema, "components": known["components"]})


def test_the_one_served_is_that_of_the_service(service, keyed):
    answer = service.ask("GET", "/openapi.json")
    assert (answer.status, answer.json()) == (200, DOCUMENT)
    assert answer.json()["info"]["version"] == version("littlegiants")


def test_every_route_is_in_it_and_every_path_of_it_exists(service):
    nobody: Any = SimpleNamespace(limits=Limits(), keys=None)
    routes = {route.path: set(route.methods or ()) - {"HEAD"} for route in make_routes(nobody)}
    # What the application answers itself, without a route.
    routes |= {"/health/live": {"GET"}, "/health/ready": {"GET"}, "/v1/score": {"POST"}}
    assert {path: {method.upper() for method in item} for path, item in DOCUMENT["paths"].items()} == routes
    assert all(known_route(path) == path for path in routes if not path.startswith("/v2/models/"))
    assert [path for path in routes if service.ask("BREW", path).status != 405] == []


def test_the_example_is_scored(service):
    (result,) = service.post(json.dumps(EXAMPLE).encode()).json()["results"]
    assert not result["abstained"]
    assert result["reason_1"]
