"""Outputs put in the place of others: whole or not at all, one by one or as a set.

Each is written under another name beside its place, flushed to the disk, and renamed; then the folder that holds it is
flushed too. It is beside its place because a rename is atomic on one device only. Within `output_set` all wait
until the last is written.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import BinaryIO

from littlegiants.ingest.errors import ConfigError, LittleGiantsError, StopError
from littlegiants.ingest.files.file_set import FileSet

_present: ContextVar[FileSet | None] = ContextVar("files that are published together", default=None)
# A path that cannot be one, whatever the state of the disk: whoever named it is to name another.
_WRONG_PATH = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EEXIST}


def cannot_write(path: Path | str, error: OSError) -> LittleGiantsError:
    """Return the error of an output that cannot be written.

    Parameters
    ----------
    path
        The output.
    error
        What the system says. A path that cannot be one is a wrong option; a disk that is full or fails, a quota and
        a missing permission stop the work.

    Examples
    --------
    >>> cannot_write("s.csv", OSError(errno.ENOSPC, "No space left on device"))
    StopError('s.csv cannot be written: No space left on device')
    """
    kind = ConfigError if error.errno in _WRONG_PATH else StopError
    return kind(f"{path} cannot be written: {error.strerror or error}")


@contextmanager
def output_set() -> Iterator[None]:
    """Let everything that is written within the block appear when it ends well, all of it or nothing.

    A block within another joins it. See `littlegiants.ingest.files.file_set`.

    Raises
    ------
    ConfigError, StopError
        If one of the outputs cannot be put in its place; none of them then is.
    """
    try:
        with _current_set():
            yield
    except OSError as error:
        raise cannot_write(error.filename2 or error.filename or "the output", error) from None


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write that takes the place of ``path`` when the block ends well, and leaves no trace otherwise.

    Raises
    ------
    ConfigError
        If the folder is missing.
    StopError
        If the folder may not be written to, or the disk is full or fails.
    """
    try:
        with staged_file(path) as file:
            yield file
    except OSError as error:
        raise cannot_write(path, error) from None


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
    with _current_set() as files, files.file(path, private) as file:
        yield file


@contextmanager
def staged_folder(path: Path, *, copied: bool = False, replaces: bool = True, mode: int = 0o777) -> Iterator[Path]:
    """Give a folder to fill that takes the place of ``path`` when the block ends well, and leaves no trace otherwise.

    What goes wrong stays an ``OSError``.

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
    with _current_set() as files, files.folder(path, copied, replaces, mode) as folder:
        yield folder


def staged_content(path: Path) -> Path:
    """Return where the new content of an output of the block around is; the path itself if it has none."""
    with _current_set() as files:
        return files.staged(path)


def remove_with_set(path: Path) -> None:
    """Let a file go when the set of the block around is published; where there is none, nothing happens."""
    with _current_set() as files:
        files.remove(path)


@contextmanager
def _current_set() -> Iterator[FileSet]:
    """Give the set of the block around, or a new one that is published at the end."""
    if (around := _present.get()) is not None:
        yield around
        return
    files = FileSet()
    token = _present.set(files)
    try:
        yield files
        files.publish()
    finally:
        _present.reset(token)
        files.close()
