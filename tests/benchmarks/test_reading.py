"""The benchmark of reading as a reader runs it, small: both forms of the files hold the same tables."""

import json

import pytest

from tests.benchmarks.commands import shown

pytestmark = pytest.mark.slow


def test_both_forms_are_read_and_compared(tmp_path):
    figures = tmp_path / "figures.json"
    printed = shown("reading.py", "--firms", "300", "--runs", "1", "--json", str(figures))
    found = json.loads(figures.read_text())
    assert (found["firms"], found["rows"] > 3_000) == (300, True)
    for form in ("csv", "parquet"):
        # Time is not judged here: a test machine is busy.
        assert found[form]["times_pyarrow"] == pytest.approx(found[form]["seconds"] / found[form]["pyarrow_seconds"])
        assert form in printed
