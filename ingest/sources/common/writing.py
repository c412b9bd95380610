"""An import on disk: the tables, the quarantine and a report, all of which appear at once or not at all."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from littlegiants.ingest.errors import ConfigError, StopError, TableError
from littlegiants.ingest.files.atomic import staged_folder
from littlegiants.ingest.files.formula_guard import guard_frame
from littlegiants.ingest.sources.common.exports import read_export
from littlegiants.ingest.sources.common.imported import Imported
from littlegiants.ingest.tables.contract import TABLES

REPORT = "import.json"
QUARANTINE = "quarantine.csv"


def write_import(imported: Imported, out: Path) -> None:
    """Write an import to a folder, from where `littlegiants.ingest.readers.read.read_tables` reads it.

    With a firms table the folder is new, or replaces a former import with all that was added to it. Without one, the
    tables are added to those of ``out``; rows are appended where a table is there already. Either
    way the folder is made beside ``out`` and then renamed, see `littlegiants.ingest.files.atomic.staged_folder`.

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
        with staged_folder(out, copied=adding) as folder:
            for name, frame in imported.frames.items():
                _append_table(frame, folder, name) if adding else _write_csv(frame, folder / f"{name}.csv")
            for name, frame in imported.beside.items():
                _write_csv(guard_frame(frame), folder / f"{name}.csv")
            _append_quarantine(imported, folder / QUARANTINE)
            _append_report(imported, folder / REPORT)
    except OSError as error:
        raise StopError(f"{out} cannot be written: {error.strerror or error}; nothing was changed") from None


def _check(out: Path, adding: bool) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ConfigError(f"{out} is not a folder; name a new or empty folder, or a former import")
    if adding and not any((out / f"firms{suffix}").is_file() for suffix in (".csv", ".parquet")):
        raise ConfigError(f"{out} holds no firms table to add to; name the folder whose firms were joined")
    if not adding and out.is_dir() and any(out.iterdir()) and not (out / REPORT).is_file():
        raise ConfigError(f"{out} is not empty and no former import (it has no {REPORT}); name a new or empty folder")


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
    records = guard_frame(imported.quarantine.frame())
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
    report: dict[str, object] = {
        "source": imported.source,
        "files": files,
        "tables": tables,
        "notes": list(imported.notes),
    }
    events = {
        sums.table: {"read": sums.read, "used": sums.used, "quarantined": sums.quarantined, "by_code": sums.by_code}
        for sums in imported.events
    }
    return {**report, "events": events} if events else report


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    if frame.empty or len(frame.columns) < 2:
        frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
        return
    # A tenth of the time that pandas takes: a column is quoted as a whole, and the lines are one buffer.
    texts = pa.Table.from_pandas(frame.astype("str"), preserve_index=False).combine_chunks()
    columns = [_quoted(column.combine_chunks().cast(pa.large_string())) for column in texts.columns]
    lines = _joined(*columns[:-1], _joined(columns[-1], "\n", by=""), by=",")
    with path.open("wb") as file:
        file.write(frame.iloc[:0].to_csv(index=False, lineterminator="\n").encode())
        file.write(memoryview(lines.buffers()[2])[: _length(lines)])


def _quoted(texts: pa.Array) -> pa.Array:
    """Return a column as it stands in CSV: in quotes where a separator, a quote or the end of a line is in it."""
    texts = texts.fill_null("")
    needs = pc.match_substring_regex(texts, '[",\\r\\n]')
    if not pc.any(needs).as_py():
        return texts
    quoted = _joined('"', pc.replace_substring(texts, '"', '""'), '"', by="")
    return pc.if_else(needs, quoted, texts)


def _joined(*parts: pa.Array | str, by: str) -> pa.Array:
    """Return the parts of each row as one text; a text alone is of every row."""
    every = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in (*parts, by)]
    return pc.binary_join_element_wise(*every)


def _length(lines: pa.Array) -> int:
    return int(pc.sum(pc.binary_length(lines)).as_py())
