"""Precision and recall by name on real names whose organisations are known, on a part of benchmarks/linkage.py."""

import importlib.util
import sys
from pathlib import Path

import pytest

from littlegiants.ingest.linkage.link import THRESHOLD

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("linkage_benchmark", ROOT / "benchmarks" / "linkage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_precision_on_printed_assignees(benchmark, real_data):
    mentions = benchmark.read_mentions(real_data, amended=False)
    _, second = benchmark.halves(mentions)
    precision, recall, links = benchmark.judge(second, THRESHOLD)
    assert links > 800
    assert precision.value >= benchmark.WANTED == 0.98
    assert recall.value >= 0.35


def test_no_threshold_is_in_use_that_the_other_half_did_not_choose(benchmark, real_data):
    first, _ = benchmark.halves(benchmark.read_mentions(real_data, amended=False))
    assert benchmark.choose(first) == THRESHOLD
