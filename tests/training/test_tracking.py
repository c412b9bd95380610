"""What a training leaves in MLflow, on a real store."""

import json
import os
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from littlegiants.ingest.errors import ArtefactError, RegistryError
from littlegiants.ingest.records.schema import EXAMPLE_RECORD
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.registry import registry
from littlegiants.models.registry.pyfunc import SIGNATURE
from littlegiants.models.scoring.record_scorer import read_record
from littlegiants.models.scoring.score_columns import SCORE_COLUMNS
from littlegiants.training import tracking
from littlegiants.training.pipeline import train
from littlegiants.training.reporting.version_card import version_card
from littlegiants.training.tracking import EXPERIMENT, track, track_tuning
from littlegiants.training.tuning import tune
from tests.small_model import small_config


@pytest.fixture(scope="module")
def client(store):
    return MlflowClient(store, store)


@pytest.fixture(scope="module")
def run(tracked, client):
    return client.get_run(tracked.run_id)


def test_the_run_is_finished_and_in_its_experiment(run, client):
    assert run.info.status == "FINISHED"
    assert client.get_experiment(run.info.experiment_id).name == EXPERIMENT == "littlegiants"


def test_every_setting_is_a_parameter(run, model):
    config = model.manifest.config
    assert run.data.params["booster.trees"] == "60"
    assert run.data.params["label.outcome"] == "market"
    assert run.data.params["dates.known_by"] == "None"
    assert run.data.params["data_digest"] == model.manifest.data_digest
    assert run.data.params["date_fit"] == "['2019-06-30', '2019-12-31']"
    assert run.data.params["date_test"] == "2023-12-31"
    sections = {f"{name}.{key}" for name, part in config.items() if isinstance(part, dict) for key in part}
    plain = {name for name, part in config.items() if not isinstance(part, dict)}
    dates = {f"date_{name}" for name in model.manifest.dates.model_dump()}
    assert set(run.data.params) == sections | plain | dates | {"data_digest"}


def test_every_figure_is_a_metric(run, model):
    manifest = model.manifest
    expected = {f"rows_{name}": float(count) for name, count in manifest.rows.items()}
    for name, figure in manifest.metrics.items():
        key = name.replace("%", "pct")
        expected |= {key: figure.value, f"{key}_low": figure.low, f"{key}_high": figure.high}
    for rival, figures in manifest.baselines.items():
        for name, figure in figures.items():
            expected[f"{rival.replace(' ', '_')}_{name}"] = figure.value
    assert run.data.metrics == pytest.approx(expected, rel=1e-12)
    assert {"auc", "precision_at_1pct_low", "total_raised_auc", "logistic_regression_brier"} <= set(expected)


def test_the_digest_is_a_tag_of_run_and_version(run, tracked, client, model):
    assert run.data.tags[registry.DIGEST_TAG] == model.manifest.digest == tracked.model.manifest.digest
    assert run.data.tags["outcome"] == "market"
    version = client.get_model_version(registry.NAME, str(tracked.version))
    assert version.tags == {registry.DIGEST_TAG: model.manifest.digest}
    assert version.run_id == tracked.run_id


def test_figures_are_pictures(run, client, tmp_path):
    assert [file.path for file in client.list_artifacts(run.info.run_id, "figures")] == [
        "figures/gain.png",
        "figures/reliability.png",
    ]
    for name in ("gain", "reliability"):
        path = client.download_artifacts(run.info.run_id, f"figures/{name}.png", str(tmp_path))
        assert Path(path).read_bytes().startswith(b"\x89PNG")


def test_the_logged_model_holds_the_artefact(logged, artefact):
    kept = logged / "artifacts" / "artefact"
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == {
        path.name: path.read_bytes() for path in artefact.iterdir()
    }


def test_the_signature_is_firms_in_and_scores_out(logged):
    signature = mlflow.models.Model.load(logged).signature
    assert signature == SIGNATURE
    assert signature.inputs.input_names() == ["firm"]
    assert signature.outputs.input_names() == [*SCORE_COLUMNS, "error"]
    assert {param.name: param.default for param in signature.params} == {"as_of_date": "", "explain": False}


def test_the_input_example_is_a_record_as_of_a_date_that_the_model_is_fresh_for(logged, model):
    stored = json.loads((logged / "input_example.json").read_text())
    assert stored["params"] == {"as_of_date": model.manifest.dates.learned_by.isoformat()}
    assert stored["inputs"]["columns"] == ["firm"]
    ((text,),) = stored["inputs"]["data"]
    assert read_record(text.encode()).firm_id == EXAMPLE_RECORD["firm_id"]


def test_the_run_has_a_name_and_the_time_that_the_training_took(run, trained):
    assert run.info.run_name == "market in 24 months, known by 2025-12-31"
    assert run.data.tags["timespan"] == "24 months"
    assert run.data.tags["known_by"] == "2025-12-31"
    assert run.info.start_time == round(trained.began.timestamp() * 1000)
    assert run.info.end_time > run.info.start_time


