"""Firms whose exit has no date: nothing can be said of what became of them when, so they get no label."""

from pathlib import Path

import pandas as pd

from littlegiants.ingest.errors import TableError
from littlegiants.models.outcomes import EXITS

FILE = "undated_exits.csv"


def read_undated(data: str | Path) -> frozenset[str]:
    """Return the firms that ``undated_exits.csv`` beside the tables says were acquired or listed on an unknown day.

    A closure without a date is no reason to leave a firm out: without a market event it counts as stalled whenever it
    closed, and leaving the dead out would leave a cohort of survivors.

    Parameters
    ----------
    data
        The folder of the tables; a database URL has no such file.

    Raises
    ------
    TableError
        If the file is there but cannot be read or lacks a column.
    """
    path = Path(data) / FILE
    if "://" in str(data) or not path.is_file():
        return frozenset()
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise TableError(f"{path} is not a CSV file in UTF-8: {str(error).strip().splitlines()[0]}") from None
    if not {"firm_id", "kind"} <= set(frame.columns):
        raise TableError(f"{path} needs the columns firm_id and kind; it has {', '.join(frame.columns)}")
    return frozenset(frame.loc[frame["kind"].isin(EXITS), "firm_id"])
