"""The routes that Starlette serves, each called in this process."""

import json
from datetime import date
from typing import Any

import pytest
from starlette.routing import Router

from littlegiants.serving.http.api import openapi
from littlegiants.serving.http.api.routes import known_route, make_routes
from littlegiants.serving.http.protocol.limits import Limits
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.http.runtime import metrics
from tests.serving.http.api.fakes import VERSION, FakeService
from tests.serving.http.asgi import Response, call
from tests.serving.http.page.conftest import multipart

FIRMS = json.dumps({"firms": [{"firm_id": "a"}, {"firm_id": 7}], "as_of_date": "2024-12-31"}).encode()


def respond(service: Any, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Response:
    return call(Router(make_routes(service)), path, method, body, **headers)


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/v1/score", "/v1/score"),
        ("/", "/"),
        ("/v2/models/littlegiants/infer", "/v2/models"),
        ("/v2/models/", "/v2/models"),
        ("/v2/models", "other"),
        ("/v1/score/", "other"),
        ("/V1/score", "other"),
        ("", "other"),
    ],
)
def test_paths_have_few_names(path, route):
    assert known_route(path) == route


def test_every_route_has_its_own_name():
    service: Any = FakeService()
    paths = {route.path for route in make_routes(service) if "{" not in route.path}
    assert {path for path in paths if known_route(path) != path} == set()


def test_the_model_is_its_manifest():
    response = respond(FakeService(), "/v1/model")
    assert (response.status, response.json()) == (200, {"manifest": True})
    assert response.headers["content-type"] == "application/json"


def test_metrics_are_text_for_prometheus():
    response = respond(FakeService(), "/metrics")
    assert response.headers["content-type"] == metrics.CONTENT_TYPE
    assert b"# TYPE giants_requests_total counter" in response.body


@pytest.mark.parametrize("keys", [None, object()])
def test_the_document_is_that_of_the_service(keys):
    limits = Limits(firms=7)
    found = respond(FakeService(limits, keys), "/openapi.json").json()
    assert found == json.loads(json.dumps(openapi.document(limits, keys is not None)))


def test_a_portfolio_is_answered_from_data_not_from_rendered_reasons():
    service = FakeService()
    response = respond(service, "/v1/portfolio", "POST", FIRMS, content_type="application/json")
    found = response.json()
    assert (response.status, found["model_version"], found["firms"]) == (200, VERSION, 0)
    assert [refused["error"]["code"] for refused in found["refused"]] == ["malformed", "not_at_risk"]
    ((request, render),) = service.requests
    assert ([record.firm_id for record in request.records], request.as_of) == (["a"], date(2024, 12, 31))
    assert not render


@pytest.mark.parametrize(
    ("media", "size", "status"), [("text/plain", 1_000, 415), ("application/json", len(FIRMS) - 1, 413)]
)
def test_a_portfolio_of_another_type_or_too_large(media, size, status):
    service = FakeService(Limits(body_bytes=size))
    with pytest.raises(Problem) as caught:
        respond(service, "/v1/portfolio", "POST", FIRMS, content_type=media)
    assert (caught.value.status, service.requests) == (status, [])


def test_files_are_scored_by_a_process_for_uploads():
    service = FakeService(Limits(firms=9))
    boundary, body = multipart({"firms.csv": b"firm_id\na\n"}, {"as_of_date": "2024-12-31", "explain": "true"})
    kind = f"multipart/form-data; boundary={boundary}"
    response = respond(service, "/v1/score", "POST", body, content_type=kind, content_length=str(len(body)))
    assert (response.status, response.json()) == (200, {"notes": ["a note"]})
    ((form, (upload,), as_of, explain, contents),) = service.uploads
    assert (form, upload.name, contents, as_of, explain) == (
        "scores",
        "firms.csv",
        [b"firm_id\na\n"],
        date(2024, 12, 31),
        True,
    )
    assert upload.file.closed
