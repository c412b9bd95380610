"""The record of a set of files that is being published: with it, whoever comes next can finish what a dead run began.

Before the first rename, the record is on the disk in every folder of the set. From then on the set is as good as
published: a run that dies between two renames leaves the record, and the next run that writes to one of the folders, or
reads tables from it, does the renames that are missing. Without a record nothing was renamed, and what was staged is
removed.
"""

import json
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from littlegiants.ingest.files.leftovers import create, locked_leftover, record_name, run_of, under_way
from littlegiants.ingest.files.renames import put, remove, sync_folder

_LIMIT = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a set: something staged that takes its place, or, where nothing is, a file that goes.

    Attributes
    ----------
    staged
        What takes the place of ``path``, or None.
    path
        The place.
    identity
        Device and inode of what was staged, by which it is known again under either name.
    replaces
        Whether what is at ``path`` already, other than an empty folder, may be replaced.
    """

    staged: Path | None
    path: Path
    identity: tuple[int, int] = (0, 0)
    replaces: bool = True

    def is_done(self) -> bool:
        """Whether the place holds what was staged."""
        if self.staged is None:
            return not os.path.lexists(self.path)
        return identity(self.path) == self.identity

    def is_possible(self) -> bool:
        """Whether what was staged is there still."""
        return self.staged is None or identity(self.staged) == self.identity

    def take(self) -> None:
        """Make the change."""
        if self.staged is None:
            self.path.unlink(missing_ok=True)
        elif not self.replaces:
            self.staged.rename(self.path)
        else:
            put(self.staged, self.path)


def identity(path: Path) -> tuple[int, int]:
    """Return device and inode of what is at a path, a link itself and not what it leads to; zeros if nothing is."""
    try:
        found = path.lstat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def write_records(run: str, steps: Sequence[Step]) -> list[tuple[Path, int]]:
    """Put the record of a set into each of its folders and return their paths and open handles, which lock them.

    Raises
    ------
    OSError
        If one cannot be written; none is then left.
    """
    content = json.dumps({"run": run, "steps": [_plain(step) for step in steps]}).encode()
    records: list[tuple[Path, int]] = []
    try:
        for folder in dict.fromkeys(step.path.parent for step in steps):
            path = record_name(folder, run)
            handle = create(path, 0o600)
            records.append((path, handle))
            with open(handle, "wb", closefd=False) as file:
                file.write(content)
            os.fsync(handle)
            sync_folder(folder)
    except OSError:
        drop_records(records)
        raise
    return records


def drop_records(records: Sequence[tuple[Path, int]]) -> None:
    """Remove records, and unlock them."""
    for path, handle in records:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        os.close(handle)


def recover(folder: Path) -> None:
    """Finish the sets that dead runs began to publish in a folder, and remove what others left.

    What cannot be changed, since it is another user's or the disk is read-only, stays; `is_whole` tells.
    """
    for path in under_way(folder, "set"):
        if (handle := locked_leftover(path)) is not None:
            try:
                with suppress(OSError):
                    _finish(path, handle)
            finally:
                os.close(handle)
    kept = {run_of(path) for path in under_way(folder, "set")}
    for path in under_way(folder, "tmp"):
        if run_of(path) not in kept and (handle := locked_leftover(path)) is not None:
            remove(path)
            os.close(handle)


def is_whole(folder: Path) -> bool:
    """Whether no set is being published in a folder, and none was left half published."""
    return not under_way(folder, "set")


def _finish(path: Path, handle: int) -> None:
    steps = _read(path, handle)
    begun = any(step.is_done() for step in steps if step.staged is not None)
    if begun or all(step.is_possible() for step in steps):
        for step in steps:
            if not step.is_done() and step.is_possible():
                step.take()
        for folder in dict.fromkeys(step.path.parent for step in steps):
            sync_folder(folder)
    for step in steps:
        if step.staged is not None:
            remove(step.staged)
    for folder in dict.fromkeys([path.parent, *(step.path.parent for step in steps)]):
        record_name(folder, str(run_of(path))).unlink(missing_ok=True)


def _plain(step: Step) -> list[object]:
    staged = None if step.staged is None else str(step.staged.absolute())
    return [staged, str(step.path.absolute()), *step.identity, step.replaces]


def _step(staged: str | None, path: str, device: int, inode: int, replaces: bool) -> Step:
    return Step(None if staged is None else Path(staged), Path(path), (device, inode), replaces)


def _read(path: Path, handle: int) -> list[Step]:
    """Return the steps of a record; none for one that was not written whole, or that others could have written."""
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o022 or status.st_size > _LIMIT:
        return []
    try:
        plain = json.loads(os.pread(handle, _LIMIT, 0))
        steps = [_step(*step) for step in plain["steps"]]
    except (ValueError, TypeError, KeyError):
        return []
    own = all(step.staged is None or run_of(step.staged) == run_of(path) for step in steps)
    return steps if own and plain.get("run") == run_of(path) else []
