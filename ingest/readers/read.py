"""Tables from a folder of CSV or Parquet files, or from a database."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.csv_file import csv_chunks
from littlegiants.ingest.readers.parquet_file import parquet_chunks
from littlegiants.ingest.readers.unchanged import unchanged_set
from littlegiants.ingest.tables.column_names import check_ignored, own_columns
from littlegiants.ingest.tables.contract import RATES, TABLES
from littlegiants.ingest.tables.loss import check_loss
from littlegiants.ingest.tables.raw_table import RawTable, joined
from littlegiants.ingest.tables.tables import Tables
from littlegiants.ingest.threads import in_threads

_SUFFIXES = (".csv", ".csv.gz", ".csv.zst", ".parquet")
_BYTES_A_ROW, _COMPRESSION = 60, 6  # of a CSV file
_SPECS = {**TABLES, RATES.name: RATES}


def read_tables(
    location: str | Path,
    constant_prices: int | None = None,
    *,
    ignore_columns: Collection[str] = (),
    max_quarantined: float = 1.0,
) -> Tables:
    """Read every table of the contract that a folder or a database holds.

    Parameters
    ----------
    location
        A folder with ``firms.csv`` or ``firms.parquet`` and any of the other tables, or a database URL such as
        ``postgresql+psycopg://host/name`` with tables of those names. CSV is UTF-8 with commas and one header line; it
        may be compressed (``.csv.gz``, ``.csv.zst``). In place of a file there may be a folder, such as ``rounds``, of
        files that together are the table, in the order of their names. A table ``rates`` replaces the bundled exchange
        rates, see `littlegiants.ingest.tables.money`.
    constant_prices
        Base year of constant prices: amounts become US dollars of that year. By default they stay as paid.
    ignore_columns
        Columns that resemble one of the contract and are none. Any other that resembles one the table lacks is an
        error, because a misspelt name would pass for missing data.
    max_quarantined
        The share of a table's rows that may be lost. The commands of the command line stop at 0.2.

    Returns
    -------
    Tables
        What could be used, what was quarantined, and the sums.

    Raises
    ------
    TableError
        If the location does not exist, holds no ``firms`` table or one table twice, or a file cannot be read as a
        whole; or if an unknown column resembles one that its table lacks.
    StopError
        If a file changes while the tables are read, or they are half replaced.
    LossError
        If more rows of a table than that share are quarantined.
    ConfigError
        If no price index had been published by the base year, or a column to be ignored is of the contract.
    """
    tables = Tables.from_raw(read_raw(location, ignore_columns), constant_prices)
    check_loss(tables.reconciliations, max_quarantined)
    return tables


def read_raw(location: str | Path, ignore_columns: Collection[str] = ()) -> dict[str, RawTable]:
    """Read the tables as they are, before any row is validated, for callers who need what a row itself states.

    Raises
    ------
    TableError
        As `read_tables`, except for what only validation finds.
    """
    return dict(raw_chunks(location, ignore_columns))


def raw_chunks(
    location: str | Path,
    ignore_columns: Collection[str] = (),
    rows: int | None = None,
    only: Collection[str] = tuple(_SPECS),
) -> Iterator[tuple[str, RawTable]]:
    """Give the tables as they are, one after the other, in chunks, so that they may be larger than memory.

    Parameters
    ----------
    location, ignore_columns
        As of `read_tables`.
    rows
        About how many rows a chunk has; by default each table is one chunk.
    only
        Names of the tables that are read.

    Yields
    ------
    tuple of str and RawTable
        A table's name and a chunk of it, whose rows are numbered through the whole table.

    Raises
    ------
    TableError, StopError, ConfigError
        As `read_raw`; some only at the end of a table.
    """
    check_ignored(ignore_columns)
    if "://" in str(location):
        # SQLAlchemy is imported for databases only: a tenth of what scoring a few firms from files takes.
        from littlegiants.ingest.readers import database

        url = str(location)
        found = database.read_database(url).items() if rows is None else database.database_chunks(url, rows, only)
        yield from ((name, own_columns(_SPECS[name], raw, ignore_columns)) for name, raw in found)
        return
    folder = Path(location)
    if not folder.is_dir():
        raise TableError(f"{folder} is not a folder; give the folder that holds firms.csv or firms.parquet")
    with unchanged_set(folder, [folder / f"{name}{suffix}" for name in _SPECS for suffix in ("", *_SUFFIXES)]):
        files = {name: of_table for name in _SPECS if (of_table := _find(folder, name))}
        if "firms" not in files:
            raise TableError(f"{folder} holds neither firms.csv nor firms.parquet; the firms table is required")
        for name, of_table in files.items():
            if name in only and rows is not None:
                yield from ((name, chunk) for chunk in _chunks(of_table, name, ignore_columns, rows))
        if rows is None:
            names = [name for name in files if name in only]
            whole = in_threads(
                lambda name: joined(list(_chunks(files[name], name, ignore_columns, None))),
                names,
                sum(_rough_rows(path) for name in names for path in files[name]),
            )
            yield from zip(names, whole, strict=True)


def rough_rows(location: str | Path) -> int:
    """Return about how many rows a folder or a database holds, without reading them.

    Raises
    ------
    TableError
        As `read_tables`, of a database that cannot be read. A file that cannot be read counts as none.
    """
    if "://" in str(location):
        from littlegiants.ingest.readers import database

        return database.count_rows(str(location))
    return sum(_rough_rows(path) for path in table_files(location))


def table_files(location: str | Path) -> list[Path]:
    """Return the files of a folder that are tables; a database has none.

    Raises
    ------
    TableError
        If a table is there twice, or in what is no regular file.
    """
    if "://" in str(location):
        return []
    return [path for files in files_by_table(Path(location)).values() for path in files]


def files_by_table(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each table that a folder holds; none where it is no folder.

    Raises
    ------
    TableError
        As of `table_files`.
    """
    return {name: files for name in _SPECS if (files := _find(folder, name))} if folder.is_dir() else {}


