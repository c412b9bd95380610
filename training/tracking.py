"""One training, one MLflow run, and one within another for each trial of a tuning: the only module that opens runs."""

import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, ErrorCode
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID, MLFLOW_RUN_NOTE
from sqlalchemy import make_url

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.atomic import output_set
from littlegiants.ingest.records.schema import EXAMPLE_RECORD
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.manifest import Figure, Manifest
from littlegiants.models.registry import pyfunc, registry
from littlegiants.models.registry.first_use import first_use
from littlegiants.models.registry.stores import sync_files
from littlegiants.models.scoring.model import Model
from littlegiants.models.scoring.record_scorer import RECORD
from littlegiants.reports.figures import gain_figure, reliability_figure
from littlegiants.training.pipeline import Trained
from littlegiants.training.reporting.sentences import verdict
from littlegiants.training.reporting.version_card import version_card

if TYPE_CHECKING:
    from littlegiants.training.backtest.findings import Backtest
    from littlegiants.training.tuning import Tuned

EXPERIMENT = "littlegiants"
# What the pyfunc needs at run time. Named here, since letting MLflow infer it costs seconds and guesses.
_REQUIREMENTS = ("lightgbm", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "sqlalchemy")
# MLflow takes no longer digest of a dataset, and no longer description.
_DIGITS, _DESCRIPTION = 36, 5_000


@dataclass(frozen=True, slots=True)
class Tracked:
    """Where a training was recorded.

    Attributes
    ----------
    model
        The model as written, its digest in place.
    run_id
        The MLflow run.
    version
        The registered version's number.
    """

    model: Model
    run_id: str
    version: int


def prepare(store: str | None = None) -> None:
    """Open the store for a training before its work begins, and make what is missing, one process after the other.

    Raises
    ------
    ConfigError, RegistryError, StopError
        If the store cannot be made, does not answer, or cannot be written.
    """
    with first_use(store, "the training could not be recorded") as client:
        _experiment(client)
        if not client.search_registered_models(f"name='{registry.NAME}'"):
            with _made_by_another():
                client.create_registered_model(registry.NAME)


def track(
    trained: Trained, store: str | None = None, artefact: Path | None = None, location: str | None = None
) -> Tracked:
    """Record a training and register its model.

    Parameters
    ----------
    trained
        What `littlegiants.training.pipeline.train` returned.
    store
        The MLflow store; see `littlegiants.models.registry.stores.store_uri`.
    artefact
        Where else to keep the artefact folder; it must not exist.
    location
        Where the tables were read from, for the record. Of a database's address nothing but its kind is kept.

    Raises
    ------
    ArtefactError
        If ``artefact`` exists or cannot be written.
    RegistryError
        If the store does not answer.
    """
    with tempfile.TemporaryDirectory(prefix="littlegiants-") as scratch:
        # MLflow names what it keeps after the folder, and the registry looks for it by that name.
        folder = Path(scratch) / registry.ARTEFACT
        model = write_artefact(trained.model, folder)
        # The folder appears once the version is registered, and does not if that fails.
        with output_set(), registry.connected(store, "the training could not be recorded") as client:
            if artefact is not None:
                write_artefact(trained.model, artefact)
            return _record(client, model, folder, trained.began, location)


def _record(client: MlflowClient, model: Model, folder: Path, began: datetime, location: str | None) -> Tracked:
    card = version_card(model.manifest)
    run_id = _begun(client, model.manifest, began, card)
    with _chosen(client.tracking_uri), mlflow.start_run(run_id=run_id):
        _log_numbers(model)
        client.log_inputs(run_id, [_dataset(model.manifest, location)])
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=pyfunc.__file__,
            artifacts={registry.ARTEFACT: str(folder)},
            signature=pyfunc.SIGNATURE,
            input_example=_example(model.manifest),
            pip_requirements=[f"{name}=={version(name)}" for name in _REQUIREMENTS],
            metadata={registry.DIGEST_TAG: model.manifest.digest},
        )
        # On the disk before the registry, which flushes what it writes, knows of it; and with its digest at once.
        sync_files(client.get_logged_model(info.model_id).artifact_location)
        tags = {registry.DIGEST_TAG: model.manifest.digest}
        registered = mlflow.register_model(info.model_uri, registry.NAME, tags=tags)
        client.update_model_version(registry.NAME, registered.version, _shortened(card))
        return Tracked(model, run_id, int(registered.version))


