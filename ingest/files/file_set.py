"""Outputs of one run that are published together: all of them, or none.

Each is staged beside its place and flushed to the disk. When all are, the record of the set is written (see
`littlegiants.ingest.files.set_record`), they are renamed into their places in the order in which they were staged, and
the folders are flushed. A rename that fails takes back those before it.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from littlegiants.ingest.files.leftovers import create, create_folder, new_run, staged_name
from littlegiants.ingest.files.renames import put, remove, sync_content, sync_folder
from littlegiants.ingest.files.set_record import Step, drop_records, identity, recover, write_records

_OPEN, _PRIVATE = 0o666, 0o600


class FileSet:
    """What one run has staged so far. It is used by `littlegiants.ingest.files.atomic` alone."""

    def __init__(self) -> None:
        self._run = new_run()
        self._staged: list[Path] = []
        self._handles: list[int] = []
        self._steps: list[Step] = []
        self._folders: set[Path] = set()
        self._published = False

    @contextmanager
    def file(self, path: Path, private: bool) -> Iterator[BinaryIO]:
        """Give a file to write that takes the place of ``path`` when the set is published.

        Raises
        ------
        IsADirectoryError
            If ``path`` is a folder.
        """
        if path.is_dir() and not path.is_symlink():
            raise IsADirectoryError(21, os.strerror(21), str(path))
        staged = self._next(path)
        handle = create(staged, _PRIVATE if private else _OPEN)
        self._handles.append(handle)
        if private:
            _keep_owner(handle, path)
        with open(handle, "r+b", closefd=False) as file:
            yield file
            file.flush()
            os.fsync(handle)
        if not private:
            with suppress(FileNotFoundError):
                staged.chmod(stat.S_IMODE(path.stat().st_mode))
        self._steps.append(Step(staged, path, identity(staged)))

    @contextmanager
    def folder(self, path: Path, copied: bool, replaces: bool, mode: int) -> Iterator[Path]:
        """Give a folder to fill that takes the place of ``path`` when the set is published.

        Parameters
        ----------
        path
            The folder; those above it are made.
        copied
            Whether to begin with what ``path`` holds.
        replaces
            Whether a folder that is there may be replaced.
        mode
            Permissions of an empty folder, less the umask.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = self._next(path)
        self._handles.append(create_folder(staged, mode))
        if copied:
            shutil.copytree(path, staged, symlinks=True, dirs_exist_ok=True)
        yield staged
        sync_content(staged)
        self._steps.append(Step(staged, path, identity(staged), replaces))

    def staged(self, path: Path) -> Path:
        """Return where the new content of a path is; the path itself if the set has none."""
        return next((step.staged for step in reversed(self._steps) if step.path == path and step.staged), path)

    def remove(self, path: Path) -> None:
        """Let a file go when the set is published; where there is none, nothing happens."""
        if os.path.lexists(path):
            self._steps.append(Step(None, path))

    def publish(self) -> None:
        """Put everything in its place.

        Raises
        ------
        OSError
            If one of them cannot be; those before it are then taken back.
        """
        records = write_records(self._run, self._steps) if len(self._steps) > 1 else []
        done: list[Step] = []
        self._published = True
        try:
            # What goes, goes last: until then a failure can be undone.
            for step in sorted(self._steps, key=lambda step: step.staged is None):
                step.take()
                done.append(step)
            for folder in dict.fromkeys(step.path.parent for step in self._steps):
                sync_folder(folder)
        except OSError:
            self._published = False
            for step in reversed(done):
                _take_back(step)
            raise
        finally:
            drop_records(records)

    def close(self) -> None:
        """Remove what is staged still, be it new and not published, or former and replaced."""
        new = {step.staged: step.identity for step in self._steps}
        for path in self._staged:
            # What could not be taken back has its former content under the staged name, and keeps it.
            if self._published or new.get(path, identity(path)) == identity(path):
                remove(path)
        for handle in self._handles:
            os.close(handle)

    def _next(self, path: Path) -> Path:
        if path.parent not in self._folders:
            self._folders.add(path.parent)
            recover(path.parent)
        self._staged.append(staged_name(path.parent, self._run, len(self._staged)))
        return self._staged[-1]


def _take_back(step: Step) -> None:
    if step.staged is None or not step.is_done():
        return
    with suppress(OSError):
        if os.path.lexists(step.staged):
            put(step.staged, step.path)
        else:
            step.path.rename(step.staged)


def _keep_owner(handle: int, path: Path) -> None:
    """Leave a service's file to the service, also when root changes it."""
    with suppress(FileNotFoundError):
        before = path.lstat()
        if os.geteuid() == 0 and before.st_uid != 0:
            os.fchown(handle, before.st_uid, before.st_gid)
