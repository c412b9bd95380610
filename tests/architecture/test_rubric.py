"""The page on evaluation maps 28 tests of readiness to commands and tests that exist, and adds them up right."""

import re

import pytest

from littlegiants.cli.reference import commands
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| (Data|Model|Infrastructure|Monitoring) ([1-7]) \| ([^|]+) \| (automatic|by hand|no) \| ([^|]+) \|$",
    TEXT,
    re.MULTILINE,
)
POINTS = {"automatic": 1.0, "by hand": 0.5, "no": 0.0}


def test_there_are_seven_of_each_kind():
    assert [(kind, int(number)) for kind, number, *_ in ROWS] == [
        (kind, number) for kind in ("Data", "Model", "Infrastructure", "Monitoring") for number in range(1, 8)
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_what_shows_it_is_there(row):
    *_, state, shown = row
    named = re.findall(r"`([^`]+)`", shown)
    tests = [name for name in named if name.startswith("tests/")]
    typed = [name for name in named if name.startswith("giants ")]
    for test in tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file()
        assert f"\ndef {name}(" in (ROOT / path).read_text(encoding="utf-8") or not name
    assert [name for name in typed if name not in commands()] == []
    if state == "automatic":
        assert tests
    if state == "by hand":
        assert tests or typed


def test_sums_are_those_of_the_table():
    sums = {kind: 0.0 for kind, *_ in ROWS}
    for kind, _, _, state, _ in ROWS:
        sums[kind] += POINTS[state]
    told = ", ".join(f"{kind.lower()} {points:g}" for kind, points in sums.items())
    assert f"{told.capitalize()}: the score is {min(sums.values()):g}" in TEXT
