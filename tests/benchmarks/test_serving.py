"""The benchmark of the service as a reader runs it, small."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def test_loads_are_measured_and_told(artefact, tmp_path):
    if shutil.which("wrk") is None:
        if os.environ.get("CI"):
            pytest.fail("no wrk: CI is to install it")
        pytest.skip("wrk is not installed: apt-get install wrk")
    figures = tmp_path / "figures.json"
    script = [str(ROOT / "benchmarks" / "serving.py"), "--model", str(artefact), "--seconds", "1", "--overloaded", "2"]
    script += ["--connections", "1", "--connections", "32"]
    done = subprocess.run(
        [sys.executable, *script, "--json", str(figures)], capture_output=True, text=True, check=False, timeout=400
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(figures.read_text())
    assert set(found["peers"]) == {"giants serve", "mlflow models serve"}
    # Time is not judged here, for a test machine is busy; that all were answered is.
    for loads in found["peers"].values():
        assert all(load["per_second"] > 0 and load["failed"] == 0 for load in loads)
    assert found["bound"] > found["ratio"] > 0
    assert found["many"]["ours_ms"] > 0
    assert found["overload"]["useful_per_second"] > 0
    assert found["overload"]["health_max_ms"] < 5_000
