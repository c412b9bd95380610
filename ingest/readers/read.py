"""Tables from a folder of CSV or Parquet files, or from a database."""

from pathlib import Path

import pyarrow as pa

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.csv_file import read_csv
from littlegiants.ingest.readers.database import read_database
from littlegiants.ingest.readers.parquet_file import read_parquet
from littlegiants.ingest.tables.contract import RATES, TABLES
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.tables import Tables

_SUFFIXES = (".csv", ".parquet")


def read_tables(location: str | Path, constant_prices: int | None = None) -> Tables:
    """Read every table of the contract that a folder or a database holds.

    Parameters
    ----------
    location
        A folder with ``firms.csv`` or ``firms.parquet`` and any of the other tables (CSV: UTF-8, comma, one header
        line), or a database URL such as ``postgresql+psycopg://host/name`` with tables of those names. A table
        ``rates`` among them replaces the bundled exchange rates, see `littlegiants.ingest.tables.money`.
    constant_prices
        Base year of constant prices: amounts become US dollars of that year. By default they stay as paid.

    Returns
    -------
    Tables
        What could be used, what was quarantined, and the sums.

    Raises
    ------
    TableError
        If the location does not exist, holds no ``firms`` table or one table twice, or a file cannot be read as a
        whole.
    ConfigError
        If no price index had been published by the base year.
    """
    return Tables.from_raw(read_raw(location), constant_prices)


def read_raw(location: str | Path) -> dict[str, RawTable]:
    """Read the tables as they are, before any row is validated, for callers who need what a row itself states.

    Raises
    ------
    TableError
        As `read_tables`, except for what only validation finds.
    """
    if "://" in str(location):
        return read_database(str(location))
    folder = Path(location)
    if not folder.is_dir():
        raise TableError(f"{folder} is not a folder; give the folder that holds firms.csv or firms.parquet")
    raw = {name: _read_file(path, name) for name in (*TABLES, RATES.name) if (path := _find(folder, name)) is not None}
    if "firms" not in raw:
        raise TableError(f"{folder} holds neither firms.csv nor firms.parquet; the firms table is required")
    return raw


def _find(folder: Path, name: str) -> Path | None:
    found = [path for suffix in _SUFFIXES if (path := folder / f"{name}{suffix}").exists() or path.is_symlink()]
    if len(found) > 1:
        raise TableError(f"{folder} holds both {found[0].name} and {found[1].name}; keep one of them")
    if found and (found[0].is_symlink() or not found[0].is_file()):
        raise TableError(f"{found[0]} is not a regular file; links, pipes and devices are refused")
    return found[0] if found else None


def _read_file(path: Path, name: str) -> RawTable:
    try:
        return read_csv(path, name) if path.suffix == ".csv" else read_parquet(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise TableError(f"{path} cannot be read: {reason}") from error
