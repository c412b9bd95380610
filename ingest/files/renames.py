"""Renames that lose nothing, and that last: two names change places in one step, where the system can."""

import ctypes
import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
# File systems that cannot exchange names say one of these; a system without the call has no such function.
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}


def exchange(one: Path, other: Path) -> bool:
    """Let two names change places in one step, files or folders.

    Returns
    -------
    bool
        False where the file system cannot do it; nothing is then changed.

    Raises
    ------
    OSError
        If it can but does not, such as for want of permission.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def put(staged: Path, path: Path) -> None:
    """Put a file or a folder in the place of what is at ``path``, which then has the staged name, if it is there still.

    Raises
    ------
    OSError
        If it cannot be; what was there stays.
    """
    if not os.path.lexists(path):
        staged.rename(path)
    elif not exchange(staged, path):
        _replace(staged, path)


def _replace(staged: Path, path: Path) -> None:
    """Replace without an exchange: a file in one step, a folder in two."""
    if not staged.is_dir():
        staged.replace(path)
        return
    former = staged.with_name(f"{staged.name}-former")
    path.rename(former)
    try:
        staged.rename(path)
    except OSError:
        former.rename(path)
        raise
    former.rename(staged)


def sync_folder(folder: Path) -> None:
    """Make the renames in a folder last.

    Raises
    ------
    OSError
        If the disk fails; a system that cannot open or flush a folder is not asked to.
    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _CANNOT | {errno.EBADF, errno.EROFS}:
            raise
    finally:
        os.close(handle)


def sync_content(folder: Path) -> None:
    """Flush every file and folder below a folder, and the folder itself, to the disk."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_file():
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    for path in (*(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()), folder):
        sync_folder(path)


def remove(path: Path) -> None:
    """Remove a file or a whole folder, as far as that is possible."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)
