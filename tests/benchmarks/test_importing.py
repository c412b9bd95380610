"""The benchmark of importing as a reader runs it, small: both kinds of files are read by their layout."""

import json

import pytest

from tests.benchmarks.commands import shown

pytestmark = pytest.mark.slow


def test_both_kinds_are_read_and_compared(tmp_path):
    figures = tmp_path / "figures.json"
    options = ("--rows", "200", "--workbook-rows", "100", "--runs", "1", "--json", str(figures))
    printed = shown("importing.py", *options)
    found = json.loads(figures.read_text())
    assert {form: row["rows"] for form, row in found.items()} == {"csv": 200, "xlsx": 100}
    for form, row in found.items():
        # Time is not judged here: a test machine is busy.
        assert row["times_library"] == pytest.approx(row["seconds"] / row["library"])
        assert row["proposal"] < row["seconds"]
        assert form in printed
