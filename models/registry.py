"""The model registry: aliases and versions in an MLflow store. It fetches files and never calls an MLflow loader."""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# Read when mlflow is imported: nothing about users leaves, and a store that does not answer is given up within seconds.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")

import mlflow
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from littlegiants.features.errors import ConfigError, RegistryError
from littlegiants.models.artefact import read_artefact
from littlegiants.models.model import Model

NAME = "littlegiants"
CHAMPION, CHALLENGER = "champion", "challenger"
DEFAULT_STORE = "sqlite:///mlflow.db"
DIGEST_TAG = "artefact_digest"
# The name of the artefact folder among the files of a logged model, which MLflow keeps under artifacts/.
ARTEFACT = "artefact"
_REFERENCE = re.compile(r"models:/(?P<name>[A-Za-z0-9_-]+)(@(?P<alias>[A-Za-z0-9_-]+)|/(?P<version>[0-9]+))")
_USERINFO = re.compile(r"(?<=//)[^/\s]*@")


@dataclass(frozen=True, slots=True)
class Version:
    """One registered version of a model."""

    name: str
    version: int
    aliases: tuple[str, ...]
    run_id: str  # empty for a model registered by other means
    digest: str
    auc: float | None
    created: str


def store_uri(given: str | None = None) -> str:
    """Return the MLflow store: the one given, else ``MLFLOW_TRACKING_URI``, else a SQLite file in this folder."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_STORE


def load(reference: str, store: str | None = None) -> Model:
    """Fetch a registered model's artefact and read it, digests first.

    Parameters
    ----------
    reference
        ``models:/littlegiants@champion`` or ``models:/littlegiants/3``.
    store
        See `store_uri`.

    Raises
    ------
    ConfigError
        If the reference has another form.
    RegistryError
        If there is no such model, version or alias, the store does not answer, or it holds another artefact than the
        one that was registered.
    ArtefactError
        If the artefact is damaged.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ConfigError(f"{reference!r} is no model; use models:/{NAME}@{CHAMPION}, models:/{NAME}/3 or a folder")
    with connected(store, reference) as client, tempfile.TemporaryDirectory(prefix="littlegiants-") as scratch:
        if match["version"]:
            registered = client.get_model_version(match["name"], match["version"])
        else:
            registered = client.get_model_version_by_alias(match["name"], match["alias"])
        files = client.get_model_version_download_uri(registered.name, registered.version)
        fetched = mlflow.artifacts.download_artifacts(
            artifact_uri=f"{files}/artifacts/{ARTEFACT}",
            dst_path=scratch,
            tracking_uri=store_uri(store),
            registry_uri=store_uri(store),
        )
        model = read_artefact(Path(fetched))
    expected = registered.tags.get(DIGEST_TAG)
    if model.manifest.digest != expected:
        raise RegistryError(f"{reference} holds the artefact {model.manifest.digest}, but {expected} was registered")
    return model


def promote(version: int, store: str | None = None, name: str = NAME) -> int | None:
    """Make a version the champion; the champion so far becomes the challenger.

    Returns
    -------
    int or None
        The version that was champion before.

    Raises
    ------
    RegistryError
        If there is no such version, or the store does not answer.
    """
    with connected(store, f"{name} version {version}") as client:
        client.get_model_version(name, str(version))
        aliases = client.get_registered_model(name).aliases
        former = int(aliases[CHAMPION]) if CHAMPION in aliases else None
        client.set_registered_model_alias(name, CHAMPION, str(version))
        if former is not None and former != version:
            client.set_registered_model_alias(name, CHALLENGER, str(former))
        elif CHALLENGER in aliases and int(aliases[CHALLENGER]) == version:
            client.delete_registered_model_alias(name, CHALLENGER)
    return former


def versions(store: str | None = None, name: str = NAME) -> list[Version]:
    """Return all registered versions, newest first; none for a name the store does not know.

    Raises
    ------
    RegistryError
        If the store does not answer.
    """
    with connected(store, name) as client:
        found = client.search_model_versions(f"name='{name}'")
        aliases = client.get_registered_model(name).aliases if found else {}
        rows = [_version(client, item, aliases) for item in found]
    return sorted(rows, key=lambda row: -row.version)


def _version(client: MlflowClient, item: ModelVersion, aliases: dict[str, str]) -> Version:
    run_id = item.run_id or ""
    return Version(
        name=item.name,
        version=int(item.version),
        aliases=tuple(sorted(alias for alias, number in aliases.items() if int(number) == int(item.version))),
        run_id=run_id,
        digest=item.tags.get(DIGEST_TAG, ""),
        auc=client.get_run(run_id).data.metrics.get("auc") if run_id else None,
        created=datetime.fromtimestamp(item.creation_timestamp / 1000, UTC).isoformat(timespec="seconds"),
    )


@contextmanager
def connected(store: str | None, subject: str) -> Iterator[MlflowClient]:
    """Open the store for a block, and name what the block is about if the store refuses.

    Raises
    ------
    RegistryError
        One line, from which the store's address is left out, since it may hold a password.
    """
    uri = store_uri(store)
    try:
        yield MlflowClient(tracking_uri=uri, registry_uri=uri)
    except (MlflowException, SQLAlchemyError, OSError, ImportError) as error:
        # A driver's message may hold anything; MLflow repeats the address in its own.
        reason = "" if isinstance(error, SQLAlchemyError) else _without_secrets(str(error).strip(), uri)
        raise RegistryError(f"{subject}: {(reason or type(error).__name__).splitlines()[0]}") from None


def _without_secrets(text: str, uri: str) -> str:
    text = text.replace(uri, "the store")
    query = uri.partition("?")[2]
    return _USERINFO.sub("***@", text.replace(query, "***") if query else text)
