"""Files fetched from elsewhere: few, small, by plain names, and within a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import TypeVar

from littlegiants.ingest.errors import RegistryError

T = TypeVar("T")
FILES, BYTES = 16, 100 << 20


def check_sizes(sizes: Mapping[str, int | None]) -> None:
    """Refuse a listing of more files, or of more bytes, than an artefact has.

    Parameters
    ----------
    sizes
        Bytes of each file as announced, None where nothing was.

    Raises
    ------
    RegistryError
        If there are more than 16 files or 100 MiB.
    """
    if len(sizes) > FILES:
        raise RegistryError(f"the registry lists {len(sizes):,} files; an artefact has at most {FILES}")
    if sum(size or 0 for size in sizes.values()) > BYTES:
        raise RegistryError(f"the registry's files are larger than {BYTES:,} bytes; no artefact is")


def save(chunks: Iterable[bytes], path: Path, room: int) -> int:
    """Write a file as it comes, and return the bytes that are left of the room for all files.

    Parameters
    ----------
    chunks
        The file's content, in order.
    path
        Where the file is written.
    room
        Bytes that may still come.

    Raises
    ------
    RegistryError
        As soon as more comes than there is room for, whatever size was announced.
    """
    with path.open("wb") as file:
        for chunk in chunks:
            room -= len(chunk)
            if room < 0:
                raise RegistryError(f"the registry sends more than {BYTES:,} bytes; no artefact is so large")
            file.write(chunk)
    return room


def with_timeout(seconds: float, work: Callable[[], T], subject: str) -> T:
    """Do something that waits for others, and give it up when the time is over.

    Parameters
    ----------
    seconds
        Bound on the whole work. A time-out of each step is no bound: a host may send one byte at a time for ever.
    work
        Runs in a thread of its own. It goes on there after it has been given up, and nothing waits for it.
    subject
        What the work is about, for the message.

    Raises
    ------
    RegistryError
        If the time is over; else whatever the work raises.
    """
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised by whoever waits
            done.set_exception(error)

    Thread(target=run, name="registry", daemon=True).start()
    try:
        return done.result(seconds)
    except TimeoutError:
        if done.done():
            raise
        raise RegistryError(f"{subject}: the registry has not answered in full within {seconds:g} seconds") from None


def chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Give what a stream brings, piece by piece, as soon as there is one."""
    while piece := read(1 << 16):
        yield piece
