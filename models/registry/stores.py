"""The MLflow store's address, and the files of one that is a SQLite database: the registry's files lie beside it."""

import os
import re
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from littlegiants.ingest.errors import RegistryError
from littlegiants.ingest.files.renames import sync_content, sync_folder

DEFAULT_STORE = "sqlite:///mlflow.db"
# The folder beside a SQLite database in which the files of its runs and models lie.
ARTEFACTS = "mlartifacts"
_USERINFO = re.compile(r"(?<=//)[^/\s]*@")
_PATIENCE = 20.0  # seconds
_ABOVE = 4  # folders that MLflow makes above a model's own
# Where MLflow keeps the addresses of files.
_COLUMNS = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "storage_location"),
)
_SQLITE = re.compile(r"sqlite(\+[a-z]+)?:///(file:)?(?P<path>[^?]+)(\?.*)?")


def store_uri(given: str | None = None) -> str:
    """Return the MLflow store: the one given, else ``MLFLOW_TRACKING_URI``, else a SQLite file in this folder."""
    return given or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_STORE


def database_of(address: str) -> Path | None:
    """Return the file of a SQLite database, or None for any other address.

    Examples
    --------
    >>> database_of("sqlite:///some/mlflow.db"), database_of("postgresql://host/name")
    (PosixPath('some/mlflow.db'), None)
    """
    match = _SQLITE.fullmatch(address)
    return Path(match["path"]) if match else None


def beside(location: str, database: Path) -> str:
    """Return where the files of a SQLite store are: beside it if they are there, else where they were written.

    Parameters
    ----------
    location
        As the store recorded it: an address or a path.
    database
        The store.

    Raises
    ------
    RegistryError
        If they are at neither place; both are named.
    """
    recorded = local_path(location)
    if recorded is None or ARTEFACTS not in recorded.parts:
        return location
    last = len(recorded.parts) - 1 - recorded.parts[::-1].index(ARTEFACTS)
    here = database.resolve().parent / ARTEFACTS
    found = here.joinpath(*recorded.parts[last + 1 :])
    if found.exists():
        return found.as_uri()
    if not recorded.exists():
        raise RegistryError(
            f"its files are neither at {found} nor at {recorded}, where they were written; move the folder {ARTEFACTS} "
            f"along with the store {database.name}"
        )
    return location


def local_path(location: str) -> Path | None:
    """Return the path that a location names on this machine, or None if it names none."""
    place = urlsplit(location)
    if place.scheme == "file" and place.netloc in ("", "localhost"):
        return Path(url2pathname(place.path))
    return Path(location) if not place.scheme and location.startswith("/") else None


def follow(database: Path) -> None:
    """Record the present place of a SQLite store's files, if it was moved or copied together with them.

    Otherwise what is trained or decided from now on would be written at the former place. A store that cannot be
    written is left as it is: reading follows the files anyway.
    """
    here = (database.resolve().parent / ARTEFACTS).as_uri()
    with suppress(sqlite3.Error), closing(sqlite3.connect(database, timeout=_PATIENCE)) as connection, connection:
        for (former,) in connection.execute("SELECT artifact_location FROM experiments").fetchall():
            path = local_path(str(former))
            if former == here or path is None or path.name != ARTEFACTS:
                continue
            if path.exists() and not database.with_name(ARTEFACTS).exists():
                continue
            for table, column in _COLUMNS:
                connection.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608 - names of our own
                    f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                    (here, len(former) + 1, former, len(former) + 1, f"{former}/"),
                )


def sync_files(location: str) -> None:
    """Flush a folder of files of this machine, and the folders above it, to the disk; elsewhere that is not for us."""
    path = local_path(location)
    if path is not None and path.is_dir():
        sync_content(path)
        for folder in path.parents[:_ABOVE]:
            sync_folder(folder)


def without_secrets(text: str, uri: str) -> str:
    """Return a message in which neither the store's address stands nor a name with its password.

    Examples
    --------
    >>> without_secrets("cannot reach http://me:secret@host/x", "http://me:secret@host")
    'cannot reach the store/x'
    """
    text = text.replace(uri, "the store")
    query = uri.partition("?")[2]
    return _USERINFO.sub("***@", text.replace(query, "***") if query else text)
