"""The ablation as a reader runs it, held to what it must say."""

import json

import pytest

from littlegiants.features.matrix import FAMILIES
from littlegiants.models.outcomes import NAMES
from tests.benchmarks.commands import run, shown
from tests.conftest import LONG

pytestmark = pytest.mark.slow

FEW = ("--fits", "1", "--resamples", "20")
WHOLE = LONG > 1
ON_REAL_DATA, SIMULATED = (NAMES, NAMES) if WHOLE else (["market"], ["exit"])


def of(outcomes):
    return [option for outcome in outcomes for option in ("--outcome", outcome)]


def figures(tmp_path, *options):
    written = tmp_path / "figures.json"
    printed = shown("ablation.py", *options, *FEW, "--json", str(written))
    return json.loads(written.read_text()), printed


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    firms = "3000" if WHOLE else "1000"
    return figures(tmp_path_factory.mktemp("ablation"), "--simulated", "--firms", firms, *of(SIMULATED))[0]


@pytest.mark.parametrize("outcome", SIMULATED)
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
    share = "1" if WHOLE else "0.25"
    found, printed = figures(tmp_path, "--data", str(real_data), "--share", share, *of(ON_REAL_DATA))
    unproven = ["patent velocity", "recognition", "traction"]
    assert list(found) == list(ON_REAL_DATA)
    for outcome in ON_REAL_DATA:
        assert found[outcome]["as_of_date"] == "2011-07-31"
        assert [name for name, row in found[outcome]["families"].items() if row["unproven"]] == unproven
    assert found["market"]["families"]["funding cadence"]["adds"]["auc"]["low"] > 0
    assert (
        "Unproven, for no signal of theirs varies in the fitted rows: patent velocity, recognition, traction" in printed
    )


def test_one_of_the_two_sources_must_be_named():
    done = run("ablation.py")
    assert done.returncode != 0
    assert "give either --data with the folder of the public data, or --simulated" in done.stderr
