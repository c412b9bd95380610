"""Tables that have the contract's columns already, as CSV, Parquet or Excel: checked, and written as CSV."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from littlegiants.ingest.errors import StopError, TableError
from littlegiants.ingest.readers.parquet_file import read_parquet
from littlegiants.ingest.sources.common.amounts import AmountForm, plain_amounts
from littlegiants.ingest.sources.common.dates import to_iso
from littlegiants.ingest.sources.common.exports import Export, read_bytes, read_export
from littlegiants.ingest.sources.common.identity import is_mangled
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.common.workbook import as_text, read_workbook
from littlegiants.ingest.sources.source import AMOUNTS, DATE_FORMAT, DELIMITER, ENCODING, Source
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES, Kind

SOURCE = Source(
    name="canonical",
    summary="Import tables of the contract from Excel, Parquet or CSV.",
    path="FILE|DIR",
    path_help="A workbook with a sheet a table, or a folder with a file a table.",
    examples=("giants import canonical portfolio.xlsx --out data/portfolio",),
    options=(DATE_FORMAT, AMOUNTS, ENCODING, DELIMITER),
    position=90,
)

_SUFFIXES = (".csv", ".parquet", ".xlsx")
_NUMBERS = (Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SHARE)
_SERIAL = r"[0-9]{5}(\.[0-9]+)?"


def import_canonical(
    source: Path,
    *,
    date_format: str | None = None,
    amounts: AmountForm = "plain",
    encoding: str | None = None,
    delimiter: str | None = ",",
) -> Imported:
    """Read tables of the contract and return those of their rows that it takes.

    Ids are text: a number in the place of an id is quarantined, and so is a bare number in the place of a date. Columns
    that the contract does not know are kept; the reader of the folder counts them.

    Parameters
    ----------
    source
        One workbook with a sheet for each table, or a folder with one file for each table: ``firms.csv``,
        ``firms.parquet`` or ``firms.xlsx``, whose only sheet may have any name.
    date_format
        How text dates are written, see `littlegiants.ingest.sources.common.dates`; None for ISO.
    amounts
        How amounts and other numbers in text are written, see `littlegiants.ingest.sources.common.amounts`.
    encoding, delimiter
        Of the CSV files, see `littlegiants.ingest.sources.common.exports.read_export`.

    Raises
    ------
    ConfigError
        If an option is wrong.
    TableError
        If there is no firms table, one table twice, or a file that cannot be read as a whole.
    StopError
        If a file changes while it is read.
    """
    notes: list[str] = []
    if source.is_dir():
        exports = {name: _read(path, encoding, delimiter, notes) for name, path in _files(source, notes)}
    else:
        exports = _sheets(source, notes)
    if "firms" not in exports:
        raise TableError(f"{source} holds no firms table; name a file or a sheet 'firms'")
    firms = _rows("firms", exports["firms"], date_format, amounts)
    frames = {"firms": exports["firms"].keep_valid("firms", firms, {})}
    firm_ids = np.unique(frames["firms"]["firm_id"].to_numpy(object))
    for name in (name for name in EVENT_TABLES if name in exports):
        rows = _rows(name, exports[name], date_format, amounts)
        frames[name] = exports[name].keep_valid(name, rows, {}, firm_ids)
    return close("canonical", list(exports.values()), {name: _text(frame) for name, frame in frames.items()}, notes, {})


def _files(folder: Path, notes: list[str]) -> Iterator[tuple[str, Path]]:
    strange = [path for path in sorted(folder.iterdir()) if path.stem not in TABLES or path.suffix not in _SUFFIXES]
    notes += [f"{path.name} is no table of the contract: not read" for path in strange]
    for name in TABLES:
        found = [path for suffix in _SUFFIXES if (path := folder / f"{name}{suffix}").exists() or path.is_symlink()]
        if len(found) > 1:
            raise TableError(f"{folder} holds both {found[0].name} and {found[1].name}; keep one of them")
        if found:
            yield name, found[0]


def _read(path: Path, encoding: str | None, delimiter: str | None, notes: list[str]) -> Export:
    if path.suffix == ".csv":
        return read_export(path, ("firm_id",), delimiter, encoding)
    if path.suffix == ".parquet":
        return _parquet(path)
    found, others = read_workbook(path, [path.stem])
    if not found and len(others) == 1:
        found, others = read_workbook(path, others)
    if not found:
        raise TableError(f"{path} has the sheets {', '.join(others)}; name one of them {path.stem}")
    notes += [f"sheet {name!r} of {path.name} is no table of the contract: not read" for name in others]
    return next(iter(found.values()))


def _parquet(path: Path) -> Export:
    digest = hashlib.sha256(read_bytes(path)).hexdigest()
    try:
        frame = read_parquet(path).frame
    except (pa.ArrowException, OSError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise TableError(f"{path} cannot be read: {reason}") from error
    if hashlib.sha256(read_bytes(path)).hexdigest() != digest:
        raise StopError(f"{path} changed while it was read; import it again once it is whole")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return Export(path.name, frame, "parquet", digest, len(frame))


def _sheets(path: Path, notes: list[str]) -> dict[str, Export]:
    if path.suffix != ".xlsx":
        raise TableError(f"{path} is neither a folder nor an .xlsx workbook; give the folder that holds the tables")
    found, others = read_workbook(path, TABLES)
    notes += [f"sheet {name!r} is no table of the contract: not read" for name in others]
    return {name: found[name] for name in TABLES if name in found}


def _rows(table: str, export: Export, date_format: str | None, amounts: AmountForm) -> pd.DataFrame:
    """Return the rows as the contract reads them, and quarantine numbers where an id or a date belongs."""
    kinds = {column.name: column.kind for column in TABLES[table].columns} | {"firm_id": Kind.ID, "known_on": Kind.DATE}
    rows = export.frame
    # The contract judges a column that has one type; only text and cells of mixed types are looked into here.
    names = [str(name) for name, dtype in rows.dtypes.items() if isinstance(dtype, pd.StringDtype) or dtype.kind == "O"]
    for name in names:
        values = export.frame[name]
        number = values.map(lambda value: isinstance(value, int | float)).astype(bool) & values.notna()
        text = values.map(as_text, na_action="ignore").fillna("").astype("str")
        if kinds.get(name) is Kind.ID:
            export.reject(number | is_mangled(text), name, "numeric_id")
        elif kinds.get(name) is Kind.DATE:
            text = to_iso(text, date_format)
            export.reject(number | text.str.fullmatch(_SERIAL), name, "serial_date")
        elif kinds.get(name) in _NUMBERS:
            written, other = plain_amounts(text, amounts)
            export.reject(other & ~number, name, "not_a_number")
            text = text.where(number, written)
        rows = rows.assign(**{name: text})
    return rows.loc[export.frame.index]


def _text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return typed columns as the text of a CSV file, empty where missing."""
    out = {}
    for name, values in frame.items():
        if pd.api.types.is_datetime64_any_dtype(values):
            values = values.dt.strftime("%Y-%m-%d")
        out[name] = values.astype(object).map(as_text, na_action="ignore").fillna("").astype("str")
    return pd.DataFrame(out, index=frame.index)
