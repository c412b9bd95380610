"""The folder beside an output in which a job keeps what it has done, and which no two runs have at a time."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from littlegiants.ingest.errors import BusyError, LittleGiantsError, StopError
from littlegiants.ingest.files.atomic import cannot_write

_GONE = ".gone"


@contextmanager
def job_folder(out: Path, resume: bool = False) -> Iterator[Path]:
    """Give the folder of the job that writes ``out``, which goes when the block ends well.

    It stays, with what the job has put into it, if the job was stopped: interrupted, killed, or by a full disk. A run
    that resumes goes on with that; any other removes it.

    Parameters
    ----------
    out
        The output, which need not exist.
    resume
        Whether to keep what a former run left.

    Raises
    ------
    BusyError
        If another run has the folder.
    ConfigError, StopError
        If it cannot be made.
    """
    folder = out.parent / f".{out.name}.job"
    try:
        handle = _locked(folder, out)
    except OSError as error:
        raise cannot_write(out, error) from None
    try:
        if not resume:
            empty(folder)
        yield folder
        empty(folder)
    except LittleGiantsError as error:
        if type(error) is not StopError:  # the next run would end in the same way
            empty(folder)
        raise
    finally:
        with suppress(OSError):
            folder.rmdir()  # unless there is something in it
        os.close(handle)


def _locked(folder: Path, out: Path) -> int:
    """Make the folder if need be, and return a handle that locks it until it is closed, or its owner dies."""
    while True:
        with suppress(FileExistsError):
            folder.mkdir(0o700)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise BusyError(f"another run writes {out}; wait for its end, or name another file") from None
        except OSError:
            return handle  # the file system knows no locks
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), folder.stat()):
                return handle
        os.close(handle)  # the run before has just removed it


def empty(folder: Path) -> None:
    """Remove all that is in a folder; what a kill leaves half removed has lost its name before."""
    for path in sorted(folder.iterdir(), key=lambda path: path.suffix != _GONE):  # what another run left, first
        gone = path if path.suffix == _GONE else path.rename(path.with_name(f"{path.name}{_GONE}"))
        if gone.is_dir() and not gone.is_symlink():
            shutil.rmtree(gone)
        else:
            gone.unlink()
