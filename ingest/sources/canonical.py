"""Tables that have the contract's columns already, as CSV, Parquet or Excel: checked, and written as CSV."""

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from littlegiants.ingest.errors import StopError, TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.readers.parquet_file import read_parquet
from littlegiants.ingest.readers.unchanged import unchanged_set
from littlegiants.ingest.sources.common.amounts import AmountForm, plain_amounts
from littlegiants.ingest.sources.common.dates import to_iso
from littlegiants.ingest.sources.common.exports import Export, read_bytes, read_export
from littlegiants.ingest.sources.common.identity import is_mangled
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.common.workbook import FORMAT_LIMITS, as_text, read_workbook
from littlegiants.ingest.sources.source import AMOUNTS, DATE_FORMAT, DELIMITER, ENCODING, IGNORE_COLUMN, Source
from littlegiants.ingest.tables.column_names import check_ignored, match_columns, normalised, resembles
from littlegiants.ingest.tables.contract import EVENT_TABLES, NUMBERS, TABLES, Kind
from littlegiants.ingest.tables.iso_date import ISO_DATE
from littlegiants.ingest.tables.limits import UNLIMITED, Limits

SOURCE = Source(
    name="canonical",
    summary="Import tables of the contract from Excel, Parquet or CSV.",
    path="FILE|DIR",
    path_help="A workbook with a sheet a table, or a folder with a file a table.",
    examples=("giants import canonical portfolio.xlsx --out data/portfolio",),
    options=(DATE_FORMAT, AMOUNTS, ENCODING, DELIMITER, IGNORE_COLUMN),
    bounded=True,
    position=90,
)

_SUFFIXES = (".csv", ".parquet", ".xlsx")
_SERIAL = r"[0-9]{5}(\.[0-9]+)?"


def import_canonical(
    source: Path,
    *,
    date_format: str | None = None,
    amounts: AmountForm = "plain",
    encoding: str | None = None,
    delimiter: str | None = ",",
    ignore_column: Collection[str] | None = None,
) -> Imported:
    """Read tables of the contract and return those of their rows that it takes.

    Ids are text: a number in the place of an id is quarantined, and so is a bare number in the place of a date. Columns
    that the contract does not know are kept; the reader of the folder counts them. One that resembles a column that its
    table lacks is refused, see `littlegiants.ingest.tables.column_names.match_columns`.

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
    ignore_column
        Columns that resemble one of the contract and are none; they are left out.

    Raises
    ------
    ConfigError
        If an option is wrong.
    TableError
        If there is no firms table, one table twice, or a file that cannot be read as a whole.
    StopError
        If a file changes while it is read.
    """
    return read_canonical(source, None, date_format, amounts, encoding, delimiter, ignore_column or ())


def read_canonical(
    source: Path,
    limits: Limits | None,
    date_format: str | None = None,
    amounts: AmountForm = "plain",
    encoding: str | None = None,
    delimiter: str | None = None,
    ignore_column: Collection[str] = (),
) -> Imported:
    """Read tables as `import_canonical` does, and no table with more rows or columns than the limits.

    Parameters
    ----------
    source
        As of `import_canonical`.
    limits
        None for those of each format alone.
    date_format, amounts, encoding, delimiter, ignore_column
        As of `import_canonical`.

    Raises
    ------
    ConfigError, TableError, StopError
        As `import_canonical`; `TooMuchError` beyond the limits.
    """
    notes: list[str] = []
    check_ignored(ignore_column)
    if source.is_dir():
        with unchanged_set(source, [source / f"{name}{suffix}" for name in TABLES for suffix in _SUFFIXES]):
            exports = {name: _read(path, encoding, delimiter, limits, notes) for name, path in _files(source, notes)}
    else:
        exports = _sheets(source, limits, notes)
    for name, export in exports.items():
        export.frame = _named(name, export.frame, ignore_column)
    if "firms" not in exports:
        raise TableError(f"{source} holds no firms table; name a file or a sheet 'firms'")
    firms = _rows("firms", exports["firms"], date_format, amounts)
    frames = {"firms": exports["firms"].keep_valid("firms", firms, {})}
    firm_ids = np.unique(frames["firms"]["firm_id"].to_numpy(object))
    for name in (name for name in EVENT_TABLES if name in exports):
        rows = _rows(name, exports[name], date_format, amounts)
        frames[name] = exports[name].keep_valid(name, rows, {}, firm_ids)
    return close("canonical", list(exports.values()), {name: _text(frame) for name, frame in frames.items()}, notes, {})


def _named(table: str, frame: pd.DataFrame, ignored: Collection[str]) -> pd.DataFrame:
    """Return the rows with the contract's names for its columns, and without the columns to be ignored."""
    names = list(map(str, frame.columns))
    own = match_columns(TABLES[table], names, ignored)
    insisted = {normalised(name) for name in ignored}
    kept = [index for index, name in enumerate(names) if index in own or normalised(name) not in insisted]
    return frame.iloc[:, kept].set_axis([own.get(index, names[index]) for index in kept], axis=1)


