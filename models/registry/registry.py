"""The model registry: aliases and versions in an MLflow store. This module fetches files; it calls no MLflow loader."""

import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

# MLflow sends nothing about users. It gives up within seconds a store that does not answer, even if the store asks for
# a longer wait, and it follows no redirect to another host.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
os.environ.setdefault("MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER", "false")
os.environ.setdefault("MLFLOW_ALLOW_HTTP_REDIRECTS", "false")

from google.protobuf.json_format import ParseError
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from sqlalchemy.exc import SQLAlchemyError

from littlegiants.ingest.errors import ConfigError, RegistryError
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.registry.download import with_timeout
from littlegiants.models.registry.files import copy_folder
from littlegiants.models.registry.servers import check_server
from littlegiants.models.registry.stores import beside, database_of, store_uri, without_secrets
from littlegiants.models.scoring.model import Model

NAME = "littlegiants"
CHAMPION, CHALLENGER = "champion", "challenger"
DIGEST_TAG = "artefact_digest"
ROLLED_BACK_TAG, PROTOCOL_TAG = "rolled_back", "promotion_protocol"
# Of the registered model: every champion so far, the present one last. An alias alone can be moved by anyone.
LINE_TAG = "champions"
# The line before a change of champion that is under way: tag and alias cannot be changed in one step, and whoever
# changes them may die between the two.
FORMER_LINE_TAG = "champions_before"
_REMEMBERED, _UNDER_WAY, _SECONDS = 100, 0.5, 120.0
# The name of the artefact folder among the files of a logged model, which MLflow keeps under artifacts/.
ARTEFACT = "artefact"
_REFERENCE = re.compile(r"models:/(?P<name>[A-Za-z0-9_-]+)(@(?P<alias>[A-Za-z0-9_-]+)|/(?P<version>[0-9]+))")


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


@dataclass(frozen=True, slots=True)
class Fetched:
    """A registered model's artefact, on disk for as long as the block lasts; nothing of it has been checked yet."""

    folder: Path
    version: int
    run_id: str
    tags: dict[str, str]

    @property
    def digest(self) -> str:
        """The digest that was registered; empty if none was."""
        return self.tags.get(DIGEST_TAG, "")


def load(reference: str, store: str | None = None) -> Model:
    """Fetch a registered model's artefact and read it, digests first.

    Parameters
    ----------
    reference
        ``models:/littlegiants@champion`` or ``models:/littlegiants/3``.
    store
        See `littlegiants.models.registry.stores.store_uri`.

    Raises
    ------
    ConfigError
        If the reference has another form.
    RegistryError
        If there is no such model, version or alias, the store does not answer, it holds another artefact than the
        one that was registered, or another champion than the one last promoted.
    ArtefactError
        If the artefact is damaged.
    """
    with fetched(reference, store) as found:
        model = read_artefact(found.folder)
    if model.manifest.digest != found.tags.get(DIGEST_TAG):
        expected = found.tags.get(DIGEST_TAG)
        raise RegistryError(f"{reference} holds the artefact {model.manifest.digest}, but {expected} was registered")
    return model


