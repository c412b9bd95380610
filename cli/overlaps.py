"""Outputs that would overwrite an input: compared by real path and by inode, before anything is read.

A link, a second name of one file and another way of writing a path are all the same place.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.contract import RATES, TABLES

_TABLES = {*TABLES, RATES.name, "import", "quarantine", "truth"}
_ARTEFACT = ("manifest.json", "model.txt")


@dataclass(frozen=True, slots=True)
class Input:
    """A place that a command reads.

    Attributes
    ----------
    path
        A file or a folder, which need not be there.
    what
        What it is, for the message: ``the list of firms``.
    closed
        Whether nothing new may be put into the folder either, as into a model's. Into a folder of tables it may,
        under a name that is none of a table.
    """

    path: Path
    what: str
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Output:
    """A place that a command writes.

    Attributes
    ----------
    path
        A file or a folder, which need not be there.
    is_folder
        Whether a folder takes its place, and all that is in it goes.
    own
        The input that it is meant to be, such as a store that is read and written; None for most.
    """

    path: Path
    is_folder: bool = False
    own: Input | None = None


def check_overlaps(inputs: Sequence[Input], outputs: Sequence[Output]) -> None:
    """Refuse an output that is an input, lies within one or holds one, is within a model, or is named twice.

    Raises
    ------
    ConfigError
        One line naming the output and what it is.
    """
    for index, output in enumerate(outputs):
        for one in inputs:
            if one is not output.own:
                _check(output, one)
        if output.own is None or not output.own.closed:
            _check_artefact(output.path)
        for other in outputs[:index]:
            if is_same(output.path, other.path):
                raise ConfigError(f"{output.path} is named twice; name a file for each of the two")
            if (other.is_folder and _holds(other.path, output.path)) or (
                output.is_folder and _holds(output.path, other.path)
            ):
                raise ConfigError(f"{output.path} and {other.path} lie one in the other; name places apart")


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one place, whatever links, names or letter case they take."""
    if one.resolve() == other.resolve() or _place(one) == _place(other):
        return True
    try:
        return one.samefile(other)
    except OSError:
        return False


def _check(output: Output, one: Input) -> None:
    path = output.path
    if is_same(path, one.path):
        raise ConfigError(f"{path} is {one.what}, already named as an input; name another place")
    if output.is_folder and _holds(path, one.path):
        raise ConfigError(f"{path} holds {one.what}, named as an input; name another folder")
    if not one.path.is_dir():
        return
    if one.closed and _holds(one.path, path):
        raise ConfigError(f"{path} lies within {one.what}; name a place outside of it")
    if not output.is_folder and is_same(path.parent, one.path) and _is_table(path):
        raise ConfigError(f"{path} is a table that is to be read; name another file")
    # What is no table is not read: the scores of yesterday may lie beside the tables and are written anew.
    if any(is_same(path, file) for file in _files(one.path) if _is_table(file)):
        raise ConfigError(f"{path} is a file among {one.what}, named as an input; name another file")


def _check_artefact(path: Path) -> None:
    """Refuse a place within any model, be it one that is read or not."""
    for folder in _place(path).parents:
        if all((folder / name).is_file() for name in _ARTEFACT):
            raise ConfigError(f"{path} lies within the model {folder}; name a place outside of it")


def _is_table(path: Path) -> bool:
    return path.stem.casefold() in _TABLES


def _files(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            yield from [Path(entry.path) for entry in entries if not entry.is_dir()]
    except OSError:
        return


def _holds(folder: Path, path: Path) -> bool:
    return any(is_same(parent, folder) for parent in (*_place(path).parents, *path.resolve().parents))


def _place(path: Path) -> Path:
    """Return where a path's own name stands, a link not followed."""
    return path.parent.resolve() / path.name
