"""The firms of a folder of CSV tables as the JSON that the service reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES, Kind

_NUMBERS = {Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.SHARE}


def firms_json(folder: Path) -> list[dict[str, Any]]:
    """Return one object a firm, ascending by id, its events in it; a table that is not there is left out."""
    firms = {str(row["firm_id"]): row for row in _rows(folder, "firms")}
    for name in EVENT_TABLES:
        if (folder / f"{name}.csv").exists():
            for firm in firms.values():
                firm[name] = []
            for row in _rows(folder, name):
                firms[row.pop("firm_id")][name].append(row)
    return [firms[firm_id] for firm_id in sorted(firms)]


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    table = pd.read_csv(folder / f"{name}.csv", dtype="str", keep_default_na=False)
    for row in table.to_dict("records"):
        stated = {str(column): text for column, text in row.items() if text != ""}
        yield {column: _typed(text, kinds.get(column)) for column, text in stated.items()}


def _typed(text: str, kind: Kind | None) -> Any:
    if kind in _NUMBERS:
        return int(text) if text.isdigit() else float(text)
    return text.split(";") if kind is Kind.LIST else text
