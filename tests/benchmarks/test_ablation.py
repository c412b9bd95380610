"""The ablation as a reader runs it, held to what it must say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from littlegiants.features.matrix import FAMILIES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FEW = ("--fits", "1", "--resamples", "20")


def run(*options):
    command = [sys.executable, "-W", "error", str(ROOT / "benchmarks" / "ablation.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def figures(tmp_path, *options):
    written = tmp_path / "figures.json"
    done = run(*options, *FEW, "--json", str(written))
    assert done.returncode == 0, done.stderr
    return json.loads(written.read_text()), done.stdout


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    return figures(tmp_path_factory.mktemp("ablation"), "--simulated", "--firms", "3000")[0]


@pytest.mark.parametrize("outcome", ["market", "exit"])
def test_differences_are_those_of_the_figures_shown(outcome, simulated):
    found = simulated[outcome]
    assert set(found["families"]) == set(FAMILIES)
    for row in found["families"].values():
        assert not row["unproven"]
        for metric, whole in found["all"].items():
            alone, less = row["alone"][metric], row["alone_less_all"][metric]
            assert less["value"] == pytest.approx(alone["value"] - whole["value"])
            assert row["adds"][metric]["low"] <= row["adds"][metric]["high"]


def test_real_data_leave_three_families_unproven(real_data, tmp_path):
    found, shown = figures(tmp_path, "--data", str(real_data))
    unproven = ["patent velocity", "recognition", "traction"]
    for outcome in ("market", "exit"):
        assert found[outcome]["as_of_date"] == "2011-07-31"
        assert [name for name, row in found[outcome]["families"].items() if row["unproven"]] == unproven
    assert found["market"]["families"]["funding cadence"]["adds"]["auc"]["low"] > 0
    assert (
        "Unproven, for no signal of theirs varies in the fitted rows: patent velocity, recognition, traction" in shown
    )


def test_one_of_the_two_sources_must_be_named():
    done = run()
    assert done.returncode != 0
    assert "give either --data with the folder of the public data, or --simulated" in done.stderr