def _begun(client: MlflowClient, manifest: Manifest, began: datetime, card: str) -> str:
    """Open the run as of the time when the training began, and return its id."""
    label, known_by = manifest.label, manifest.dates.known_by.isoformat()
    tags = {
        registry.DIGEST_TAG: manifest.digest,
        "outcome": label.outcome,
        "timespan": label.timespan,
        "known_by": known_by,
        "money": str(manifest.money),
        MLFLOW_RUN_NOTE: _shortened(card),
    }
    name = f"{label.outcome} in {label.timespan}, known by {known_by}"
    return str(client.create_run(_experiment(client), _milliseconds(began), tags, name).info.run_id)


def _dataset(manifest: Manifest, location: str | None) -> DatasetInput:
    """Return the tables as an input of the run, named by their digest: the same in every format and order of rows."""
    kind, source = "code", {}
    if location is not None:
        database = "://" in location
        kind = "database" if database else "local"
        source = {"uri": f"{urlsplit(location).scheme}://" if database else str(Path(location).resolve())}
    profile = {f"rows_{stage}": count for stage, count in manifest.rows.items()}
    tables = Dataset(
        name="tables",
        digest=manifest.data_digest[:_DIGITS],
        source_type=kind,
        source=json.dumps(source),
        profile=json.dumps(profile),
    )
    return DatasetInput(tables, [InputTag("mlflow.data.context", "training")])


