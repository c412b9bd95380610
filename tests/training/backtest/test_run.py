"""The backtest as a whole: honest at each origin, the same twice, and what a reader of JSON gets."""

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.errors import TrainingError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.training.backtest import Backtest, backtest
from littlegiants.training.backtest.origin import run_origin
from littlegiants.training.backtest.settings import BacktestConfig
from littlegiants.training.origins import configuration_at
from littlegiants.training.pipeline import train
from tests.training.backtest.conftest import CONFIG, END, ORIGINS, SETTINGS, TOO_EARLY

DAY = {"firms": "founded_on", "rounds": "announced_on", "grants": "awarded_on", "outcomes": "happened_on"}


def test_the_figures_of_an_origin_are_those_of_a_training_with_its_dates(tables, found):
    manifest = train(tables, configuration_at(CONFIG, ORIGINS[-1], END)).model.manifest
    newest = found.origins[-1]
    assert (newest.as_of, newest.fit, newest.calibrate) == (ORIGINS[-1], manifest.dates.fit, manifest.dates.calibrate)
    metrics = newest.judged.measured.metrics
    for name, figure in manifest.metrics.items():
        assert metrics[name].value == pytest.approx(figure.value, rel=1e-9), name
    logistic = next(rival for rival in newest.judged.baselines if rival.name == "logistic regression")
    assert logistic.metrics["auc"].value == pytest.approx(manifest.baselines["logistic regression"]["auc"].value)
    assert newest.judged.measured.reliability == manifest.reliability


def test_the_stages_of_every_origin_lie_a_window_apart(found):
    for origin in found.origins:
        assert LabelTimespan().end(origin.fit[-1]) <= origin.calibrate
        assert LabelTimespan().end(origin.calibrate) <= origin.as_of
        assert origin.window_end <= found.known_by


def test_what_was_learned_after_an_origin_changes_no_score_of_it(universe, known, origin):
    frames = {name: pd.read_csv(universe / f"{name}.csv", dtype=str, keep_default_na=False) for name in DAY}
    for name in ("patents", "recognitions", "financials", "investments"):
        frames[name] = pd.read_csv(universe / f"{name}.csv", dtype=str, keep_default_na=False)
    day = ORIGINS[-1].isoformat()
    random = np.random.default_rng(2)
    for name in ("rounds", "outcomes"):
        frame = frames[name].copy()
        later = (frame[DAY[name]] > day) & (frame["known_on"] > day)
        frame.loc[later, "kind"] = random.permutation(frame.loc[later, "kind"].to_numpy())
        frames[name] = frame[~later | (random.random(len(frame)) < 0.8)]
    changed = Tables.from_frames(frames)
    other = run_origin(changed, CONFIG, ORIGINS[-1], END, frozenset(), None, lambda _: None)
    firms, mine, theirs = np.intersect1d(origin.test.firm_ids, other.test.firm_ids, return_indices=True)
    assert len(firms) > 0.9 * len(origin.test)
    assert (origin.probabilities[mine] == other.probabilities[theirs]).all()
    assert (origin.test.labels[mine] != other.test.labels[theirs]).any()


def test_pooled_figures(found):
    pooled, parts = found.pooled.measured, [origin.judged.measured for origin in found.origins]
    assert pooled.rows == sum(part.rows for part in parts)
    assert max(part.firms for part in parts) < pooled.firms < pooled.rows
    assert pooled.successes == sum(part.successes for part in parts)
    for name in ("auc", "precision_at_20", "capture_at_5%"):
        assert pooled.metrics[name].value == pytest.approx(np.mean([part.metrics[name].value for part in parts]))
    # The Brier score of all rows is the mean of the origins', weighted by their rows.
    weighted = sum(part.metrics["brier"].value * part.rows for part in parts) / pooled.rows
    assert pooled.metrics["brier"].value == pytest.approx(weighted)


def test_the_simulator_can_be_learned_and_shows_what_honesty_costs(found):
    for origin in found.origins:
        assert {rival.name: rival.beaten for rival in origin.judged.baselines}["base rate"]
        assert origin.twin.flattery["auc"].low > 0
        assert origin.cohort.verdict == "fine"
    quality = found.pooled.intervals
    assert 0 < quality.truth_coverage < 1
    assert quality.truth_error < 0.15
    assert sum(part.rows for part in quality.bins) == found.pooled.measured.rows
    (portfolio,) = found.portfolios
    assert portfolio.picked == 20
    assert portfolio.luck < 0.01
    assert {share.check for share in found.back_fill} >= {"no_known_on", "known_late_30"}


def test_as_json_and_back(found):
    text = found.model_dump_json()
    assert Backtest.model_validate_json(text) == found
    assert "NaN" not in text


def test_twice_the_same(tables, truth, universe, found):
    small = SETTINGS.model_copy(update={"origins": ORIGINS[-1:]})
    one, two = (backtest(tables, CONFIG, small, truth=truth) for _ in range(2))
    assert one.model_dump_json() == two.model_dump_json()
    assert one.origins[-1] == found.origins[-1]
    assert one.pooled == one.origins[0].judged
    assert one.back_fill == ()


def test_an_origin_without_enough_history_is_named_and_left_out(tables, found):
    (skipped,) = found.skipped
    assert skipped.as_of == TOO_EARLY
    assert skipped.reason
    assert [origin.as_of for origin in found.origins] == list(ORIGINS)
    with pytest.raises(TrainingError, match="no model can be trained at any origin; at 2006-12-31: "):
        backtest(tables, CONFIG, BacktestConfig(origins=(TOO_EARLY,)))
