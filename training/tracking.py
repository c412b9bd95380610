"""One training, one MLflow run, and one within another for each trial of a tuning: the only module that opens runs."""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema
from sqlalchemy import make_url

from littlegiants.ingest.arrays import Floats
from littlegiants.models.artefact.artefact import write_artefact
from littlegiants.models.registry import pyfunc, registry
from littlegiants.models.scoring.model import Model
from littlegiants.models.scoring.score_columns import PROBABILITIES
from littlegiants.reports.figures import gain_figure, reliability_figure
from littlegiants.training.pipeline import Trained

if TYPE_CHECKING:
    from littlegiants.training.tuning import Tuned

EXPERIMENT = "littlegiants"
# What the pyfunc needs at run time. Named here, since letting MLflow infer it costs seconds and guesses.
_REQUIREMENTS = ("lightgbm", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "sqlalchemy")


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


def track(trained: Trained, store: str | None = None, artefact: Path | None = None) -> Tracked:
    """Record a training and register its model.

    Parameters
    ----------
    trained
        What `littlegiants.training.pipeline.train` returned.
    store
        The MLflow store; see `littlegiants.models.registry.registry.store_uri`.
    artefact
        Where else to keep the artefact folder; it must not exist.

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
        if artefact is not None:
            write_artefact(trained.model, artefact)
        with registry.connected(store, "the training could not be recorded") as client:
            return _record(client, model, folder, trained.example)


def _record(client: MlflowClient, model: Model, folder: Path, example: Floats) -> Tracked:
    with _chosen(client.tracking_uri), mlflow.start_run(experiment_id=_experiment(client)) as run:
        _log_numbers(model)
        info = mlflow.pyfunc.log_model(
            name="model",
            python_model=pyfunc.__file__,
            artifacts={registry.ARTEFACT: str(folder)},
            signature=_signature(model.manifest.features),
            # MLflow compares the names with numbers, which pandas 3.1 warns of where they are of its text type.
            input_example=pd.DataFrame(example, columns=pd.Index(model.manifest.features, dtype=object)),
            registered_model_name=registry.NAME,
            pip_requirements=[f"{name}=={version(name)}" for name in _REQUIREMENTS],
            metadata={registry.DIGEST_TAG: model.manifest.digest},
        )
        number = int(info.registered_model_version)
        client.set_model_version_tag(registry.NAME, str(number), registry.DIGEST_TAG, model.manifest.digest)
        return Tracked(model, run.info.run_id, number)


def track_tuning(tuned: "Tuned", store: str | None = None) -> str:
    """Record a tuning as a run, and each of its trials as a run nested in it; return the run's id.

    Raises
    ------
    RegistryError
        If the store does not answer.
    """
    with registry.connected(store, "the tuning could not be recorded") as client:
        experiment, chosen = _experiment(client), tuned.config.chosen
        parent = str(client.create_run(experiment, run_name="tuning").info.run_id)
        for trial in tuned.trials:
            tags = {"mlflow.parentRunId": parent, "best": str(trial.number == tuned.best).lower()}
            run = str(client.create_run(experiment, tags=tags, run_name=f"trial {trial.number}").info.run_id)
            _log(client, run, trial.drawn, trial.figures)
            for step, value in enumerate(trial.by_origin):
                client.log_metric(run, f"{tuned.objective}_by_origin", value, step=step)
            client.set_terminated(run)
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
    found = client.get_experiment_by_name(EXPERIMENT)
    if found is None:
        place = (Path(database).resolve().parent / "mlartifacts").as_uri() if database else None
        return str(client.create_experiment(EXPERIMENT, place))
    return str(found.experiment_id)


def _log_numbers(model: Model) -> None:
    manifest = model.manifest
    mlflow.log_params(_flat(manifest.config) | {"data_digest": manifest.data_digest})
    mlflow.log_params({f"date_{name}": str(value) for name, value in manifest.dates.model_dump(mode="json").items()})
    mlflow.set_tags({registry.DIGEST_TAG: manifest.digest, "outcome": manifest.label.outcome})
    numbers = {f"rows_{name}": float(count) for name, count in manifest.rows.items()}
    for name, figure in manifest.metrics.items():
        key = name.replace("%", "pct")
        numbers |= {key: figure.value, f"{key}_low": figure.low, f"{key}_high": figure.high}
    for baseline, figures in manifest.baselines.items():
        prefix = baseline.replace(" ", "_")
        numbers |= {f"{prefix}_{name.replace('%', 'pct')}": figure.value for name, figure in figures.items()}
    mlflow.log_metrics(numbers)
    mlflow.log_figure(gain_figure(manifest.gain), "figures/gain.png")
    if manifest.reliability:
        mlflow.log_figure(reliability_figure(manifest.reliability), "figures/reliability.png")


def _signature(features: tuple[str, ...]) -> ModelSignature:
    # Doubles throughout: an integer column could not say "missing" in an MLflow schema.
    inputs = Schema([ColSpec(DataType.double, name) for name in features])
    return ModelSignature(inputs, Schema([ColSpec(DataType.double, name) for name in PROBABILITIES]))


def _flat(settings: dict[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in settings.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value if np.isscalar(value) else str(value)
    return flat
