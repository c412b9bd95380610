"""The Open Inference Protocol, asked by Triton's own client and by hand."""

import json
import math
import struct

import numpy as np
import pytest
import tritonclient.http as triton

from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from tests.small_model import AS_OF

INFER = "/v2/models/littlegiants/infer"


@pytest.fixture
def client(service):
    client = triton.InferenceServerClient(f"127.0.0.1:{service.port}")
    yield client
    client.close()


def texts(firms: list) -> np.ndarray:
    return np.array([json.dumps(firm).encode() for firm in firms], object)


def infer(client, firms: list, binary: bool, **more: object):
    firm = triton.InferInput("firm", [len(firms)], "BYTES")
    firm.set_data_from_numpy(texts(firms), binary_data=binary)
    return client.infer("littlegiants", [firm], parameters={"as_of_date": str(AS_OF)}, **more)


def body(firms: list, **more: object) -> dict:
    tensor = {"name": "firm", "datatype": "BYTES", "shape": [len(firms)], "data": [json.dumps(f) for f in firms]}
    return {"inputs": [tensor], "parameters": {"as_of_date": str(AS_OF)}, **more}


def post(service, asked: object, path: str = INFER):
    return service.post(json.dumps(asked).encode(), path)


@pytest.mark.parametrize("binary", [False, True])
def test_a_client_of_triton_gets_the_scores_of_v1_bit_for_bit(service, client, at_risk, binary):
    firms = at_risk[:40]
    answer = infer(client, firms, binary, request_id="mine")
    expected = service.score(firms).json()["results"]
    for name in SCORE_COLUMNS:
        for given, row in zip(answer.as_numpy(name).tolist(), expected, strict=True):
            assert given == row[name] or (row[name] is None and math.isnan(given))
    assert set(answer.as_numpy("error").tolist()) == {""}
    told = answer.get_response()
    assert told["id"] == "mine"
    assert told["model_version"] == expected[0]["model_version"]
    assert told["parameters"] == {"as_of_date": str(AS_OF), "outcome": "market", "timespan": "24 months"}


def test_a_client_of_triton_learns_what_there_is(service, client):
    version = service.ask("GET", "/v1/model").json()["digest"][:12]
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("littlegiants")
    assert client.is_model_ready("littlegiants", version)
    assert not client.is_model_ready("other")
    assert client.get_server_metadata()["name"] == "littlegiants"
    model = client.get_model_metadata("littlegiants")
    assert model["versions"] == [version]
    assert model["inputs"] == [{"name": "firm", "datatype": "BYTES", "shape": [-1]}]
    assert [output["name"] for output in model["outputs"]] == [*SCORE_COLUMNS, "error"]


def test_only_the_outputs_asked_for(client, at_risk):
    answer = infer(client, at_risk[:2], False, outputs=[triton.InferRequestedOutput("p_market", binary_data=False)])
    assert [output["name"] for output in answer.get_response()["outputs"]] == ["p_market"]


def test_reasons_on_demand(service, at_risk):
    asked = body(at_risk[:1])
    asked["parameters"]["explain"] = True
    outputs = {output["name"]: output["data"] for output in post(service, asked).json()["outputs"]}
    (expected,) = service.score(at_risk[:1], explain=True).json()["results"]
    assert outputs["reason_1"] == [expected["reason_1"]] != [""]


def test_one_bad_firm_fails_no_other(service, at_risk):
    asked = body([at_risk[0], {"firm_id": "bad", "rounds": 7}, at_risk[1]])
    twice = json.dumps(at_risk[2])[:-1] + ', "country": "CN"}'
    asked["inputs"][0]["data"] += ["no json", twice]
    asked["inputs"][0]["shape"] = [5, 1]
    answer = post(service, asked)
    assert answer.status == 200
    outputs = {output["name"]: output["data"] for output in answer.json()["outputs"]}
    good = [row["p_market"] for row in service.score(at_risk[:2]).json()["results"]]
    assert outputs["p_market"] == [good[0], None, good[1], None, None]
    assert outputs["abstained"] == [False, True, False, True, True]
    assert outputs["firm_id"][1] == "bad"
    codes = [text and json.loads(text)["code"] for text in outputs["error"]]
    assert codes == ["", "malformed", "", "malformed", "malformed"]


def test_rows_of_a_tensor_may_be_lists(service, at_risk):
    asked = body(at_risk[:2])
    flat = post(service, asked).json()["outputs"]
    asked["inputs"][0] |= {"shape": [2, 1], "data": [[text] for text in asked["inputs"][0]["data"]]}
    assert post(service, asked).json()["outputs"] == flat


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "company"}, "inputs"),
        ({"datatype": "FP64"}, "inputs"),
        ({"shape": [2]}, "inputs"),
        ({"shape": [1, 2]}, "inputs"),
        ({"shape": [-1]}, "firms"),
        ({"shape": [501]}, "firms"),
        ({"data": [7]}, "inputs"),
        ({"data": None}, "invalid_request"),
        ({"shape": "1"}, "invalid_request"),
    ],
)
def test_tensors_that_are_none(service, at_risk, change, code):
    asked = body(at_risk[:1])
    asked["inputs"][0] |= change
    answer = post(service, asked)
    assert (answer.status, answer.json()["code"]) == (422, code)
    assert answer.json()["error"] == answer.json()["title"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"inputs": []}, "inputs"),
        ({"outputs": [{"name": "p_success"}]}, "outputs"),
        ({"parameters": {"as_of_date": 20240101}}, "parameters"),
        ({"parameters": {"explain": "yes"}}, "parameters"),
        ({"parameters": {"as_of_date": "2199-01-01"}}, "as_of_date"),
    ],
)
def test_requests_that_are_none(service, at_risk, change, code):
    answer = post(service, body(at_risk[:1]) | change)
    assert (answer.status, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("path", ["/v2/models/other/infer", "/v2/models/littlegiants/versions/1/infer"])
def test_another_model_is_not_answered_for(service, at_risk, path):
    answer = post(service, body(at_risk[:1]), path)
    assert (answer.status, answer.json()["code"]) == (404, "no_such_model")


@pytest.mark.parametrize(
    ("behind", "size", "length"),
    [
        (b"", 4, None),
        (struct.pack("<I", 9) + b"{}", 6, None),
        (struct.pack("<I", 2) + b"{}", 7, None),
        (struct.pack("<I", 2) + b"{}", 6, "9999"),
        (struct.pack("<I", 2) + b"{}", 6, "-1"),
        (struct.pack("<I", 2) + b"{}\x00", 7, None),
    ],
)
def test_binary_tensors_that_do_not_fit(service, behind, size, length):
    tensor = {"name": "firm", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": size}}
    head = json.dumps({"inputs": [tensor]}).encode()
    named = {"Content-Type": "application/octet-stream"}
    named["Inference-Header-Content-Length"] = length or str(len(head))
    answer = service.ask("POST", INFER, head + behind, **named)
    assert answer.status in (400, 422)
    assert answer.json()["code"] in ("inputs", "malformed_length")
