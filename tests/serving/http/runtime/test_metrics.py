"""Figures for Prometheus: few labels, added up over the workers."""

import os
import subprocess
import sys

import pytest
from prometheus_client import REGISTRY

from littlegiants.models.scoring.record_scorer import FirmError, Scored
from littlegiants.models.scoring.score_columns import COLUMNS
from littlegiants.serving.http.runtime import metrics

SCORED = Scored(**{column.name: None for column in COLUMNS})
REFUSED = FirmError("a", "not_at_risk", "it is not at risk")
WORKER = """
from littlegiants.serving.http.runtime import metrics
metrics.observe("/v1/score", "POST", 200, 0.003)
metrics.SWAPS.inc()
"""


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize(("method", "label"), [("POST", "POST"), ("HEAD", "HEAD"), ("BREW", "other"), ("", "other")])
def test_a_request_is_counted_by_route_method_and_status(method, label):
    labels = {"route": "/test", "method": label, "status": "418"}
    before = value("giants_requests_total", **labels), value("giants_request_seconds_sum", route="/test")
    metrics.observe("/test", method, 418, 0.5)
    assert value("giants_requests_total", **labels) == before[0] + 1
    assert value("giants_request_seconds_sum", route="/test") == before[1] + 0.5


@pytest.mark.parametrize(
    ("answers", "refused", "counts"),
    [([], 0, (0, 0)), ([SCORED, SCORED], 0, (2, 0)), ([SCORED, REFUSED], 3, (1, 4)), ([], 1, (0, 1))],
)
def test_firms_are_counted_by_what_they_got(answers, refused, counts):
    before = [value("giants_firms_total", answer=kind) for kind in ("scored", "refused")]
    metrics.count_firms(answers, refused)
    after = [value("giants_firms_total", answer=kind) for kind in ("scored", "refused")]
    assert tuple(new - old for old, new in zip(before, after, strict=True)) == counts


def test_one_process_tells_its_own_figures(monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    text = metrics.exposition().decode()
    assert "# HELP giants_models_refused_total Models that a worker refused to use\n" in text


def test_figures_of_all_workers_are_added_up(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    metrics.share(tmp_path)
    metrics.share(tmp_path)  # a folder that is there already is kept
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(tmp_path / metrics.FOLDER)
    for worker in [subprocess.Popen([sys.executable, "-c", WORKER]) for _ in range(2)]:
        assert worker.wait(60) == 0
    lines = metrics.exposition().decode().splitlines()
    assert 'giants_requests_total{method="POST",route="/v1/score",status="200"} 2.0' in lines
    assert "giants_model_swaps_total 2.0" in lines
    assert 'giants_request_seconds_bucket{le="0.0025",route="/v1/score"} 0.0' in lines
    assert 'giants_request_seconds_bucket{le="0.005",route="/v1/score"} 2.0' in lines
