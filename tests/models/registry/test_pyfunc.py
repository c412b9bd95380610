"""The pyfunc flavour, as MLflow itself loads and serves it: firms with their events in, every interface's bits out."""

import inspect
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mlflow
import pandas as pd
import pytest
import requests
import uvicorn
from mlflow.exceptions import MlflowException
from mlflow.pyfunc.scoring_server import init

from littlegiants.ingest.errors import AsOfError, StaleModelError
from littlegiants.models.scoring.record_scorer import FAULTY_ROWS, MALFORMED, NOT_AT_RISK
from littlegiants.models.scoring.score_columns import COLUMNS, SCORE_COLUMNS
from tests.models.scoring.test_record_scorer import firms_as_json
from tests.small_model import AS_OF

GIVEN = {"as_of_date": AS_OF.isoformat(), "explain": True}


@pytest.fixture(scope="module")
def served(logged):
    return mlflow.pyfunc.load_model(str(logged))


@pytest.fixture(scope="module")
def texts(universe, scores) -> list[str]:
    """The records of firms that have a score, in the order of the scores."""
    every = {firm["firm_id"]: json.dumps(firm) for firm in firms_as_json(universe)}
    return [every[firm_id] for firm_id in scores["firm_id"]]


def frame_of(texts) -> pd.DataFrame:
    return pd.DataFrame({"firm": texts})


@contextmanager
def listening(application) -> Iterator[str]:
    """Run MLflow's server in a thread for a block, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        server = uvicorn.Server(uvicorn.Config(application, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def test_it_gives_the_scores_of_the_library_bit_for_bit(served, texts, scores):
    found = served.predict(frame_of(texts), params=GIVEN)
    assert tuple(found) == (*SCORE_COLUMNS, "error")
    assert scores["abstained"].sum() < len(scores)
    for column in COLUMNS:
        if column.is_number:
            assert found[column.name].to_numpy().tobytes() == scores[column.name].to_numpy().tobytes()
        else:
            assert found[column.name].tolist() == scores[column.name].tolist()
    assert set(found["error"]) == {""}


def test_it_serves_them_over_http(served, texts, scores):
    body: Any = {"dataframe_split": {"columns": ["firm"], "data": [[text] for text in texts[:40]]}, "params": GIVEN}
    with listening(init(served)) as address:
        answer = requests.post(f"{address}/invocations", json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    rows = answer.json()["predictions"]
    expected = scores.head(40).astype(object).where(scores.head(40).notna(), None)
    assert [{name: row[name] for name in SCORE_COLUMNS} for row in rows] == expected.to_dict("records")


def test_a_firm_without_a_score_fails_no_other(served, texts):
    left = json.dumps(
        {"firm_id": "left", "founded_on": "2010-01-01", "outcomes": [{"happened_on": "2015-01-01", "kind": "ipo"}]}
    )
    bad = json.dumps({"firm_id": "bad", "grants": [{"grant_id": "g", "awarded_on": "2015-02-30"}]})
    twice = '{"firm_id": "one", "firm_id": "other"}'
    found = served.predict(frame_of([texts[0], left, bad, twice, "no JSON", None, texts[1]]), params=GIVEN)
    assert found["firm_id"].tolist()[1:4] == ["left", "bad", "other"]
    errors = [json.loads(text)["code"] if text else "" for text in found["error"]]
    assert errors == ["", NOT_AT_RISK, FAULTY_ROWS, MALFORMED, MALFORMED, MALFORMED, ""]
    assert json.loads(found["error"][2])["counts"] == {"impossible_date": 1}
    refused = found[found["error"] != ""]
    assert refused["abstained"].all()
    assert refused["p_market"].isna().all()
    pd.testing.assert_frame_equal(
        found.iloc[[0, 6]].reset_index(drop=True), served.predict(frame_of(texts[:2]), params=GIVEN)
    )


def test_the_date_is_todays_unless_another_is_given(served, texts, monkeypatch):
    # MLflow runs a copy of the module.
    copied = inspect.unwrap(type(served.unwrap_python_model()).predict).__globals__
    monkeypatch.setitem(copied, "today", lambda: AS_OF)
    found = served.predict(frame_of(texts[:1]))
    assert found["as_of_date"].tolist() == [AS_OF.isoformat()]


@pytest.mark.parametrize(
    ("day", "error", "message"),
    [
        ("2050-01-01", StaleModelError, "expired"),
        ("31.12.2025", AsOfError, "not a date"),
        ("1970-01-01", AsOfError, "1980"),
    ],
)
def test_a_date_that_nothing_can_be_scored_as_of_is_refused(served, texts, day, error, message):
    with pytest.raises(error, match=message):
        served.predict(frame_of(texts[:1]), params={"as_of_date": day})


def test_another_column_is_refused(served, texts):
    with pytest.raises(MlflowException, match=r"missing inputs.*firm"):
        served.predict(pd.DataFrame({"firms": texts[:2]}))


def test_a_record_that_is_no_text_is_refused(served):
    with pytest.raises(MlflowException, match="Incompatible input types"):
        served.predict(pd.DataFrame({"firm": [7.0]}))


def test_no_firms_give_no_scores(served):
    found = served.predict(pd.DataFrame({"firm": pd.Series([], dtype=object)}), params=GIVEN)
    assert len(found) == 0
    assert tuple(found) == (*SCORE_COLUMNS, "error")
