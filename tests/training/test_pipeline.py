"""Training: the same model from the same data, nothing learned from later than its stage, and figures that are true."""

import os
import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from littlegiants.features.matrix import CATEGORICAL, FEATURES
from littlegiants.features.population.population import Population
from littlegiants.ingest.errors import ConfigError, TableError, TrainingError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.scoring.booster import BoosterConfig, fit_booster, log_odds, to_text
from littlegiants.training.config import TrainConfig
from littlegiants.training.labels import LabelRule
from littlegiants.training.panel import PanelSource
from littlegiants.training.pipeline import train
from tests.small_model import SMALL, merged, small_config

pytestmark = pytest.mark.slow

FIT, CALIBRATE, TEST, END = (
    (date(2019, 6, 30), date(2019, 12, 31)),
    date(2021, 12, 31),
    date(2023, 12, 31),
    date(2025, 12, 31),
)
TINY = {"booster": {"trees": 12}}
DAY = {
    "firms": "founded_on",
    "rounds": "announced_on",
    "grants": "awarded_on",
    "patents": "filed_on",
    "recognitions": "awarded_on",
    "financials": "period_end",
    "investments": "announced_on",
    "outcomes": "happened_on",
}


@pytest.fixture(scope="module")
def frames(universe):
    return {name: pd.read_csv(universe / f"{name}.csv", dtype=str, keep_default_na=False) for name in DAY}


def files_of(tables, folder, **changes) -> dict[str, bytes]:
    """Train, write, and return the artefact's files."""
    write_artefact(train(tables, small_config(**merged(TINY, changes))).model, folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def tiny(tables, tmp_path_factory):
    """The files of a model of few trees."""
    return files_of(tables, tmp_path_factory.mktemp("tiny") / "model")


def other_than(one, other):
    assert one.keys() == other.keys()
    return {name for name in one if one[name] != other[name]}


def test_rows_and_columns_in_any_order_give_the_same_bytes(frames, tiny, tmp_path):
    turned = {
        name: frame.sample(frac=1, random_state=3)[list(frame.columns[::-1])]
        for name, frame in reversed(list(frames.items()))
    }
    assert other_than(files_of(Tables.from_frames(turned), tmp_path / "model"), tiny) == set()


def test_another_process_with_other_threads_gives_the_same_bytes(universe, tiny, tmp_path):
    # The number of threads and the seed of text hashes are all that such a machine has different.
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from littlegiants.ingest.readers.read import read_tables\n"
        "from littlegiants.models.artefact.artefact import write_artefact\n"
        "from littlegiants.training.config import TrainConfig\n"
        "from littlegiants.training.pipeline import train\n"
        "config = TrainConfig.model_validate(json.loads(sys.argv[3]))\n"
        "write_artefact(train(read_tables(sys.argv[1]), config).model, Path(sys.argv[2]))\n"
    )
    settings = small_config(**merged(TINY, {"booster": {"threads": 2}})).model_dump_json()
    environment = {**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "PYTHONHASHSEED": "99"}
    run = [sys.executable, "-c", program, str(universe), str(tmp_path / "model"), settings]
    subprocess.run(run, env=environment, cwd=tmp_path, check=True)
    found = {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()}
    assert other_than(found, tiny) == set()


def test_another_seed_gives_another_booster(tables, tiny, tmp_path):
    assert "model.txt" in other_than(files_of(tables, tmp_path / "model", seed=8), tiny)


def disturbed(frames: dict[str, pd.DataFrame], after: date) -> Tables:
    """Tables in which everything that happened or became known after a day is otherwise, and two firms more."""
    random = np.random.default_rng(1)
    day = after.isoformat()
    changed = {}
    for name, frame in frames.items():
        later = (frame[DAY[name]] > day) | (frame["known_on"] > day if "known_on" in frame else False)
        if name == "patents":
            later |= frame["published_on"] > day
        if name == "firms":
            # A firm may be known through its events before it is founded.
            later &= ~frame["firm_id"].isin(set(frames["rounds"]["firm_id"]) | set(frames["grants"]["firm_id"]))
            later &= ~frame["firm_id"].isin(set(frames["patents"]["firm_id"]) | set(frames["financials"]["firm_id"]))
        frame = frame.copy()
        for column in {"amount", "revenue"} & set(frame.columns):
            frame.loc[later & (frame[column] != ""), column] += "0"
        if name in ("rounds", "outcomes"):
            kinds = random.permutation(frame.loc[later, "kind"].to_numpy())
            frame.loc[later, "kind"] = kinds
        gone = later & (random.random(len(frame)) < 0.3)
        assert gone.any() or name == "firms"
        changed[name] = frame[~gone]
    newcomers = pd.DataFrame({"firm_id": ["A0", "Z9"], "founded_on": (after + timedelta(days=1)).isoformat()})
    changed["firms"] = pd.concat([changed["firms"], newcomers]).fillna("")
    kept = changed["firms"]["firm_id"]
    return Tables.from_frames({name: frame[frame["firm_id"].isin(kept)] for name, frame in changed.items()})