def _rough_rows(path: Path) -> int:
    if path.suffix != ".parquet":
        return path.stat().st_size * (1 if path.suffix == ".csv" else _COMPRESSION) // _BYTES_A_ROW
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        return 0


def _find(folder: Path, name: str) -> list[Path]:
    """Return the files of a table: one, or those of the folder of its name; none where it is absent."""
    found = [path for suffix in _SUFFIXES if (path := folder / f"{name}{suffix}").exists() or path.is_symlink()]
    parted = folder / name
    if parted.is_dir():
        found.append(parted)
    if len(found) > 1:
        raise TableError(f"{folder} holds both {found[0].name} and {found[1].name}; keep one of them")
    files = found
    if found == [parted]:
        # What begins so is of the program that wrote the others, such as _SUCCESS.
        files = [path for path in sorted(parted.iterdir()) if not path.name.startswith((".", "_"))]
        if not files:
            raise TableError(f"{parted} is empty; put files that end in {', '.join(_SUFFIXES)} in it")
    for path in [*found, *files]:
        if path.is_symlink() or not (path.is_file() or path == parted):
            raise TableError(f"{path} is not a regular file; links, pipes and devices are refused")
        if path != parted and not path.name.endswith(_SUFFIXES):
            raise TableError(f"{path} is no table; name it so that it ends in {', '.join(_SUFFIXES)}")
    return files


def _chunks(files: list[Path], name: str, ignored: Collection[str], rows: int | None) -> Iterator[RawTable]:
    """Give the chunks of a table's files, one file after the other, numbered through all."""
    columns: list[str] | None = None
    before = 0
    for path in files:
        last = 0
        for chunk in _file_chunks(path, name, ignored, rows):
            names = [str(column) for column in chunk.frame]
            columns = columns or names
            if sorted(columns) != sorted(names):
                raise TableError(f"{path} has other columns than {files[0].name}; the files of a table have the same")
            last = max([last, *chunk.rows[-1:], *chunk.rejected.frame()["row"]])
            yield chunk if before == 0 else chunk.numbered_after(before, columns)
        before += last


def _file_chunks(path: Path, name: str, ignored: Collection[str], rows: int | None) -> Iterator[RawTable]:
    try:
        if path.suffix == ".parquet":
            yield from parquet_chunks(path, _SPECS[name], ignored, rows=rows)
        else:
            yield from csv_chunks(path, name, ignored, rows)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise TableError(f"{path} cannot be read: {reason}") from error
