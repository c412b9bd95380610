"""The folder of a running service, private to it, and the folders of services that were killed."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

PREFIX = "giants-serve-"
_OWNER = "owner"


@contextmanager
def run_folder() -> Iterator[Path]:
    """Make a folder for a running service, and remove it at the end; remove those of killed services first.

    A lock on a file in the folder says that its service runs. The system releases it when the service ends.
    """
    remove_abandoned()
    # Locked before it has its name: another service would take a folder without a lock for an abandoned one.
    staged = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    lock = FileLock(staged / _OWNER, mode=0o600, thread_local=False)
    lock.acquire()
    run = staged.rename(staged.with_name(staged.name.removeprefix(".")))
    try:
        yield run
    finally:
        shutil.rmtree(run, ignore_errors=True)
        lock.release()


def remove_abandoned() -> list[Path]:
    """Remove the folders whose service was killed, and return them; those of other users are left alone."""
    removed = []
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        if not _is_own(folder):
            continue
        lock = FileLock(folder / _OWNER, mode=0o600, thread_local=False)
        with suppress(Timeout, OSError):
            lock.acquire(timeout=0)
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()
            removed.append(folder)
    return removed


def _is_own(folder: Path) -> bool:
    try:
        status = folder.lstat()
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and (folder / _OWNER).is_file()
    except OSError:
        return False
