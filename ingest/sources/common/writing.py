"""An import on disk: the tables, what was set apart, and a report; all of it appears at once or not at all."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pandas as pd

from littlegiants.ingest.errors import ConfigError, StopError, TableError
from littlegiants.ingest.sources.common.exports import read_export
from littlegiants.ingest.sources.common.imported import Imported
from littlegiants.ingest.tables.contract import TABLES

REPORT = "import.json"
QUARANTINE = "quarantine.csv"
_FORMULA = r"^[=+\-@\t\r＝＋－＠]"
_NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"


def write_import(imported: Imported, out: Path) -> None:
    """Write an import to a folder, from where `littlegiants.ingest.readers.read.read_tables` reads it.

    With a firms table the folder is new, or takes the place of a former import, which goes with all that was added to
    it. Without one, the tables are added to those of ``out``; rows are appended where a table is there already. Either
    way the folder is made beside ``out`` and then renamed. If the process is killed between the two renames of a
    replacement, the former folder stays beside as ``.<name>.former-…``.

    Parameters
    ----------
    imported
        What an importer returned.
    out
        The folder: absent, empty, or a former import; a folder with a firms table when tables are added.

    Raises
    ------
    ConfigError
        If ``out`` is not such a folder.
    TableError
        If an event to be appended is there already.
    StopError
        If the disk fails; ``out`` is then as it was.
    """
    adding = "firms" not in imported.frames
    _check(out, adding)
    try:
        with _staged(out, adding) as folder:
            for name, frame in imported.frames.items():
                _append_table(frame, folder, name) if adding else _write_csv(frame, folder / f"{name}.csv")
            for name, frame in imported.beside.items():
                _write_csv(frame, folder / f"{name}.csv")
            _append_quarantine(imported, folder / QUARANTINE)
            _append_report(imported, folder / REPORT)
    except OSError as error:
        raise StopError(f"{out} cannot be written: {error.strerror or error}; nothing was changed") from error


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with an apostrophe before any text that a spreadsheet would run as a formula; numbers stay.

    Examples
    --------
    >>> spreadsheet_safe(pd.DataFrame({"value": ["=1+1", "-5", "#NAME?"]}))["value"].tolist()
    ["'=1+1", '-5', '#NAME?']
    """
    out = frame.copy()
    for name in out.columns:
        if isinstance(out[name].dtype, pd.StringDtype):
            runs = out[name].str.contains(_FORMULA, regex=True) & ~out[name].str.fullmatch(_NUMBER)
            out[name] = out[name].mask(runs, "'" + out[name])
    return out


def _check(out: Path, adding: bool) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ConfigError(f"{out} is not a folder; name a new or empty folder, or a former import")
    if adding and not any((out / f"firms{suffix}").is_file() for suffix in (".csv", ".parquet")):
        raise ConfigError(f"{out} holds no firms table to add to; name the folder whose firms were joined")
    if not adding and out.is_dir() and any(out.iterdir()) and not (out / REPORT).is_file():
        raise ConfigError(f"{out} is not empty and no former import (it has no {REPORT}); name a new or empty folder")


@contextmanager
def _staged(out: Path, adding: bool) -> Iterator[Path]:
    """Give a folder to write to, and put it in the place of ``out`` once all is written."""
    out.parent.mkdir(parents=True, exist_ok=True)
    mark = uuid4().hex
    staged, former = (out.parent / f".{out.name}.{state}-{mark}" for state in ("new", "former"))
    try:
        if adding:
            shutil.copytree(out, staged, symlinks=True)
        else:
            staged.mkdir()
        yield staged
        _sync(staged)
        if out.exists():
            out.rename(former)
        try:
            staged.rename(out)
        except OSError:
            if former.exists():
                former.rename(out)
            raise
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    shutil.rmtree(former, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Have the disk hold the files before a name points at them."""
    for path in (*(path for path in folder.rglob("*") if path.is_file()), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _append_table(frame: pd.DataFrame, folder: Path, name: str) -> None:
    if (folder / f"{name}.parquet").exists():
        raise TableError(f"{name}.parquet cannot be added to; store the table as {name}.csv, or move it away")
    path = folder / f"{name}.csv"
    if path.exists():
        key = ["firm_id", *TABLES[name].key]
        present = read_export(path, key)
        if present.read > len(present.frame):
            raise TableError(f"{name}.csv has blank or ragged rows, which adding to it would lose; mend it first")
        again = frame.merge(present.frame, on=key)
        if len(again):
            raise TableError(f"{name}.csv already holds {again[key[-1]].iloc[0]!r}; was this import done before?")
        frame = pd.concat([present.frame, frame]).fillna("")
    _write_csv(frame, path)


def _append_quarantine(imported: Imported, path: Path) -> None:
    records = spreadsheet_safe(imported.quarantine.frame())
    records.to_csv(path, mode="a", header=not path.exists(), index=False, lineterminator="\n", encoding="utf-8")


def _append_report(imported: Imported, path: Path) -> None:
    former = json.loads(path.read_text(encoding="utf-8"))["imports"] if path.exists() else []
    text = json.dumps({"imports": [*former, _report(imported)]}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _report(imported: Imported) -> dict[str, object]:
    files = {
        sums.table: {
            "encoding": imported.encodings[sums.table],
            "sha256": imported.digests[sums.table],
            "read": sums.read,
            "used": sums.used,
            "quarantined": sums.quarantined,
            "by_code": sums.by_code,
        }
        for sums in imported.reconciliations
    }
    tables = {name: len(frame) for name, frame in imported.frames.items()}
    return {"source": imported.source, "files": files, "tables": tables, "notes": list(imported.notes)}


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