@contextmanager
def fetched(reference: str, store: str | None = None) -> Iterator[Fetched]:
    """Fetch a registered model's artefact for a block. The parameters are those of `load`.

    Raises
    ------
    ConfigError
        If the reference has another form.
    RegistryError
        If there is no such model, version or alias, or the store does not answer in time.
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ConfigError(f"{reference!r} is no model; use models:/{NAME}@{CHAMPION}, models:/{NAME}/3 or a folder")
    with tempfile.TemporaryDirectory(prefix="littlegiants-") as scratch:
        yield with_timeout(_SECONDS, lambda: _fetch(match, store, Path(scratch)), reference)


def _fetch(match: re.Match[str], store: str | None, folder: Path) -> Fetched:
    with connected(store, match.string) as client:
        if match["version"]:
            registered = client.get_model_version(match["name"], match["version"])
        else:
            registered = of_alias(client, match["name"], match["alias"])
        number = number_of(registered)
        files = client.get_model_version_download_uri(registered.name, registered.version)
        try:
            if (database := database_of(store_uri(store))) is not None:
                files = beside(files, database)
            artefact = copy_folder(f"{files}/artifacts", ARTEFACT, store_uri(store), folder)
        except RegistryError as error:
            raise RegistryError(f"{match.string}: {error}") from None
    return Fetched(artefact, number, registered.run_id or "", dict(registered.tags))


def of_alias(client: MlflowClient, name: str, alias: str) -> ModelVersion:
    """Return the version of an alias, and check that a champion was promoted.

    Parameters
    ----------
    client
        Connected to the store.
    name, alias
        The registered model, and the alias of one of its versions.

    Raises
    ------
    RegistryError
        If the champion is not the version that was promoted last: an older model has come back, or it is a mistake.
    """
    registered = client.get_model_version_by_alias(name, alias)
    if alias == CHAMPION and (line := champions(client, name)) and line[-1] != number_of(registered):
        # Alias and line cannot be changed in one step: a promotion may be under way just now.
        time.sleep(_UNDER_WAY)
        registered, line = client.get_model_version_by_alias(name, alias), champions(client, name)
        if line[-1] != number_of(registered):
            raise RegistryError(
                f"the champion in the registry is version {registered.version}, but version {line[-1]} was made it "
                "last; an older one comes back by `giants rollback` only"
            )
    return registered


def number_of(registered: ModelVersion) -> int:
    """Return the number of a version.

    Raises
    ------
    RegistryError
        If it is no number: a registry may answer with anything.
    """
    if not str(registered.version).isdecimal():
        raise RegistryError(f"the registry answers with a version that is no number: {registered.version!r}")
    return int(registered.version)


def champions(client: MlflowClient, name: str) -> list[int]:
    """Return the numbers of the champions so far, the present one last.

    Raises
    ------
    RegistryError
        If the registry holds something else than a list of versions.
    """
    registered = client.get_registered_model(name)
    former = str(registered.tags.get(FORMER_LINE_TAG, "")).split()
    under_way = bool(former) and former[-1] == str(registered.aliases.get(CHAMPION))
    line = former if under_way else str(registered.tags.get(LINE_TAG, "")).split()
    if not all(number.isdecimal() for number in line):
        raise RegistryError(
            f"the line of champions of {name} in the registry is no list of versions: {' '.join(line)!r}"
        )
    return [int(number) for number in line]


def set_champion(client: MlflowClient, name: str, line: list[int]) -> None:
    """Make the last of a line of champions the champion.

    Parameters
    ----------
    client
        Connected to the store.
    name
        The registered model.
    line
        The versions that have been champion, the new champion last.
    """
    former = " ".join(map(str, champions(client, name)))
    if former:
        client.set_registered_model_tag(name, FORMER_LINE_TAG, former)
    client.set_registered_model_tag(name, LINE_TAG, " ".join(map(str, line[-_REMEMBERED:])))
    client.set_registered_model_alias(name, CHAMPION, str(line[-1]))
    if former:
        client.delete_registered_model_tag(name, FORMER_LINE_TAG)


def promote(version: int, store: str | None = None, name: str = NAME) -> int | None:
    """Make a version the champion without judging it; the champion so far becomes the challenger.

    Parameters
    ----------
    version
        The version's number.
    store
        See `littlegiants.models.registry.stores.store_uri`.
    name
        The registered model.

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
        line = champions(client, name) or ([former] if former is not None else [])
        set_champion(client, name, line if line[-1:] == [version] else [*line, version])
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
        check_server(uri)
        yield MlflowClient(tracking_uri=uri, registry_uri=uri)
    except (MlflowException, ParseError, SQLAlchemyError, OSError, ImportError) as error:
        # A driver's message may hold anything; MLflow repeats the address in its own.
        reason = "" if isinstance(error, SQLAlchemyError) else without_secrets(str(error).strip(), uri)
        raise RegistryError(f"{subject}: {(reason or type(error).__name__).splitlines()[0]}") from None
