"""A guard against files that change while they are read: a table of two states at once is no table."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from littlegiants.ingest.errors import StopError


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


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    # No program can set the time of the last change of state (ctime).
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