def test_what_is_later_than_known_by_changes_no_byte(frames, tables, tmp_path):
    until = {"dates": {"known_by": "2023-06-30"}}
    expected = files_of(tables, tmp_path / "one", **until)
    later = disturbed(frames, date(2023, 6, 30))
    assert later.digest() != tables.digest()
    assert len(later) != len(tables)
    assert other_than(files_of(later, tmp_path / "other", **until), expected) == set()


def test_what_is_later_than_the_test_date_changes_the_figures_only(frames, tiny, tmp_path):
    found = files_of(disturbed(frames, TEST), tmp_path / "model", dates={"known_by": END.isoformat()})
    assert other_than(found, tiny) == {"manifest.json"}


def test_what_is_later_than_the_calibration_date_changes_no_probability_s_booster_that_is_not_refitted(
    frames, tables, tmp_path
):
    # Rows that are only told of late are left alone here: a label may be corrected until the test date.
    settled = {
        name: frame[frame["known_on"] == ""].drop(columns="known_on") if "known_on" in frame else frame
        for name, frame in frames.items()
    }
    dates = {"dates": {"known_by": END.isoformat()}, "refit": False}
    one = files_of(Tables.from_frames(settled), tmp_path / "one", **dates)
    other = files_of(disturbed(settled, CALIBRATE), tmp_path / "other", **dates)
    # The interval is learned on that date, as the calibration is.
    assert other_than(other, one) == {"calibration.json", "interval_bias.txt", "interval_variance.txt", "manifest.json"}


def test_the_population_ends_with_the_last_date_fitted_on(trained, tables):
    assert trained.model.population.through == CALIBRATE
    expected = Population.fit(tables.known_by(TEST), CALIBRATE).to_frame()
    pd.testing.assert_frame_equal(trained.model.population.to_frame(), expected)


def test_a_fresh_population_ends_with_what_was_known_when_training(frames, tables, tmp_path):
    fresh = {"fresh_population": True, "dates": {"known_by": END.isoformat()}}
    model = train(tables, small_config(**merged(TINY, fresh)), measured=False).model
    assert model.population.through == TEST
    expected = Population.fit(tables.known_by(TEST), TEST).to_frame()
    pd.testing.assert_frame_equal(model.population.to_frame(), expected)
    one = files_of(tables, tmp_path / "one", **fresh)
    later = files_of(disturbed(frames, TEST), tmp_path / "other", **fresh)
    assert other_than(later, one) == {"manifest.json"}
    unfitted = train(tables, small_config(**merged(TINY, {**fresh, "refit": False})), measured=False).model
    assert unfitted.population.through == CALIBRATE


def test_a_round_teaches_exits_in_part_and_is_never_measured(tables, tmp_path):
    exits = {"label": {"outcome": "exit"}}
    plain, credited = (
        train(tables, small_config(**merged(TINY, merged(exits, {"label": {"round_credit": credit}}))))
        for credit in (0.0, 0.2)
    )
    assert credited.test is not None
    assert plain.test is not None
    assert credited.test.labels.tolist() == plain.test.labels.tolist()
    assert credited.model.manifest.base_rate == plain.model.manifest.base_rate
    assert to_text(credited.model.market.booster) != to_text(plain.model.market.booster)
    assert set(np.unique(credited.training_set.labels)) == {0.0, 0.2, 1.0}
    assert (plain.training_set.labels == plain.fitting.market).all()
    rate = credited.fitting.rows(credited.fitting.as_of == 2).market.mean()
    newest = credited.fitting.rows(credited.fitting.as_of == 2).values
    assert credited.model.probabilities(newest).mean() == pytest.approx(rate)


