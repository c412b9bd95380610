"""The benchmark of jobs as a reader runs it, small: firms are scored, and the figures are consistent."""

import json

import pytest

from tests.benchmarks.commands import shown

pytestmark = pytest.mark.slow


def test_each_size_is_measured_against_its_floors(artefact, tmp_path):
    figures = tmp_path / "figures.json"
    given = ("--firms", "200", "--firms", "400", "--model", str(artefact))
    printed = shown("batch.py", *given, "--json", str(figures))
    found = json.loads(figures.read_text())
    assert list(found["sizes"]) == ["200", "400"]
    assert "time grows with the rows to the power" in printed
    for row in found["sizes"].values():
        # Time is not judged here: a test machine is busy.
        assert row["times_floors"] == pytest.approx(row["seconds"] / sum(row["floors"].values()))
        assert row["scored"] > 50
        assert row["memory_mib"] > 50
