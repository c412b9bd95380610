"""The soak, small: its three parts against one service, and what it takes for wrong."""

import asyncio
import importlib
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture
def soak(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("soak")


def test_every_answer_of_a_soak_is_right(soak, tmp_path):
    found = soak.training_window(tmp_path, 800)
    live = tmp_path / "live"
    shutil.copytree(found.models[0], live)
    tally = soak.Tally()
    with soak.served(live, 1) as running:
        soaked = asyncio.run(soak.soak(running, found.cases, 300, 4))
        swapped = asyncio.run(soak.swap(running, live, found, 2, 4))
        asyncio.run(soak.stop(running, found.cases, 4, tally))
    assert (soaked["wrong"], swapped["wrong"], tally.wrong) == ([], [], [])
    assert (soaked["right"], soaked["hostile"]) == (270, 30)
    assert len(soaked["memory_mib"]) == 3
    assert set(swapped["versions"]) == set(found.versions)
    assert tally.right > 0


def test_an_answer_of_another_model_or_with_other_bytes_is_wrong(soak):
    tally, case = soak.Tally(), soak.Case(b"", {"a": b'{"model_version":"a"}'})
    assert tally.note(case, 200, b'{"model_version":"a"}') == "a"
    tally.note(case, 200, b'{"model_version":"a" }')
    tally.note(case, 200, b'{"model_version":"b"}')
    tally.note(case, 500, b"")
    tally.note(case, 503, b"")
    assert (tally.right, tally.refused, len(tally.wrong)) == (1, 1, 3)
