"""The paths of the Open Inference Protocol, each called in this process."""

import json
from importlib.metadata import version
from typing import Any

import pytest
from starlette.routing import Router

from littlegiants.serving.http.api.inference import NAME, OUTPUTS
from littlegiants.serving.http.api.inference_routes import inference_routes
from littlegiants.serving.http.protocol.problems import Problem
from tests.serving.http.api.fakes import VERSION, FakeService
from tests.serving.http.asgi import Response, call

MODELS = (f"/v2/models/{NAME}", f"/v2/models/{NAME}/versions/{VERSION}")
OTHERS = ("/v2/models/other", f"/v2/models/{NAME}/versions/1")
TENSOR = {"name": "firm", "datatype": "BYTES", "shape": [2], "data": ['{"firm_id": "a"}', "no JSON"]}
INFER = json.dumps({"inputs": [TENSOR], "parameters": {"as_of_date": "2024-12-31"}, "id": "mine"}).encode()


def respond(path: str, method: str = "GET", body: bytes = b"", service: Any = None, **headers: str) -> Response:
    found: Any = service or FakeService()
    return call(Router(inference_routes(found)), path, method, body, **headers)


def test_the_server():
    expected = {"name": NAME, "version": version("littlegiants"), "extensions": []}
    assert respond("/v2").json() == expected


def test_health():
    assert respond("/v2/health/live").json() == {"live": True}
    ready = respond("/v2/health/ready")
    assert (ready.status, ready.json()) == (200, {"ready": True})
    waiting = respond("/v2/health/ready", service=FakeService(why="no model"))
    assert (waiting.status, waiting.json()) == (503, {"ready": False, "why": "no model"})


@pytest.mark.parametrize("path", MODELS)
def test_the_model_in_use(path):
    found = respond(path).json()
    assert (found["name"], found["versions"]) == (NAME, [VERSION])
    assert [output["name"] for output in found["outputs"]] == list(OUTPUTS)
    assert respond(f"{path}/ready").json() == {"name": NAME, "ready": True}


@pytest.mark.parametrize("path", MODELS)
@pytest.mark.parametrize(
    "media", [{"content_type": "application/json"}, {"content_type": "application/octet-stream"}, {}]
)
def test_firms_are_answered_in_their_order(path, media):
    service = FakeService()
    response = respond(f"{path}/infer", "POST", INFER, service, **media)
    found = response.json()
    assert (response.status, found["id"], found["model_version"]) == (200, "mine", VERSION)
    outputs = {output["name"]: output["data"] for output in found["outputs"]}
    assert outputs["firm_id"] == ["a", ""]
    assert [json.loads(error)["code"] for error in outputs["error"]] == ["not_at_risk", "malformed"]
    ((request, _),) = service.requests
    assert [record.firm_id for record in request.records] == ["a"]


@pytest.mark.parametrize("path", OTHERS)
@pytest.mark.parametrize(("end", "method"), [("", "GET"), ("/ready", "GET"), ("/infer", "POST")])
def test_no_other_model_is_in_use(path, end, method):
    service = FakeService()
    with pytest.raises(Problem, match=f"the model in use is {NAME}, version {VERSION}") as caught:
        respond(path + end, method, INFER, service)
    assert (caught.value.status, caught.value.code, service.requests) == (404, "no_such_model", [])


def test_a_body_of_another_type():
    with pytest.raises(Problem) as caught:
        respond(f"{MODELS[0]}/infer", "POST", INFER, content_type="text/plain")
    assert (caught.value.status, caught.value.code) == (415, "content_type")


@pytest.mark.parametrize(("path", "method"), [("/v2", "POST"), (f"{MODELS[0]}/infer", "GET"), (MODELS[0], "POST")])
def test_methods_that_no_path_has(path, method):
    assert respond(path, method).status == 405
