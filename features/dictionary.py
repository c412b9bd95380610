"""The data dictionary: what every column of the feature matrix and of the tables means, read from where it is defined.

``docs/data-dictionary.md`` is what ``python -m littlegiants.features.dictionary`` writes; a test fails when it lags.
"""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from littlegiants.features.matrix import FAMILIES, Builder
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.contract import RATES, TABLES, Column, Kind, Table
from littlegiants.ingest.tables.money import STALE_DAYS, STALE_YEARS
from littlegiants.ingest.tables.quarantine import CODES

COMMAND = "python -m littlegiants.features.dictionary > docs/data-dictionary.md"
_LINES = ("Unit", "Window", "Missing", "Source")
_KINDS = {
    Kind.ID: "text that identifies; zeros and letters kept, never read as a number",
    Kind.TEXT: "text",
    Kind.LIST: "texts separated by `;`; order, repeats and case do not matter",
    Kind.CHOICE: "one of the allowed values",
    Kind.CURRENCY: "ISO 4217 code in capitals",
    Kind.DATE: "calendar date, `YYYY-MM-DD`",
    Kind.MONEY: "amount in units of the row's `currency`, not below zero",
    Kind.NUMBER: "number, not below zero",
    Kind.COUNT: "whole number, not below zero",
    Kind.SHARE: "number from 0 to 1",
}


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the feature matrix as the dictionary describes it.

    Attributes
    ----------
    name, family
        Name of the column and of the family of signals it belongs to.
    summary, unit, window, missing, source
        What it measures, in which unit, over which time, when it is missing, and who has used it or which rule it
        follows.
    """

    name: str
    family: str
    summary: str
    unit: str
    window: str
    missing: str
    source: str


def describe() -> tuple[Feature, ...]:
    """Describe every column of the feature matrix, in the matrix's order.

    Raises
    ------
    ConfigError
        If the docstring of a column's function lacks one of the lines.

    Examples
    --------
    >>> feature = describe()[0]
    >>> feature.name, feature.family, feature.unit, feature.window
    ('grants_count', 'subsidy share', 'count', 'life')
    """
    return tuple(feature(builder, family) for family, module in FAMILIES.items() for builder in module.COLUMNS)


def feature(builder: Builder, family: str) -> Feature:
    """Describe one column, from the docstring of the function that computes it.

    Raises
    ------
    ConfigError
        If the docstring lacks one of the lines, or has them in another order.
    """
    summary, _, rest = (inspect.getdoc(builder) or "").partition("\n\n")
    text = " ".join(rest.split())
    found = re.fullmatch("".join(rf"{line}: (?P<{line.lower()}>.+)\. ?" for line in _LINES), text)
    if not summary or found is None:
        lacking = ", ".join(f"'{line}: ...'" for line in _LINES if f"{line}: " not in text) or "its order or full stops"
        allowed = (
            "a summary, an empty line, 'Unit: ... Window: ... Missing: ...' and 'Source: ...', each with a full stop"
        )
        raise ConfigError(f"{builder.__module__}.{builder.__name__}: docstring lacks {lacking}; it holds {allowed}")
    return Feature(builder.__name__, family, " ".join(summary.split()).removesuffix("."), **found.groupdict())


def to_markdown() -> str:
    """Return the whole dictionary as one page: signals, tables, and codes of quarantined rows."""
    parts = [_ON_SIGNALS, *_families(), *_tables(), _codes()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


_ON_SIGNALS = f"""
# Data dictionary

Made from the code by `{COMMAND}`; edit the docstrings, not this page.

## Signals

Every signal of a firm is computed from what was known at the end of the as-of date, and from nothing else. A window of
*n* years reaches from the same calendar day *n* years before, that day left out, to the as-of date, which is in. *Life*
is everything known by the as-of date. A month is 30.4375 days. A table that is absent makes its signals missing, never
zero.
"""

_ON_TABLES = """
## Tables

`firms` is required; any other table may be absent, which means *not observed*. Every table has `firm_id` and may have
`known_on`, the day on which the row became known; where that is absent or empty, the table's rule gives the day. No
event is known before it happens. A row of the same key with a later `known_on` corrects the earlier one from that day
on. An empty field is *missing*, never zero.
"""

_ON_RATES = f"""
Optional, and no table of firms: US dollars for one unit of a currency. An amount is converted at the last rate
published on or before its event's day, and never at one older than {STALE_DAYS} days; where none had been published, at
the bundled yearly average of the Federal Reserve (release G.5A) that had been, at most {STALE_YEARS} years old. A
revised rate is a further row, published on the day of its revision.
"""

_ON_CODES = """
## Quarantined rows

A row that breaks the contract is quarantined with its table, number, column, code and value; rows read are always rows
used and rows quarantined.
"""


def _families() -> Iterator[str]:
    for family, module in FAMILIES.items():
        heading, _, prose = (inspect.getdoc(module) or family).partition("\n\n")
        yield f"### {' '.join(heading.split()).removesuffix('.')}"
        if prose:
            yield prose
        columns = (feature(builder, family) for builder in module.COLUMNS)
        rows = ((f"`{f.name}`", f.summary, f.unit, f.window, f.missing, f.source) for f in columns)
        yield _grid(("column", "what it is", "unit", "window", "missing", "source"), rows)


def _tables() -> Iterator[str]:
    yield _ON_TABLES
    yield _grid(("kind", "how it is written"), ((kind.value, _KINDS[kind]) for kind in Kind))
    for table in (*TABLES.values(), RATES):
        yield f"### `{table.name}`"
        if table is RATES:
            yield _ON_RATES.strip()
        key = ", ".join(f"`{name}`" for name in (*([] if table is RATES else ["firm_id"]), *table.key))
        yield f"Event: `{table.event}`. Key: {key}. Known on: {table.known_rule}."
        yield _grid(("column", "kind", "required", "notes"), (_column(table, column) for column in table.columns))


def _column(table: Table, column: Column) -> tuple[str, ...]:
    notes = [f"one of {', '.join(f'`{choice}`' for choice in column.choices)}"] if column.choices else []
    if not column.dated:
        notes.append("counts only in rows with their own `known_on`, because it grows after the event")
    if column.signed:
        notes.append("may be below zero")
    if column.happens:
        notes.append("an event of its own: not known before that day")
    required = "yes" if column.required or column.name in table.key else ""
    return f"`{column.name}`", column.kind.value, required, "; ".join(notes)


def _codes() -> str:
    return (
        _ON_CODES.strip() + "\n\n" + _grid(("code", "meaning"), ((f"`{code}`", text) for code, text in CODES.items()))
    )


def _grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(to_markdown())
