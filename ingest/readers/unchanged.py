"""A file that stays as it is while it is read: tables of two states at once would be tables of no state."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from littlegiants.ingest.errors import StopError


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Watch over a file for as long as the block lasts.

    Raises
    ------
    StopError
        At the end of the block, if the file has since been replaced, has grown, or was written to.
    """
    before = _state(path)
    try:
        yield
    finally:
        if _state(path) != before:
            # Whatever else went wrong in the block came of this.
            raise StopError(f"{path} changed while it was read; read it again once it is whole")


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    # The time of the last change of state is the one that no program can set.
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
