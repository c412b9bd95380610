"""The files that a job reads, and their digests: of the very content that was read, or the job ends."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec

from littlegiants.ingest.readers.read import table_files
from littlegiants.ingest.readers.unchanged import unchanged


class Input(msgspec.Struct, frozen=True):
    """A file that was read."""

    file: str
    bytes: int
    sha256: str


@contextmanager
def digested(data: str) -> Iterator[tuple[Input, ...]]:
    """Give the files of a place with their digests, and check that none changes while the block reads them.

    Parameters
    ----------
    data
        A folder of tables; a database has no files.

    Raises
    ------
    TableError
        As of `littlegiants.ingest.readers.read.table_files`.
    StopError
        At the end of the block, if a file was replaced, has grown, or was written to.
    """
    files = table_files(data)
    with ExitStack() as guards:
        for path in files:
            guards.enter_context(unchanged(path))
        found = []
        for path in files:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                found.append(Input(path.name, file.tell(), digest))
        yield tuple(found)
