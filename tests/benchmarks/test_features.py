"""The benchmark of speed as a reader runs it, small: every engine must compute what our builders compute."""

import json

import pytest

from tests.benchmarks.commands import shown

pytestmark = pytest.mark.slow


def test_engines_agree_and_every_figure_is_written(tmp_path):
    figures = tmp_path / "figures.json"
    printed = shown("features.py", "--firms", "2000", "--runs", "1", "--json", str(figures))
    found = json.loads(figures.read_text())

    assert {"littlegiants", "NumPy by hand", "pandas groupby"} <= set(found["engines"])
    assert set(found["left_out"]) | set(found["engines"]) >= {"DuckDB", "Polars"}
    for name, package in found["left_out"].items():
        assert f"{name} left out: {package} is not installed" in printed
    # Time is not judged here: a test machine is busy. Memory is, generously.
    assert found["all"]["peak_gib"] < 4
    assert found["slope"]["events"] == [10_000, 100_000, 1_000_000]
    assert 0 < found["one_firm_ms"]["median"] <= found["one_firm_ms"]["p99"]
