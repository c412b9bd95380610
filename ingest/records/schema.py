"""Firms as JSON: the table contract as strictly typed records, one firm with all its events.

A record has the fields of a row of ``firms``, and under the name of each event table the list of the firm's rows there.
A table that is absent or null was *not observed*; an empty list says that somebody looked and found nothing.
"""

import json
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from littlegiants.ingest.tables.contract import (
    EVENT_TABLES,
    FIRM_ID,
    FIRMS,
    KNOWN_ON,
    NUMBERS,
    TABLES,
    Column,
    Kind,
    Table,
)

# No firm's: what interfaces show to people who write their first record.
EXAMPLE_RECORD: dict[str, object] = {
    "firm_id": "91320594MA1XXXXX0A",
    "country": "CN",
    "founded_on": "2018-04-02",
    "sectors": ["semiconductors"],
    "rounds": [
        {
            "round_id": "a",
            "announced_on": "2021-03-15",
            "kind": "series_a",
            "amount": 45_000_000,
            "currency": "CNY",
        }
    ],
    **{name: [] for name in EVENT_TABLES if name != "rounds"},
}
_COLON = np.uint8(ord(":"))


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """A row of one table; a field is what was sent, or `msgspec.UNSET`."""


def _field(column: Column) -> tuple[str, Any] | tuple[str, Any, Any]:
    if column.kind is Kind.LIST:
        kind: Any = list[str]
    else:
        kind = float if column.kind in NUMBERS else str
    if column.required:
        return (column.name, kind)
    return (column.name, kind | None | msgspec.UnsetType, msgspec.UNSET)


def _struct(table: Table, *further: tuple[str, Any, Any]) -> type[Record]:
    fields = [_field(column) for column in table.columns]
    known_on = (KNOWN_ON.name, str | None | msgspec.UnsetType, msgspec.UNSET)
    own = [(FIRM_ID.name, str)] if table is FIRMS else []
    struct: Any = msgspec.defstruct(
        f"{table.name.title()}Record",
        [*own, *sorted(fields, key=len), known_on, *further],
        bases=(Record,),
        frozen=True,
        forbid_unknown_fields=True,
        gc=False,  # no record can hold itself; the collector need not look through thousands of them
        module=__name__,
    )
    return struct  # type: ignore[no-any-return]


EVENT_RECORDS: dict[str, type[Record]] = {name: _struct(TABLES[name]) for name in EVENT_TABLES}
FirmRecord: Any = _struct(
    FIRMS,
    *((name, list[record] | None | msgspec.UnsetType, msgspec.UNSET) for name, record in EVENT_RECORDS.items()),  # type: ignore[valid-type]
)


def observed(record: Any) -> tuple[str, ...]:
    """Return the event tables that a firm's record has, empty ones too."""
    return tuple(name for name in EVENT_TABLES if getattr(record, name).__class__ is list)


def repeats_keys(body: bytes, decoded: Sequence[Any] | Any) -> bool:
    """Return whether an object in a JSON text names a key twice, of which a parser silently keeps one.

    Parameters
    ----------
    body
        The text.
    decoded
        What it was decoded to, by structures that forbid unknown fields and tell an absent field from a null one.

    Notes
    -----
    When it is encoded again, the decoded text has the same strings, and one colon less for every key that was dropped.
    An escape may stand for a colon, so a text with any escape is searched object by object, which takes longer.
    """
    if b"\\" in body:
        return _any_repeated(body)
    return _colons(body) != _colons(msgspec.json.encode(decoded))


def _colons(text: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == _COLON))


def _any_repeated(body: bytes) -> bool:
    repeated = False

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal repeated
        repeated = repeated or len({key for key, _ in pairs}) != len(pairs)

    json.loads(body, object_pairs_hook=look)
    return repeated
