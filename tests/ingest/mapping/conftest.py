"""Files of every kind, and the tables that `giants import table` makes of them."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from littlegiants.ingest.mapping.import_table import Plan, import_plans, plan_import
from littlegiants.ingest.mapping.mapping_file import from_toml
from littlegiants.ingest.sources.common.imported import Imported

Rows = Sequence[Sequence[object]]


def delimited(header: Sequence[str], rows: Sequence[Mapping[str, object]], delimiter: str = ",") -> str:
    """Text of a file with all of the columns, of which the rows say what they name."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        assert set(row) <= set(header), set(row) - set(header)
        writer.writerow([row.get(name, "") for name in header])
    return text.getvalue()


def records(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Rows of a table, of some of its columns."""
    return [tuple(row) for row in frame[list(columns)].to_numpy(object)]


def quarantined(imported: Imported) -> list[tuple[object, ...]]:
    """Row, column and code of what was quarantined."""
    return [tuple(row) for row in imported.quarantine.frame()[["row", "column", "code"]].to_numpy(object)]


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., list[Plan]]:
    """A function that writes files and plans their import; text, bytes, or sheets of a workbook by name."""

    def make(
        mapping: str = "", encoding: str | None = None, delimiter: str | None = None, **files: object
    ) -> list[Plan]:
        paths = [_write(tmp_path / name.replace("__", "."), content) for name, content in files.items()]
        given = from_toml(mapping, "mapping") if mapping else None
        return plan_import(paths, given, encoding=encoding, delimiter=delimiter)

    return make


@pytest.fixture
def import_files(plan) -> Callable[..., Imported]:
    """A function that writes files and imports them."""
    return lambda *args, **files: import_plans(plan(*args, **files))


def _write(path: Path, content: object) -> Path:
    if isinstance(content, dict):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in content.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
        book.save(path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(str(content), encoding="utf-8", newline="")
    return path
