"""The first use of a store: made by one process while all others wait, and whole or not at all.

MLflow makes the tables of a SQLite store by a hundred migrations. Two processes that begin them at once damage each
other's, and one that is killed meanwhile leaves a store that nothing opens. So a new store is made under another name
and renamed when it is whole.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from mlflow import MlflowClient

from littlegiants.ingest.errors import RegistryError, StopError
from littlegiants.ingest.files.atomic import cannot_write
from littlegiants.ingest.files.leftovers import create, new_run, staged_name
from littlegiants.ingest.files.renames import remove, sync_folder
from littlegiants.ingest.files.set_record import recover
from littlegiants.models.registry.registry import connected
from littlegiants.models.registry.stores import database_of, store_uri

_PATIENCE = 300.0  # seconds; making a store takes some five, and others may be before us


@contextmanager
def first_use(store: str | None, subject: str) -> Iterator[MlflowClient]:
    """Open a store for a block, making it if need be, while no other process does so.

    Parameters
    ----------
    store
        See `littlegiants.models.registry.stores.store_uri`.
    subject
        What the block is about, for the message.

    Raises
    ------
    ConfigError
        If there is no folder for it.
    RegistryError
        If the store does not answer, or other processes keep it for minutes.
    StopError
        If it cannot be written.
    """
    database = database_of(store_uri(store))
    if database is None:
        with connected(store, subject) as client:
            yield client
        return
    with _alone(database):
        if not database.exists():
            _make(database)
        with connected(store, subject) as client:
            yield client


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    lock = FileLock(database.with_name(f".{database.name}.lock"), timeout=_PATIENCE, poll_interval=0.05)
    try:
        database.parent.stat()  # filelock would make a folder that is missing
        lock.acquire()
    except Timeout:
        raise RegistryError(f"the model store {database} is being made by other processes; try again") from None
    except OSError as error:
        raise cannot_write(database, error) from None
    try:
        yield
    finally:
        lock.release()


def _make(database: Path) -> None:
    recover(database.parent)
    staged = staged_name(database.parent.resolve(), new_run(), 0)
    handle = None
    try:
        handle = create(staged, 0o666)
        with connected(f"sqlite:///{staged}", f"the model store {database} cannot be made") as client:
            client.search_experiments(max_results=1)
        os.fsync(handle)
        staged.rename(database)
        sync_folder(database.parent)
    except OSError as error:
        raise StopError(f"the model store {database} cannot be made: {error.strerror or error}") from None
    finally:
        remove(staged)
        if handle is not None:
            os.close(handle)