def test_the_tables_are_an_input_by_their_digest(run, model):
    (given,) = run.inputs.dataset_inputs
    assert given.dataset.name == "tables"
    assert model.manifest.data_digest.startswith(given.dataset.digest)
    assert len(given.dataset.digest) == 36
    assert json.loads(given.dataset.profile) == {f"rows_{name}": count for name, count in model.manifest.rows.items()}
    assert {tag.key: tag.value for tag in given.tags} == {"mlflow.data.context": "training"}


@pytest.mark.parametrize(
    ("location", "kind", "uri"),
    [
        ("data", "local", str(Path("data").resolve())),
        ("postgresql+psycopg://me:secret@host/name?password=secret", "database", "postgresql+psycopg://"),
    ],
)
def test_the_record_says_where_tables_came_from_and_no_secret(location, kind, uri, model):
    found = tracking._dataset(model.manifest, location).dataset
    assert (found.source_type, json.loads(found.source)) == (kind, {"uri": uri})


def test_the_version_is_described_by_its_card(tracked, client, run, model):
    description = client.get_model_version(registry.NAME, str(tracked.version)).description
    assert description == run.data.tags["mlflow.note.content"] == version_card(model.manifest)


def test_what_the_model_needs_is_pinned(logged):
    pins = (logged / "requirements.txt").read_text().split()
    assert {pin.split("==")[0] for pin in pins} >= {"lightgbm", "mlflow", "numpy", "pandas"}
    assert all("==" in pin for pin in pins)


def test_files_lie_beside_the_database(store, client, run):
    database = Path(store.removeprefix("sqlite:///"))
    place = client.get_experiment(run.info.experiment_id).artifact_location
    assert place == (database.parent / "mlartifacts").as_uri()
    assert sorted(path.name for path in database.parent.iterdir()) == ["mlartifacts", "mlflow.db"]


@pytest.fixture
def small(tables):
    return train(tables, small_config(booster={"trees": 5}, dates={"holdout": False}))


def test_a_second_training_is_a_second_version_and_nothing_else_changes(
    small, tracked, store, client, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///another.db")
    before = dict(os.environ), mlflow.get_tracking_uri(), mlflow.get_registry_uri()
    second = track(small, store, tmp_path / "kept" / "model")
    try:
        assert (dict(os.environ), mlflow.get_tracking_uri(), mlflow.get_registry_uri()) == before
        assert second.version > tracked.version
        assert [path.name for path in tmp_path.iterdir()] == ["kept"]
        assert read_artefact(tmp_path / "kept" / "model").manifest == second.model.manifest
        assert registry.load(f"models:/littlegiants/{second.version}", store).manifest == second.model.manifest
        metrics = client.get_run(second.run_id).data.metrics
        assert metrics.keys() == {"rows_fit", "rows_calibrate", "rows_test"}
        assert [file.path for file in client.list_artifacts(second.run_id, "figures")] == ["figures/gain.png"]
    finally:
        client.delete_model_version(registry.NAME, str(second.version))


def test_an_artefact_is_not_overwritten_and_then_nothing_is_recorded(trained, tracked, store, client, tmp_path):
    (tmp_path / "model").mkdir()
    runs = len(client.search_runs(["1"]))
    with pytest.raises(ArtefactError, match="an artefact is never overwritten"):
        track(trained, store, tmp_path / "model")
    assert len(client.search_runs(["1"])) == runs


@pytest.mark.parametrize(
    "address",
    ["http://user:pa55word@127.0.0.1:1", "gopher://user:pa55word@127.0.0.1:1/db", "postgresql://user:pa55word@host/db"],
)
def test_a_store_that_does_not_answer_is_refused_without_its_password(trained, monkeypatch, address):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    before = dict(os.environ), mlflow.get_tracking_uri()
    with pytest.raises(RegistryError, match=r"^the training could not be recorded: ") as caught:
        track(trained, address)
    assert len(str(caught.value).splitlines()) == 1
    assert "pa55word" not in str(caught.value)
    assert (dict(os.environ), mlflow.get_tracking_uri()) == before


def test_each_trial_of_a_tuning_is_a_run_nested_in_it(client, store, tables):
    tuned = tune(tables, small_config(), trials=2, origins=1)
    parent = client.get_run(track_tuning(tuned, store))
    assert parent.info.status == "FINISHED"
    assert parent.data.params["protocol"] == tuned.config.chosen.protocol
    assert parent.data.params["origins"] == str(tuned.origins[0])
    nested = client.search_runs(
        [parent.info.experiment_id], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'", order_by=["start_time"]
    )
    assert [run.info.run_name for run in nested] == [f"trial {trial.number}" for trial in tuned.trials]
    assert parent.info.start_time == nested[0].info.start_time
    for run, trial in zip(nested, tuned.trials, strict=True):
        assert run.info.start_time == round(trial.began.timestamp() * 1000)
        assert run.info.end_time == round(trial.ended.timestamp() * 1000) > run.info.start_time
        assert run.data.params == {name: str(value) for name, value in trial.drawn.items()}
        assert {name: run.data.metrics[name] for name in trial.figures} == trial.figures
        assert run.data.tags["best"] == str(trial.number == tuned.best).lower()
