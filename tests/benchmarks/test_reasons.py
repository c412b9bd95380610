"""The benchmark of reasons as a reader runs it, small: both ways explain the same rows."""

import json

import pytest

from tests.benchmarks.commands import shown

pytestmark = pytest.mark.slow


def test_both_ways_explain_the_same(tmp_path):
    figures = tmp_path / "figures.json"
    printed = shown("reasons.py", "--firms", "40", "--trees", "20", "--json", str(figures))
    found = json.loads(figures.read_text())
    # Time is not judged here: a test machine is busy.
    assert found["difference"] < 1e-9
    assert f"{found['by_lightgbm']:,.0f}" in printed