def _files(folder: Path, notes: list[str]) -> Iterator[tuple[str, Path]]:
    strange = [path for path in sorted(folder.iterdir()) if path.stem not in TABLES or path.suffix not in _SUFFIXES]
    notes += [f"{path.name} is no table of the contract: not read" for path in strange]
    for name in TABLES:
        found = [path for suffix in _SUFFIXES if (path := folder / f"{name}{suffix}").exists() or path.is_symlink()]
        if len(found) > 1:
            raise TableError(f"{folder} holds both {found[0].name} and {found[1].name}; keep one of them")
        if found:
            yield name, found[0]


def _read(path: Path, encoding: str | None, delimiter: str | None, limits: Limits | None, notes: list[str]) -> Export:
    if path.suffix == ".csv":
        export = read_export(path, (), delimiter, encoding, limits or UNLIMITED)
        names = list(map(normalised, export.frame.columns))
        if names.count("firm_id") != 1 and not any(resembles(name, "firm_id") for name in names if name != "firm_id"):
            raise TableError(f"{path}: column 'firm_id' must stand once in the header, which is {listed(names)}")
        return export
    if path.suffix == ".parquet":
        return _parquet(path, limits or UNLIMITED)
    found, others = read_workbook(path, [path.stem], limits or FORMAT_LIMITS)
    if not found and len(others) == 1:
        found, others = read_workbook(path, others, limits or FORMAT_LIMITS)
    if not found:
        raise TableError(f"{path} has the sheets {listed(others)}; name one of them {path.stem}")
    notes += [f"sheet {name!r} of {path.name} is no table of the contract: not read" for name in others]
    return next(iter(found.values()))


def _parquet(path: Path, limits: Limits) -> Export:
    digest = hashlib.sha256(read_bytes(path)).hexdigest()
    try:
        frame = read_parquet(path, limits=limits).frame
    except (pa.ArrowException, OSError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise TableError(f"{path} cannot be read: {reason}") from error
    if hashlib.sha256(read_bytes(path)).hexdigest() != digest:
        raise StopError(f"{path} changed while it was read; import it again once it is whole")
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return Export(path.name, frame, "parquet", digest, len(frame))


def _sheets(path: Path, limits: Limits | None, notes: list[str]) -> dict[str, Export]:
    if path.suffix != ".xlsx":
        raise TableError(f"{path} is neither a folder nor an .xlsx workbook; give the folder that holds the tables")
    found, others = read_workbook(path, TABLES, limits or FORMAT_LIMITS)
    notes += [f"sheet {name!r} is no table of the contract: not read" for name in others]
    return {name: found[name] for name in TABLES if name in found}


def _rows(table: str, export: Export, date_format: str | None, amounts: AmountForm) -> pd.DataFrame:
    """Return the rows as the contract reads them, and quarantine numbers where an id or a date belongs."""
    kinds = {column.name: column.kind for column in TABLES[table].columns} | {"firm_id": Kind.ID, "known_on": Kind.DATE}
    rows = export.frame
    # The contract judges a column that has one type; only text and cells of mixed types are looked into here.
    names = [name for name in rows.columns if name in kinds and rows[name].dtype.kind == "O"]
    read: dict[str, pd.Series] = {}
    for name in names:
        values = export.frame[name]
        number = values.map(lambda value: isinstance(value, int | float)).astype(bool) & values.notna()
        text = values.map(as_text, na_action="ignore").fillna("").astype("str")
        if kinds.get(name) is Kind.ID:
            export.reject(number | is_mangled(text), name, "numeric_id")
        elif kinds.get(name) is Kind.DATE:
            text = to_iso(text, date_format)
            # A number that the declared form reads, such as a year, is a date.
            undeclared = number & ~text.str.fullmatch(ISO_DATE)
            export.reject(undeclared | text.str.fullmatch(_SERIAL), name, "serial_date")
        elif kinds.get(name) in NUMBERS:
            written, other = plain_amounts(text, amounts)
            export.reject(other & ~number, name, "not_a_number")
            text = text.where(number, written)
        read[name] = text
    return rows.assign(**read).loc[export.frame.index]


def _text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return typed columns as the text of a CSV file, empty where missing."""
    typed = [name for name, values in frame.items() if not isinstance(values.dtype, pd.StringDtype) or values.hasnans]
    return frame.assign(**{str(name): _as_text(frame[name]) for name in typed})


def _as_text(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        values = values.dt.strftime("%Y-%m-%d")
    return values.astype(object).map(as_text, na_action="ignore").fillna("").astype("str")
