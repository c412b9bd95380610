"""Every interface gives the same score, bit for bit: library, command line, HTTP, inference protocol, files."""

import io
import json
import subprocess

import pandas as pd
import pytest

from littlegiants.ingest.readers.read import read_tables
from littlegiants.serving import Scorer
from littlegiants.training.simulator import simulate
from tests.models.scoring.test_record_scorer import firms_as_json
from tests.serving.http.conftest import GIANTS
from tests.serving.http.page.conftest import multipart
from tests.serving.http.test_score import plain
from tests.small_model import AS_OF

MANY, A_REQUEST = 10_000, 500


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Ten thousand simulated firms that the model has never seen."""
    folder = tmp_path_factory.mktemp("many")
    simulate(folder, firms=MANY, seed=11)
    return folder


@pytest.fixture(scope="module")
def library(many, model) -> pd.DataFrame:
    """What the library says of them."""
    return Scorer(model).score(read_tables(many), AS_OF, explain=False)


@pytest.fixture(scope="module")
def by_firm(library) -> dict:
    return {row["firm_id"]: plain(row) for row in library.to_dict("records")}


@pytest.fixture(scope="module")
def request_firms(many) -> list[dict]:
    firms = firms_as_json(many)
    assert len(firms) == MANY
    return firms


def test_the_command_line(many, library, artefact, tmp_path):
    out = tmp_path / "scores.parquet"
    command = [str(GIANTS), "score", "--data", str(many), "--as-of", str(AS_OF), "--model", str(artefact)]
    subprocess.run([*command, "--no-reasons", "--out", str(out)], check=True, capture_output=True)
    pd.testing.assert_frame_equal(pd.read_parquet(out), library, check_exact=True)


def test_http(service, request_firms, by_firm):
    found: dict[str, dict] = {}
    for first in range(0, MANY, A_REQUEST):
        answer = service.score(request_firms[first : first + A_REQUEST])
        assert answer.status == 200
        found |= {result["firm_id"]: result for result in answer.json()["results"] if "error" not in result}
    assert found == by_firm


def test_the_open_inference_protocol(service, request_firms, by_firm):
    some = [json.dumps(firm) for firm in request_firms[:A_REQUEST]]
    tensor = {"name": "firm", "datatype": "BYTES", "shape": [len(some)], "data": some}
    body = json.dumps({"inputs": [tensor], "parameters": {"as_of_date": str(AS_OF)}}).encode()
    answer = service.post(body, "/v2/models/littlegiants/infer")
    outputs = {output["name"]: output["data"] for output in answer.json()["outputs"]}
    errors = outputs.pop("error")
    rows = [dict(zip(outputs, row, strict=True)) for row in zip(*outputs.values(), strict=True)]
    found = [row for row, error in zip(rows, errors, strict=True) if not error]
    assert found == [by_firm[row["firm_id"]] for row in found]
    assert {row["firm_id"] for row in found} == {firm["firm_id"] for firm in request_firms[:A_REQUEST]} & set(by_firm)


@pytest.mark.parametrize("path", ["/v1/score", "/portfolio"])
def test_files(service, many, request_firms, by_firm, path):
    ids = {firm["firm_id"] for firm in request_firms[:A_REQUEST]}
    frames = {file.name: pd.read_csv(file, dtype="str", keep_default_na=False) for file in many.glob("*.csv")}
    files = {name: frame[frame["firm_id"].isin(ids)].to_csv(index=False).encode() for name, frame in frames.items()}
    boundary, body = multipart(files, {"as_of_date": str(AS_OF), "answer": "csv"})
    answer = service.ask("POST", path, body, **{"Content-Type": f"multipart/form-data; boundary={boundary}"})
    assert answer.status == 200
    if path == "/v1/score":
        found = {result["firm_id"]: result for result in answer.json()["results"] if "error" not in result}
        assert found == {firm_id: row for firm_id, row in by_firm.items() if firm_id in ids}
    else:
        read = pd.read_csv(io.BytesIO(answer.body), dtype={"firm_id": "str"})
        numbers = ["p_market", "p_market_low", "p_market_high", "p_subsidised", "p_stalled", "percentile"]
        expected = pd.DataFrame([by_firm[firm_id] for firm_id in read["firm_id"]])
        assert set(read["firm_id"]) == ids & set(by_firm)
        pd.testing.assert_frame_equal(read[numbers], expected[numbers].astype("float64"), check_exact=True)
