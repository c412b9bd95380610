"""A file or a folder put in the place of another: whole or not at all.

Both are written under another name beside their place, flushed to the disk, and renamed; then the folder that holds
them is flushed too. They are beside it because a rename is atomic on one device only.
"""

import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from littlegiants.ingest.errors import ConfigError

_OPEN, _PRIVATE = 0o666, 0o600


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write that takes the place of ``path`` when the block ends well, and leaves no trace otherwise.

    Raises
    ------
    ConfigError
        If the folder is missing, may not be written to, or is full.
    """
    try:
        with staged_file(path) as file:
            yield file
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from None


@contextmanager
def staged_file(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write as `replacing` does; what goes wrong stays an ``OSError``.

    Parameters
    ----------
    path
        The file, which may be there already.
    private
        Whether only its owner may read it, whatever the umask and the former file's permissions. Root then leaves
        it to the former file's owner. Otherwise it has the former file's permissions.
    """
    temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
    mode = _PRIVATE if private else _OPEN
    try:
        with open(temporary, "xb", opener=partial(os.open, mode=mode)) as file:
            if private:
                _keep_owner(file.fileno(), path)
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not private:
            with suppress(FileNotFoundError):
                temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
        _sync_folder(path.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def staged_folder(path: Path, *, copied: bool = False, replaces: bool = True, mode: int = 0o777) -> Iterator[Path]:
    """Give a folder to fill that takes the place of ``path`` when the block ends well, and leaves no trace otherwise.

    If the process is killed between the two renames of a replacement, the former folder stays beside as
    ``.<name>.former-…``. What goes wrong stays an ``OSError``.

    Parameters
    ----------
    path
        The folder; those above it are made.
    copied
        Whether to begin with what ``path`` holds, in place of an empty folder.
    replaces
        Whether a folder that is there may be replaced. If not, one that is not empty is an error.
    mode
        Permissions of an empty folder, less the umask.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(8)
    staged, former = (path.parent / f".{path.name}.{state}-{mark}" for state in ("new", "former"))
    try:
        if copied:
            shutil.copytree(path, staged, symlinks=True)
        else:
            staged.mkdir(mode)
        yield staged
        _sync_content(staged)
        if replaces and path.exists():
            path.rename(former)
        try:
            staged.rename(path)
        except OSError:
            if former.exists():
                former.rename(path)
            raise
        _sync_folder(path.parent)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    shutil.rmtree(former, ignore_errors=True)


def _keep_owner(handle: int, path: Path) -> None:
    """Leave a service's file to the service, also when root changes it."""
    with suppress(FileNotFoundError):
        before = path.lstat()
        if os.geteuid() == 0 and before.st_uid != 0:
            os.fchown(handle, before.st_uid, before.st_gid)


def _sync_content(folder: Path) -> None:
    for path in (path for path in folder.rglob("*") if path.is_file()):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    """Make a rename last; a system that cannot open folders does so by other means."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
