"""Rows of text cells, as tests write tables, given as the JSON of a firm and as the data frames of the loader."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES, Kind
from littlegiants.ingest.tables.tables import Tables

NUMBERS = {Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SHARE}
Row = Mapping[str, str]


def json_row(name: str, row: Row) -> dict[str, Any]:
    """One row as JSON has it; an empty cell is left out."""
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    return {
        key: float(text) if kinds.get(key) in NUMBERS else text.split(";") if kinds.get(key) is Kind.LIST else text
        for key, text in row.items()
        if text != "" and (key in kinds or key in ("firm_id", "known_on"))
    }


def firm(world: Mapping[str, Sequence[Row]], firm_id: str) -> dict[str, Any]:
    """The first row of a firm and all its events."""
    own = next(row for row in world["firms"] if row["firm_id"] == firm_id)
    record = json_row("firms", own)
    for name in EVENT_TABLES:
        if name in world:
            rows = [json_row(name, row) for row in world[name] if row["firm_id"] == firm_id]
            record[name] = [{key: value for key, value in row.items() if key != "firm_id"} for row in rows]
    return record


def alone(world: Mapping[str, Sequence[Row]], firm_id: str) -> Tables:
    """The same as the loader reads it from text."""
    own = next(row for row in world["firms"] if row["firm_id"] == firm_id)
    frames = {"firms": pd.DataFrame([own], dtype="str")}
    for name in EVENT_TABLES:
        if name in world:
            columns = ["firm_id", *(column.name for column in TABLES[name].columns), "known_on"]
            rows = [row for row in world[name] if row["firm_id"] == firm_id]
            frames[name] = pd.DataFrame(rows, columns=columns, dtype="str").fillna("")
    return Tables.from_frames(frames)
