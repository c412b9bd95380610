"""A small file that several processes change and only its owner may read: locked while it changes, always whole."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.atomic import cannot_write, staged_file

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PATIENCE, _PAUSE = 10.0, 0.02  # seconds


def read_private(path: Path, limit: int) -> bytes:
    """Return the content of a file that only its owner can read or change.

    Parameters
    ----------
    path
        A plain file of this user or of root.
    limit
        Its size in bytes at most.

    Raises
    ------
    FileNotFoundError
        If there is none; the caller knows what that means.
    ConfigError
        If it is a link or no plain file, belongs to someone else, is open to others, too large, or cannot be read.
    """
    try:
        # The open file is checked, so that no other can take its place before it is read; O_NONBLOCK waits for no pipe.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        why = "is a link; name the file itself" if path.is_symlink() else f"cannot be read: {error.strerror}"
        raise ConfigError(f"{path} {why}") from None
    try:
        _check(path, os.fstat(handle))
        with open(handle, "rb", closefd=False) as file:
            content = file.read(limit + 1)
    finally:
        os.close(handle)
    if len(content) > limit:
        raise ConfigError(f"{path} is larger than {limit:,} bytes")
    return content


def _check(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"{path} is not a plain file")
    if status.st_uid not in (os.geteuid(), 0):
        raise ConfigError(f"{path} belongs to another user; it must belong to the one that runs this")
    if status.st_mode & _OTHERS:
        mode = stat.S_IMODE(status.st_mode)
        raise ConfigError(f"{path} is open to others, mode {mode:04o}; close it by `chmod 600`")


def write_private(path: Path, content: bytes) -> None:
    """Put a file in the place of ``path``, whole or not at all, that only its owner may read.

    Raises
    ------
    ConfigError, StopError
        If it cannot be written; what stood there is then unchanged.
    """
    try:
        with staged_file(path, private=True) as file:
            file.write(content)
    except OSError as error:
        raise cannot_write(path, error) from None


@contextmanager
def changing(path: Path) -> Iterator[None]:
    """Let every other process that changes the file wait until the block ends.

    The lock is the system's, on a file beside it that stays: it is free the moment its owner dies, whatever that file
    says and whichever process has its process id by now.

    Raises
    ------
    ConfigError
        If the folder cannot be written to, or another process keeps the file for 10 seconds.
    """
    beside = path.with_name(f".{path.name}.lock")
    lock = FileLock(beside, timeout=_PATIENCE, poll_interval=_PAUSE, mode=0o600)
    try:
        beside.parent.stat()  # filelock would make a folder that is missing
        lock.acquire()
    except Timeout:
        raise ConfigError(f"{path} is being changed by another process; try again") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be changed: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()
