"""Names of what a run has under way beside its outputs, and whether that run still lives.

Whatever is staged is called ``.giants-<run>-<number>.tmp``, the record of a set that is being published
``.giants-<run>.set``. Their owner keeps each of them locked. The lock is the system's: it is free the moment its owner
dies, by whatever death, and no process that has the owner's number by now can hold it. So what is not locked is left
over, and what is locked is never touched.
"""

import fcntl
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

_NAME = re.compile(r"\.giants-(?P<run>[0-9a-f]{16})(-[0-9]+)?\.(?P<kind>tmp|set)(-former|-journal)?")


def new_run() -> str:
    """Return a name for a run, which no other has."""
    return secrets.token_hex(8)


def staged_name(folder: Path, run: str, number: int) -> Path:
    """Return the path under which something of a run is staged.

    Parameters
    ----------
    folder
        Where its place is.
    run
        See `new_run`.
    number
        Of the things that the run stages.
    """
    return folder / f".giants-{run}-{number}.tmp"


def record_name(folder: Path, run: str) -> Path:
    """Return the path of the record of a run's set in a folder."""
    return folder / f".giants-{run}.set"


def run_of(path: Path) -> str | None:
    """Return the run that a name belongs to, or None if it is none of these names."""
    match = _NAME.fullmatch(path.name)
    return match["run"] if match else None


def under_way(folder: Path, kind: str) -> list[Path]:
    """Return the paths of a kind, ``tmp`` or ``set``, in a folder that belong to this user; none of no folder."""
    try:
        named = [path for path in folder.iterdir() if (match := _NAME.fullmatch(path.name)) and match["kind"] == kind]
    except OSError:
        return []
    return [path for path in sorted(named) if _is_own(path)]


def _is_own(path: Path) -> bool:
    try:
        return path.lstat().st_uid == os.geteuid()
    except OSError:
        return False


def create(path: Path, mode: int) -> int:
    """Make a file that is locked from its first moment on, and return its handle.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        lock(handle)
        # Another run may have taken it for a leftover between the two steps.
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)


def create_folder(path: Path, mode: int) -> int:
    """Make a folder that is locked from its first moment on, and return its handle.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    while True:
        path.mkdir(mode)
        with suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            lock(handle)
            if path.exists():
                return handle
            os.close(handle)


def lock(handle: int, *, wait: bool = True) -> bool:
    """Lock an open file or folder until it is closed; return whether it is locked now.

    Where the file system knows no locks, it is not, and nothing is ever taken for a leftover.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def locked_leftover(path: Path) -> int | None:
    """Return a handle that locks what a dead run left, or None if its owner lives or it is no longer there."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    kind = os.fstat(handle).st_mode
    if (stat.S_ISREG(kind) or stat.S_ISDIR(kind)) and lock(handle, wait=False):
        return handle
    os.close(handle)
    return None
