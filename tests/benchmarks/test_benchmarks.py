"""The benchmark commands as a reader runs them.

CI runs them on a sample, which shows that they work and that the model beats the baselines; ``make long`` runs them
whole and holds them to what the README says.
"""

import json

import pandas as pd
import pytest

from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from tests.benchmarks.commands import shown
from tests.benchmarks.later_exports import fate, make_later
from tests.conftest import LONG

pytestmark = pytest.mark.slow

WHOLE = LONG > 1
# For `listed`, firms that were listed before are not at risk, whatever the export calls them.
COHORT = {"market": 15_051, "exit": 15_051, "listed": 14_982}
SHARE = ("--share", "1" if WHOLE else "0.25")


def test_on_the_simulator_the_model_comes_close_to_the_true_probabilities(tmp_path):
    firms = "20000" if WHOLE else "4000"
    printed = shown("simulator.py", "--firms", firms, "--json", str(tmp_path / "figures.json"))
    figures = json.loads((tmp_path / "figures.json").read_text())

    assert figures["share_of_truth"] >= (0.97 if WHOLE else 0.93)
    assert figures["model"]["ece"]["value"] <= (0.02 if WHOLE else 0.04)
    assert figures["model"]["auc"]["low" if WHOLE else "value"] > figures["baselines"]["logistic regression"]
    # The interval is about what signals can tell, so it covers fewer firms' own probabilities; that it is said matters.
    assert f"{figures['coverage']:.1%}" in printed


@pytest.mark.parametrize("outcome", ["market", "exit", "listed"] if WHOLE else ["market"])
def test_2013_scores_every_operating_funded_firm(outcome, real_data, tmp_path):
    out, figures_file = tmp_path / "scores.parquet", tmp_path / "figures.json"
    later = ["--later", str(make_later(real_data / "crunchbase-2013-us", tmp_path / "later"))]
    shown(
        "crunchbase_2013.py",
        *SHARE,
        *("--data", str(real_data), "--outcome", outcome, "--out", str(out), "--json", str(figures_file)),
        *([] if outcome == "listed" else later),
    )
    scores, figures = pd.read_parquet(out), json.loads(figures_file.read_text())

    assert tuple(scores.columns) == SCORE_COLUMNS
    assert len(scores) == scores["firm_id"].nunique() == (COHORT[outcome] if WHOLE else 3_766)
    assert not scores["abstained"].any()
    assert scores["p_market"].between(scores["p_market_low"], scores["p_market_high"]).all()
    dates, metrics = figures["rehearsal"]["dates"], figures["rehearsal"]["metrics"]
    assert dates["test"] == "2011-07-31"
    assert metrics["ece"]["value"] <= (0.04 if WHOLE else 0.08)
    for baseline in figures["rehearsal"]["baselines"].values():
        assert metrics["auc"]["low"] > baseline["auc"]["value"]
    if outcome != "listed":
        hold_to_what_was_made(figures["judgement"], scores["firm_id"], outcome)


def hold_to_what_was_made(judgement, firm_ids, outcome):
    """The later export was made: who succeeds was drawn, so that no model can rank, and every count is known."""
    fates = firm_ids.map(fate)
    successes = {"market": ["raised", "acquired"], "exit": ["acquired"]}[outcome]
    assert judgement["left_before"] == (fates == "left before").sum() > 0
    assert judgement["not_named"] == (fates == "vanished").sum() > 0
    model = judgement["model"]
    assert model["rows"] == len(firm_ids) - judgement["left_before"]
    assert model["successes"] == fates.isin(successes).sum()
    assert judgement["named"]["rows"] == model["rows"] - judgement["not_named"]
    assert model["metrics"]["auc"]["low"] < 0.5 < model["metrics"]["auc"]["high"]
    # The twin looks ahead: it has seen the very rounds and acquisitions.
    assert judgement["twin"]["flattery"]["auc"]["low"] > 0.1
    # One firm in ten got a round of 2012 beside its own two; none was lost, and no amount was changed.
    shares = {(part["check"], part["table"], part["column"]): part["share"] for part in judgement["back_fill"]}
    assert 0.02 < shares["back_filled", "rounds", ""] < 0.1
    assert shares["vanished", "rounds", ""] == shares["changed_fact", "rounds", "amount"] == 0
    assert sum(part["rows"] for part in judgement["intervals"]["bins"]) == model["rows"]


def test_old_labels_cost_skill_and_the_anchor_mends_the_calibration(real_data, tmp_path):
    shown("label_age.py", *SHARE, "--data", str(real_data), "--json", str(tmp_path / "figures.json"))

    for rows in json.loads((tmp_path / "figures.json").read_text()).values():
        newest, older, oldest = (
            rows[f"newest labels of {day}"]["auc"] for day in ("2009-05-29", "2008-05-29", "2007-03-28")
        )
        assert newest["value"] > older["value"] > oldest["value"]
        assert newest["low"] > oldest["high"]
        assert rows["refitted, anchored"]["ece"]["high"] < rows["refitted, own intercept"]["ece"]["low"]
