"""The benchmark commands as a reader runs them, held to what the README says of them."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from littlegiants.models.scoring.score_columns import SCORE_COLUMNS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def run(script: str, *options: str) -> str:
    command = [sys.executable, "-W", "error", str(ROOT / "benchmarks" / script), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_on_the_simulator_the_model_comes_close_to_the_true_probabilities(tmp_path):
    shown = run("simulator.py", "--json", str(tmp_path / "figures.json"))
    figures = json.loads((tmp_path / "figures.json").read_text())

    assert figures["share_of_truth"] >= 0.97
    assert figures["model"]["ece"]["value"] <= 0.02
    assert figures["model"]["auc"]["low"] > figures["baselines"]["logistic regression"]
    # The interval is about calibration, so it covers few firms' own probabilities; what matters is that it is said.
    assert f"{figures['coverage']:.1%}" in shown


@pytest.mark.parametrize("outcome", ["market", "exit"])
def test_2013_scores_every_operating_funded_firm(outcome, real_data, tmp_path):
    out, figures_file = tmp_path / "scores.parquet", tmp_path / "figures.json"
    run(
        "crunchbase_2013.py",
        *("--data", str(real_data), "--outcome", outcome, "--out", str(out), "--json", str(figures_file)),
    )
    scores, figures = pd.read_parquet(out), json.loads(figures_file.read_text())

    assert tuple(scores.columns) == SCORE_COLUMNS
    assert len(scores) == scores["firm_id"].nunique() == 15_051
    assert not scores["abstained"].any()
    assert scores["p_market"].between(scores["p_market_low"], scores["p_market_high"]).all()
    dates, metrics = figures["rehearsal"]["dates"], figures["rehearsal"]["metrics"]
    assert dates["test"] == "2011-07-31"
    assert metrics["ece"]["value"] <= 0.04
    for baseline in figures["rehearsal"]["baselines"].values():
        assert metrics["auc"]["low"] > baseline["auc"]["value"]


def test_old_labels_cost_skill_and_the_anchor_mends_the_calibration(real_data, tmp_path):
    run("label_age.py", "--data", str(real_data), "--json", str(tmp_path / "figures.json"))

    for rows in json.loads((tmp_path / "figures.json").read_text()).values():
        newest, older, oldest = (
            rows[f"newest labels of {day}"]["auc"] for day in ("2009-05-29", "2008-05-29", "2007-03-28")
        )
        assert newest["value"] > older["value"] > oldest["value"]
        assert newest["low"] > oldest["high"]
        assert rows["refitted, anchored"]["ece"]["high"] < rows["refitted, own intercept"]["ece"]["low"]