def test_the_credit_of_a_round_does_nothing_where_a_round_is_a_success(tables, tiny, tmp_path):
    assert other_than(files_of(tables, tmp_path / "model", label={"round_credit": 0.3}), tiny) == {"manifest.json"}


def test_shuffled_labels_teach_nothing(tables):
    source = PanelSource(tables.known_by(END), END, LabelRule(), False, frozenset())
    population = Population.fit(tables, FIT[-1])
    fitting, test = source.panel(FIT, population), source.panel([TEST], population)

    def auc(labels, seed):
        config = BoosterConfig(trees=30, leaf_firms=15)
        booster = fit_booster(fitting.values, labels, np.ones(len(fitting)), FEATURES, list(CATEGORICAL), config, seed)
        return roc_auc_score(test.market, log_odds(booster, test.values))

    assert auc(fitting.market, 0) > 0.75
    found = [auc(np.random.default_rng(seed).permutation(fitting.market), seed) for seed in range(12)]
    # One shuffle ranks firms by chance along the few signals there are, so the error is taken over shuffles.
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    assert abs(np.mean(found) - 0.5) < 3 * error
    assert error < 0.03


def test_the_dates_are_in_order_a_window_apart(trained):
    dates = trained.model.manifest.dates
    assert (dates.fit, dates.calibrate, dates.test) == (FIT, CALIBRATE, TEST)
    assert (dates.refit_through, dates.known_by) == (CALIBRATE, END)


def test_the_figures_are_those_of_the_test_panel(trained, tables):
    manifest, test = trained.model.manifest, trained.test
    again = trained.model.market.calibration.probability(log_odds(trained.model.market.booster, test.values))
    assert trained.probabilities.tobytes() == again.tobytes()
    assert manifest.metrics["auc"].value == pytest.approx(roc_auc_score(test.market, trained.probabilities))
    assert manifest.metrics["auc"].low > 0.75
    assert manifest.metrics["ece"].value < 0.1
    assert sum(found.firms for found in manifest.reliability) == len(test) == manifest.rows["test"]
    source = PanelSource(tables.known_by(END), END, LabelRule(), False, frozenset())
    expected = source.panel([TEST], trained.model.population)
    assert test.firm_ids.tolist() == expected.firm_ids.tolist()
    assert test.labels.tolist() == expected.labels.tolist()
    assert test.values.tobytes() == expected.values.tobytes()


def test_the_baselines_are_measured_beside_it(trained):
    baselines = trained.model.manifest.baselines
    assert list(baselines) == ["base rate", "logistic regression", "total raised"]
    assert baselines["base rate"]["auc"].value == 0.5
    assert set(baselines["total raised"]) == {"auc", "average_precision"}
    assert baselines["logistic regression"]["auc"].value > baselines["total raised"]["auc"].value > 0.5


def test_rows_rate_and_notes_add_up(trained, tables):
    manifest = trained.model.manifest
    source = PanelSource(tables.known_by(TEST), TEST, LabelRule(), False, frozenset())
    fitting = source.panel((*FIT, CALIBRATE), trained.model.population)
    assert manifest.rows == {
        "fit": len(fitting),
        "calibrate": int((fitting.as_of == 2).sum()),
        "test": len(trained.test),
    }
    assert manifest.base_rate == pytest.approx(fitting.market.mean())
    left_out = dict(zip(fitting.dates, fitting.left_out, strict=True)) | {TEST: trained.test.left_out[0]}
    expected = tuple(f"{day}: {count:,} firms of the cohort have no label" for day, count in left_out.items() if count)
    assert manifest.notes == expected


def test_the_configuration_is_kept_but_for_the_threads(trained):
    stored = trained.model.manifest.config
    assert "threads" not in stored["booster"]
    assert TrainConfig.model_validate(stored) == small_config(booster={"threads": 1})
    assert stored["booster"]["trees"] == SMALL["booster"]["trees"]


def test_the_refitted_model_keeps_the_slope_and_meets_the_newest_rate(trained, tables):
    honest = train(tables, small_config(refit=False)).model
    for head in ("market", "subsidised"):
        assert getattr(trained.model, head).calibration.slope == getattr(honest, head).calibration.slope
    assert honest.manifest.dates.refit_through == FIT[-1]
    assert honest.reference.tobytes() == trained.model.reference.tobytes()
    source = PanelSource(tables.known_by(TEST), TEST, LabelRule(), False, frozenset())
    newest = source.panel([CALIBRATE], trained.model.population)
    assert trained.model.probabilities(newest.values).mean() == pytest.approx(newest.market.mean())
    rest = newest.rows(newest.market == 0)
    given = trained.model.subsidised_share(rest.values, np.zeros(len(rest)))
    assert given.mean() == pytest.approx(rest.outcome("subsidised").mean())


