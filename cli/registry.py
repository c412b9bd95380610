"""``giants models``, and access to the MLflow store for all commands."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.output import Json, aligned, show
from littlegiants.cli.paths import Role
from littlegiants.ingest.errors import ConfigError, RegistryError
from littlegiants.models.registry.stores import database_of, follow, store_uri

if TYPE_CHECKING:
    from littlegiants.models.registry.registry import Version
_STORE = typer.Option(
    "--store",
    metavar="URI",
    show_default="MLFLOW_TRACKING_URI, else sqlite:///mlflow.db in this folder",
    help="MLflow store of runs and models.",
)
Store = Annotated[str | None, _STORE, Role.STORE]
# The same option where the store is written.
WrittenStore = Annotated[str | None, _STORE, Role.WRITTEN_STORE]


def models(store: Store = None, as_json: Json = False) -> None:
    """List the registered models, newest first."""
    open_store(store)
    from littlegiants.models.registry import registry

    known = registry.versions(store)
    result: dict[str, object] = {"name": registry.NAME, "versions": [_plain(version) for version in known]}
    header = ("version", "alias", "model", "auc on the test date", "registered (UTC)")
    rows = [header, *map(_row, known)]
    lines = aligned(rows, right=(0, 3)) if known else ["no model is registered yet; train one with `giants train`"]
    show(result, lines, as_json)


def open_store(store: str | None, new: bool = False) -> None:
    """Silence MLflow, and make sure that looking at a store does not create one.

    Parameters
    ----------
    store
        See `littlegiants.models.registry.stores.store_uri`.
    new
        Whether a store that is missing is no error; whoever writes to it makes it.

    Raises
    ------
    RegistryError
        If there is no such SQLite file.
    """
    _quieten()
    path = database_of(store_uri(store))
    if path is None:
        return
    if path.is_file():
        follow(path)
    elif not new:
        raise RegistryError(f"there is no model store {path}; train a model first, or name its store with --store")


def _quieten() -> None:
    """Silence MLflow's log lines, prints and bars, unless MLFLOW_LOGGING_LEVEL is set; errors are raised anyway."""
    if "MLFLOW_LOGGING_LEVEL" in os.environ:
        return
    import mlflow.pyfunc  # noqa: F401 - its import would switch the stream on again
    from mlflow.utils.logging_utils import MLFLOW_LOGGING_STREAM

    MLFLOW_LOGGING_STREAM.enabled = False  # not only log lines pass through it, also what MLflow prints
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")


def numbered(version: str, store: str | None) -> int:
    """Return the number of a version given by its number or as latest, and open the store.

    Raises
    ------
    ConfigError
        If it is neither.
    RegistryError
        If no model is registered yet, or there is no such store.
    """
    if version != "latest" and not version.isdecimal():
        raise ConfigError(f"{version!r} is no version; give its number, or latest")
    open_store(store)
    from littlegiants.models.registry import registry

    if version != "latest":
        return int(version)
    known = registry.versions(store)
    if not known:
        raise RegistryError("no model is registered yet; train one with `giants train`")
    return known[0].version


def _plain(version: "Version") -> dict[str, object]:
    return {
        "version": version.version,
        "aliases": list(version.aliases),
        "model_version": version.digest[:12],
        "auc": version.auc,
        "created": version.created,
        "run_id": version.run_id,
    }


def _row(version: "Version") -> tuple[str, ...]:
    auc = "" if version.auc is None else f"{version.auc:.3f}"
    created = version.created[:16].replace("T", " ")
    return str(version.version), " ".join(version.aliases), version.digest[:12], auc, created
