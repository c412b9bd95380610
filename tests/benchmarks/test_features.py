"""The benchmark of speed as a reader runs it, small: every engine must compute what our builders compute."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_engines_agree_and_every_figure_is_written(tmp_path):
    figures = tmp_path / "figures.json"
    script = [str(ROOT / "benchmarks" / "features.py"), "--firms", "2000", "--runs", "1", "--json", str(figures)]
    done = subprocess.run([sys.executable, "-W", "error", *script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(figures.read_text())

    assert {"littlegiants", "NumPy by hand", "pandas groupby"} <= set(found["engines"])
    assert set(found["left_out"]) | set(found["engines"]) >= {"DuckDB", "Polars"}
    for name, package in found["left_out"].items():
        assert f"{name} left out: {package} is not installed" in done.stdout
    # Time is not judged here: a test machine is busy. Memory is, generously.
    assert found["all"]["peak_gib"] < 4
    assert found["slope"]["events"] == [10_000, 100_000, 1_000_000]
    assert 0 < found["one_firm_ms"]["median"] <= found["one_firm_ms"]["p99"]