def test_without_a_holdout_the_newest_window_teaches(tables):
    trained = train(tables, small_config(**TINY, dates={"holdout": False}))
    manifest = trained.model.manifest
    assert (manifest.dates.calibrate, manifest.dates.test) == (TEST, None)
    assert (trained.test, trained.probabilities) == (None, None)
    assert (manifest.metrics, manifest.baselines, manifest.reliability) == ({}, {}, ())
    assert manifest.rows["test"] == 0


def test_an_exit_model_tells_nothing_of_subsidies(tables, tmp_path):
    trained = train(tables, small_config(**TINY, label={"outcome": "exit"}))
    assert trained.model.subsidised is None
    assert trained.model.manifest.subsidised_note == "the outcome is exit: the other outcomes are not told apart"
    assert trained.model.manifest.label.outcome == "exit"
    assert trained.model.manifest.base_rate < 0.2
    write_artefact(trained.model, tmp_path / "model")
    assert not (tmp_path / "model" / "model_subsidised.txt").exists()


def test_too_few_subsidised_firms_are_no_ground_for_a_probability(tables):
    trained = train(tables, small_config(**TINY, min_subsidised=10_000))
    assert trained.model.subsidised is None
    assert trained.model.manifest.subsidised_note.endswith("subsidised firms, fewer than 10,000")


def test_without_grants_nobody_is_subsidised(frames):
    known = Tables.from_frames({name: frame for name, frame in frames.items() if name != "grants"})
    trained = train(known, small_config(**TINY))
    note = "the fit dates hold 0 subsidised firms, fewer than 50"
    assert (trained.model.subsidised, trained.model.manifest.subsidised_note) == (None, note)
    assert trained.model.manifest.observed_tables == ("rounds", "patents", "recognitions", "financials", "investments")
    assert {"grants_observed", "grants_usd"} & set(trained.model.manifest.constant_features)


def test_firms_with_an_undated_exit_teach_nothing(trained, tables):
    gone = frozenset(trained.test.firm_ids[:40])
    fewer = train(tables, small_config(**TINY), undated=gone)
    assert fewer.test is not None
    assert not gone & set(fewer.test.firm_ids)
    assert fewer.model.manifest.rows["test"] == len(trained.test) - 40


def test_each_step_is_reported(tables):
    lines: list[str] = []
    train(tables, small_config(**TINY), progress=lines.append)
    assert [line.split(" ")[0] for line in lines] == ["signals", "booster", "interval", "booster", "measuring"]


def test_a_window_after_the_data_end_is_refused_and_not_taken_for_failure(tables):
    with pytest.raises(TrainingError, match=r"^the test dates hold [\d,]+ firms, 0 of them successes; at least 20 of"):
        train(tables, small_config(**TINY, dates={"known_by": "2028-12-31"}))


def test_too_few_firms_are_refused(frames):
    few = frames["firms"]["firm_id"][:60]
    some = Tables.from_frames({name: frame[frame["firm_id"].isin(few)] for name, frame in frames.items()})
    with pytest.raises(TrainingError, match=r"^the (fit|calibration) dates hold \d+ firms, \d+ of them successes"):
        train(some, small_config(**TINY))


def test_dates_that_do_not_fit_are_refused(tables):
    dates = {"fit": ["2019-06-30"], "calibrate": "2020-06-30"}
    with pytest.raises(ConfigError, match=r"choose a fit date on or before 2018-06-30$"):
        train(tables, small_config(**TINY, dates=dates))


def test_dates_before_the_data_are_refused(tables):
    with pytest.raises(TrainingError, match=r"^no firm has a label at 19\d\d-.*; are these dates within the data\?$"):
        train(tables, small_config(**TINY, dates={"known_by": "1995-06-30"}))


def test_tables_without_events_are_refused(frames):
    with pytest.raises(TableError, match="nothing tells what became of a firm"):
        train(Tables.from_frames({"firms": frames["firms"]}), small_config(**TINY))