def _example(manifest: Manifest) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return a request that MLflow tries at once, and shows; its date is one that the model is fresh for."""
    # MLflow compares the names with numbers, which pandas 3.1 warns of where they are of its text type.
    firms = pd.DataFrame([[json.dumps(EXAMPLE_RECORD)]], columns=pd.Index([RECORD], dtype=object))
    return firms, {"as_of_date": manifest.dates.learned_by.isoformat()}


def _shortened(text: str) -> str:
    return text if len(text) <= _DESCRIPTION else text[: _DESCRIPTION - 1] + "…"


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def track_evaluation(
    found: "Backtest", version: int, page: str, card: str, began: datetime, store: str | None = None
) -> str:
    """Record a backtest as a run, with its page and its model card, beside a registered version of the same recipe.

    Parameters
    ----------
    found
        What `littlegiants.training.backtest.backtest` returned.
    version
        The version whose recipe was tested; its description will name the run.
    page, card
        The backtest as HTML and as Markdown.
    began
        When the backtest began.
    store
        The MLflow store; see `littlegiants.models.registry.stores.store_uri`.

    Returns
    -------
    str
        The run's id.

    Raises
    ------
    ConfigError
        If the version predicts something else.
    RegistryError
        If there is no such version, or the store does not answer.
    """
    manifest = registry.load(f"models:/{registry.NAME}/{version}", store).manifest
    if found.label != manifest.label:
        raise ConfigError(
            f"version {version} predicts {manifest.label.outcome} in {manifest.label.timespan}, and "
            f"{found.label.outcome} in {found.label.timespan} was tested; take the configuration of its training"
        )
    with registry.connected(store, "the evaluation could not be recorded") as client:
        trained = client.get_model_version(registry.NAME, str(version)).run_id
        tags = {registry.DIGEST_TAG: manifest.digest, "version": str(version), MLFLOW_RUN_NOTE: verdict(found)}
        tags |= {MLFLOW_PARENT_RUN_ID: trained} if trained else {}
        name = f"evaluation of version {version}"
        run = str(client.create_run(_experiment(client), _milliseconds(began), tags, name).info.run_id)
        settings = {"origins": " ".join(str(one.as_of) for one in found.origins), "known_by": found.known_by}
        _log(client, run, {**settings, "data_digest": found.data_digest}, _flat_figures(found.pooled.measured.metrics))
        for file, text in (("evaluation.html", page), ("model_card.md", card)):
            client.log_text(run, text, file)
        client.set_terminated(run)
        told = f"{verdict(found)} The page and the whole model card are files of run `{run}`."
        client.update_model_version(registry.NAME, str(version), _shortened(f"{told}\n\n{version_card(manifest)}"))
    return run


def track_tuning(tuned: "Tuned", store: str | None = None) -> str:
    """Record a tuning as a run, and each of its trials as a run nested in it; return the run's id.

    Raises
    ------
    RegistryError
        If the store does not answer.
    """
    with registry.connected(store, "the tuning could not be recorded") as client:
        experiment, chosen = _experiment(client), tuned.config.chosen
        began = _milliseconds(min(trial.began for trial in tuned.trials))
        parent = str(client.create_run(experiment, began, run_name="tuning").info.run_id)
        for trial in tuned.trials:
            tags = {MLFLOW_PARENT_RUN_ID: parent, "best": str(trial.number == tuned.best).lower()}
            begun = client.create_run(experiment, _milliseconds(trial.began), tags, f"trial {trial.number}")
            run = str(begun.info.run_id)
            _log(client, run, trial.drawn, trial.figures)
            for step, value in enumerate(trial.by_origin):
                client.log_metric(run, f"{tuned.objective}_by_origin", value, step=step)
            client.set_terminated(run, end_time=_milliseconds(trial.ended))
        best = next(trial for trial in tuned.trials if trial.number == tuned.best)
        settings = {
            "origins": " ".join(map(str, tuned.origins)),
            "objective": tuned.objective,
            "trials": len(tuned.trials),
        }
        _log(client, parent, {**settings, "known_by": str(chosen.known_by), "protocol": chosen.protocol}, best.figures)
        client.log_dict(parent, tuned.config.model_dump(mode="json"), "chosen.json")
        client.set_terminated(parent)
    return parent


def _log(client: MlflowClient, run: str, settings: Mapping[str, object], figures: Mapping[str, float]) -> None:
    now = int(time.time() * 1000)
    params = [Param(name, str(value)) for name, value in settings.items()]
    client.log_batch(run, [Metric(name, value, now, 0) for name, value in figures.items()], params)


@contextmanager
def _chosen(uri: str) -> Iterator[None]:
    """Make a store MLflow's current one for a block; it would stay so, in the environment even, with its password."""
    before = {name: os.environ.get(name) for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")}
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    try:
        yield
    finally:
        # Without one of its own MLflow takes the environment's, where it also put the one that was chosen before.
        mlflow.set_tracking_uri(None)  # type: ignore[arg-type]
        mlflow.set_registry_uri(None)  # type: ignore[arg-type]
        for name, former in before.items():
            os.environ.pop(name, None)
            if former is not None:
                os.environ[name] = former


def _experiment(client: MlflowClient) -> str:
    """Return the experiment's id; a SQLite store's files lie beside its database, not where the command was run."""
    uri = client.tracking_uri
    database = make_url(uri).database if uri.startswith("sqlite:") else None
    place = (Path(database).resolve().parent / "mlartifacts").as_uri() if database else None
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is not None:
        return str(found.experiment_id)
    with _made_by_another():
        client.create_experiment(EXPERIMENT, place)
    return _experiment(client)


@contextmanager
def _made_by_another() -> Iterator[None]:
    """Take it as done if another process makes the same at the same time, as it may on a server."""
    try:
        yield
    except MlflowException as error:
        if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
            raise


def _log_numbers(model: Model) -> None:
    manifest = model.manifest
    mlflow.log_params(_flat(manifest.config) | {"data_digest": manifest.data_digest})
    mlflow.log_params({f"date_{name}": str(value) for name, value in manifest.dates.model_dump(mode="json").items()})
    numbers = {f"rows_{name}": float(count) for name, count in manifest.rows.items()}
    numbers |= _flat_figures(manifest.metrics)
    for baseline, figures in manifest.baselines.items():
        prefix = baseline.replace(" ", "_")
        numbers |= {f"{prefix}_{name.replace('%', 'pct')}": figure.value for name, figure in figures.items()}
    mlflow.log_metrics(numbers)
    mlflow.log_figure(gain_figure(manifest.gain), "figures/gain.png")
    if manifest.reliability:
        mlflow.log_figure(reliability_figure(manifest.reliability), "figures/reliability.png")


def _flat_figures(figures: Mapping[str, Figure]) -> dict[str, float]:
    """Return figures and the ends of their intervals by names that MLflow takes."""
    flat: dict[str, float] = {}
    for name, figure in figures.items():
        key = name.replace("%", "pct")
        flat |= {key: figure.value, f"{key}_low": figure.low, f"{key}_high": figure.high}
    return flat


def _flat(settings: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in settings.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value if np.isscalar(value) else str(value)
    return flat
