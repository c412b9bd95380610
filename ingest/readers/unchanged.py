"""Guards against files that change while they are read: a table, or a folder, of two states at once is none."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from littlegiants.ingest.errors import StopError
from littlegiants.ingest.files.set_record import is_whole, recover

_PATIENCE, _PAUSE = 10.0, 0.02  # seconds


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Check that a file does not change within the block.

    Raises
    ------
    StopError
        At the end of the block, if the file was replaced, has grown, or was written to.
    """
    before = _state(path)
    try:
        yield
    finally:
        if _state(path) != before:
            # Any other error in the block is a consequence of this.
            raise StopError(f"{path} changed while it was read; read it again once it is whole")


@contextmanager
def unchanged_set(folder: Path, paths: Sequence[Path]) -> Iterator[None]:
    """Check that none of several files of a folder changes within the block, so that all are of one state.

    What a dead run left half published in the folder is finished first.

    Raises
    ------
    StopError
        If a set of files is being published there and that does not end, or at the end of the block, if a file was
        replaced, added, removed or written to.
    """
    recover(folder)
    end = time.monotonic() + _PATIENCE
    while not is_whole(folder):
        if time.monotonic() > end:
            raise StopError(
                f"the files in {folder} are half replaced; let the run that writes them end, or run it again"
            )
        time.sleep(_PAUSE)
        recover(folder)
    before = [_state(path) for path in paths]
    yield
    for path, state in zip(paths, before, strict=True):
        if _state(path) != state:
            raise StopError(f"{path} changed while its folder was read; read it again once it is whole")


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    # No program can set the time of the last change of state (ctime).
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
