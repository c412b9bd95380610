"""Checks of the files that a command will write, made before its work; and the title of its tables."""

from collections.abc import Iterable
from pathlib import Path

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.extras import require_extra

Kinds = tuple[str, ...]
FRAME: Kinds = (".csv", ".parquet")
PAGE: Kinds = (".html", ".htm")


def check_files(files: Iterable[tuple[Path | None, Kinds]], tables: Iterable[str | Path | None], use: str) -> None:
    """Refuse files that could not be written after the work, or that would overwrite an input.

    Parameters
    ----------
    files
        Files to be written and the suffixes that each may have; None for one that is not wanted.
    tables
        Folders or databases that are read.
    use
        What is done with the tables, for the message: ``scored``.

    Raises
    ------
    ConfigError
        If a suffix is another, a folder is missing, or a file is one of the tables; or if a page is to be written
        without what draws it (``MissingExtraError``).
    """
    from littlegiants.ingest.files.frames import check_suffix
    from littlegiants.ingest.tables.contract import RATES, TABLES

    folders = {Path(location).resolve() for location in tables if location is not None}
    for path, kinds in files:
        if path is None:
            continue
        if kinds is PAGE:
            require_extra("report", "--report")
        check_suffix(path, kinds)
        if not path.parent.is_dir():
            raise ConfigError(f"{path} cannot be written: there is no folder {path.parent}")
        if path.parent.resolve() in folders and path.stem in (*TABLES, RATES.name):
            raise ConfigError(f"{path} is a table that is to be {use}; name another file")


def check_distinct(*files: Path | None) -> None:
    """Refuse a file that is named for two purposes.

    Raises
    ------
    ConfigError
        If two of the files are one.
    """
    named = [path for path in files if path is not None]
    resolved = [path.resolve() for path in named]
    for index, path in enumerate(named):
        if resolved.index(resolved[index]) < index:
            raise ConfigError(f"{path} is named twice; name a file for each of the two")


def title(tables: str) -> str:
    """Return the folder's or the database's name for the head of a report, never a URL: it may hold a secret."""
    if "://" not in tables:
        return Path(tables).resolve().name
    from sqlalchemy import make_url

    return Path(make_url(tables).database or "").name
