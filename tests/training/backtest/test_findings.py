"""The tree of results: built by hand, written as JSON and read back the same."""

import json
from datetime import date

import pytest
from pydantic import ValidationError

from littlegiants.models.manifest import Figure
from littlegiants.training.backtest.abstention import Abstention
from littlegiants.training.backtest.baseline_scores import BaselineComparison
from littlegiants.training.backtest.findings import Backtest, Judged, OriginResult, Skipped
from littlegiants.training.backtest.intervals import IntervalQuality
from littlegiants.training.backtest.leaky import Twin
from littlegiants.training.backtest.measures import Measured
from littlegiants.training.backtest.settings import BacktestConfig
from littlegiants.training.backtest.stability import Stability
from littlegiants.training.backtest.survivors import CohortCheck
from tests.training.plain_model import CALIBRATE, CONFIG, END, FIT, TEST, plain_manifest

AUC = Figure(value=0.7, low=0.65, high=0.75)
CONSTANT = BaselineComparison(
    name="base rate", metrics={"auc": AUC}, differences={"auc": AUC}, beats={"auc": True}, beaten=True
)
JUDGED = Judged(
    measured=Measured(rows=10, firms=10, successes=4, metrics={"auc": AUC}, reliability=()),
    baselines=(CONSTANT,),
    slices=(),
    intervals=IntervalQuality(
        bins=(), coverage=1.0, inside=1.0, width=0.1, width_median=0.1, truth_coverage=None, truth_error=None, gap=0.01
    ),
    abstention=Abstention(by_width=(), area=0.2, excess=-0.01, reasons=()),
)
ORIGIN = OriginResult(
    as_of=TEST,
    window_end=END,
    fit=(FIT,),
    calibrate=CALIBRATE,
    fitted_rows=20,
    fitted_rate=0.1 + 0.2,
    left_out=1,
    withheld=2,
    observed_tables=("rounds",),
    constant_features=(),
    judged=JUDGED,
    cohort=CohortCheck(
        as_of=TEST,
        at_risk=11,
        measured=10,
        closed_at_risk=1,
        closed_measured=1,
        left_at_risk=2,
        left_measured=2,
        chance=1.0,
        verdict="fine",
        note="",
    ),
    twin=Twin(
        as_of=TEST,
        crawled=END,
        honest={"auc": AUC},
        random_split={"auc": AUC},
        leaky={"auc": AUC},
        flattery={"auc": AUC},
        shuffled_auc=AUC,
    ),
)
BACKTEST = Backtest(
    label=plain_manifest().label,
    config=CONFIG.model_dump(mode="json"),
    settings=BacktestConfig(),
    known_by=END,
    data_digest="0" * 64,
    origins=(ORIGIN,),
    skipped=(Skipped(as_of=date(2006, 12, 31), reason="no firm is at risk"),),
    pooled=JUDGED,
    portfolios=(),
    stability=Stability(as_of=TEST, firms=10, rule="", fits=(), families={}, reasons=(), unstable=()),
    back_fill=(),
)


def test_the_whole_tree_reads_back_to_the_last_bit():
    again = Backtest.model_validate_json(BACKTEST.model_dump_json())
    assert again == BACKTEST
    assert again.origins[0].fitted_rate == 0.1 + 0.2
    assert again.model_dump_json() == BACKTEST.model_dump_json()


def test_baselines_keep_their_name_in_files():
    written = json.loads(BACKTEST.model_dump_json())
    for judged in (written["pooled"], written["origins"][0]["judged"]):
        assert [found["name"] for found in judged["rivals"]] == ["base rate"]
        assert "baselines" not in judged
    assert Judged.model_validate(JUDGED.model_dump()) == JUDGED


def test_a_number_that_is_none_gets_into_no_part():
    plain = json.loads(BACKTEST.model_dump_json())
    plain["origins"][0]["fitted_rate"] = float("nan")
    with pytest.raises(ValidationError, match=r"origins\.0\.fitted_rate"):
        Backtest.model_validate(plain)


def test_a_part_that_is_missing_is_named():
    plain = json.loads(BACKTEST.model_dump_json())
    del plain["origins"][0]["twin"]
    with pytest.raises(ValidationError, match=r"origins\.0\.twin"):
        Backtest.model_validate(plain)


def test_results_of_another_version_are_refused():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Skipped.model_validate({"as_of": "2006-12-31", "reason": "", "colour": "red"})
