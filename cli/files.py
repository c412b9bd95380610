"""Checks of the files that a command will write, made before its work; and the title of its tables."""

from pathlib import Path

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.extras import require_extra

Kinds = tuple[str, ...]
FRAME: Kinds = (".csv", ".parquet", ".xlsx")
PAGE: Kinds = (".html", ".htm")
RECORD: Kinds = (".json",)


def check_files(*files: tuple[Path | None, Kinds]) -> None:
    """Refuse files that could not be written after the work.

    Parameters
    ----------
    *files
        Files to be written and the suffixes that each may have; None for one that is not wanted.

    Raises
    ------
    ConfigError
        If a suffix is another or a folder is missing; or if a page is to be written without what draws it
        (``MissingExtraError``).
    """
    from littlegiants.ingest.files.frames import check_suffix

    for path, kinds in files:
        if path is None:
            continue
        if kinds is PAGE:
            require_extra("report", "--report")
        check_suffix(path, kinds)
        if not path.parent.is_dir():
            raise ConfigError(f"{path} cannot be written: there is no folder {path.parent}")


def title(tables: str) -> str:
    """Return the folder's or the database's name for the head of a report, never a URL: it may hold a secret."""
    if "://" not in tables:
        return Path(tables).resolve().name
    from sqlalchemy import make_url

    return Path(make_url(tables).database or "").name
