"""From records of firms to typed rows, without a table in between: what a service does for every request.

Rows that hold nothing unusual are typed by `littlegiants.ingest.records.table_reader`, as the loader of files would
type them. A firm with anything else, right or wrong, needs full validation (`littlegiants.ingest.records.validation`).
So one place decides what is a violation, and this module can only send too many firms there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from littlegiants.ingest.records.schema import observed
from littlegiants.ingest.records.table_reader import TableReader
from littlegiants.ingest.tables.contract import EVENT_TABLES, FIRM_ID, FIRMS
from littlegiants.ingest.tables.days import NEVER
from littlegiants.ingest.tables.encoding import no_rows
from littlegiants.ingest.tables.known_on import known_with_events
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.rows import Rows
from littlegiants.ingest.tables.tables import Tables


@dataclass(frozen=True, slots=True)
class Built:
    """The firms of some records as tables.

    Attributes
    ----------
    tables
        The firms that took the fast path. A firm's code is its index in ``fast``, whatever its id. Meaningless where
        ``fast`` is empty.
    fast, unusual
        Indices, in the records given, of the firms in ``tables``, and of those that need full validation.
    """

    tables: Tables
    fast: list[int]
    unusual: list[int]


def build(records: Sequence[Any], money: Money) -> Built:
    """Build the tables of firms with the same observed tables.

    Parameters
    ----------
    records
        At least one, by `littlegiants.ingest.records.schema.FirmRecord`; two may have one id and are still two firms.
    money
        What amounts are converted with.
    """
    tables, unusual = _tables(records, money)
    if not unusual:
        return Built(tables, list(range(len(records))), [])
    fast = [index for index in range(len(records)) if index not in unusual]
    if fast:
        tables, _ = _tables([records[index] for index in fast], money)
    return Built(tables, fast, sorted(unusual))


def _tables(records: Sequence[Any], money: Money) -> tuple[Tables, set[int]]:
    """Return the tables of all the records, and the indices of the firms that do not belong there."""
    firms, every = len(records), np.arange(len(records), dtype=np.int32)
    own = TableReader(FIRMS.name, records, every, money)
    ids, unusual = own.text(FIRM_ID.name, required=True, is_id=True), own.unusual
    first = np.full(firms, NEVER, np.int32)
    rows = own.rows()
    events: dict[str, Rows | None] = dict.fromkeys(EVENT_TABLES)
    for name in observed(records[0]):
        lists = [getattr(record, name) for record in records]
        some = list(chain.from_iterable(lists))
        if not some:
            events[name] = no_rows(name)
            continue
        firm = np.repeat(every, [len(each) for each in lists])
        reader = TableReader(name, some, firm, money)
        events[name] = read = reader.rows()
        unusual |= {int(firm[row]) for row in reader.unusual}
        np.minimum.at(first, read.firm, read.known)
    known = known_with_events(rows.known, own.explicit, rows.firm, first)
    rows = Rows(rows.firm, rows.day, known, rows.superseded, rows.columns, rows.vocabularies)
    return Tables(np.array(ids, object), rows, events, money=money), unusual
