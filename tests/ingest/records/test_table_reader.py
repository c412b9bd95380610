"""Records of one table as rows, and which of them need full validation."""

import json

import msgspec
import numpy as np
import pytest

from littlegiants.ingest.records.schema import EVENT_RECORDS
from littlegiants.ingest.records.table_reader import TableReader
from littlegiants.ingest.tables.days import NEVER
from littlegiants.ingest.tables.money import Money

ROUND = {"round_id": "1", "announced_on": "2020-01-01", "kind": "seed"}
DAY = int(np.datetime64("2020-01-01", "D").astype(int))


def reader(*rows: dict) -> TableReader:
    some = [msgspec.json.decode(json.dumps(row).encode(), type=EVENT_RECORDS["rounds"]) for row in rows]
    return TableReader("rounds", some, np.zeros(len(some), np.int32), Money())


def test_rows_are_sorted_dated_and_encoded():
    read = reader({**ROUND, "round_id": "2", "announced_on": "2021-01-01", "amount": 2, "currency": "USD"}, ROUND)
    rows = read.rows()
    assert read.unusual == set()
    assert rows.day.tolist() == [DAY, DAY + 366]
    assert np.asarray(rows.columns["amount"]).tolist() == pytest.approx([np.nan, 200], nan_ok=True)
    assert rows.superseded.tolist() == [NEVER, NEVER]


def test_a_correction_replaces_its_row():
    read = reader({**ROUND, "known_on": "2020-03-01"}, ROUND)
    rows = read.rows()
    assert (rows.known.tolist(), rows.superseded.tolist()) == ([DAY, DAY + 60], [DAY + 60, NEVER])
    assert (read.unusual, read.explicit.tolist()) == (set(), [True, False])


@pytest.mark.parametrize(
    "change",
    [
        {"round_id": ""},
        {"round_id": "a\u0007"},
        {"round_id": "a" * 1_001},
        {"announced_on": "2020-02-30"},
        {"announced_on": ""},
        {"kind": "Seed"},
        {"amount": -1, "currency": "USD"},
        {"amount": 1},
        {"amount": 1e14, "currency": "USD"},
        {"amount": 1, "currency": "RMB"},
        {"investor_count": 1.5},
        {"state_backed_share": 1.5},
        {"known_on": "soon"},
    ],
)
def test_anything_unusual_is_noted(change):
    read = reader(ROUND, {**ROUND, "round_id": "2", **change})
    read.rows()
    assert read.unusual == {1}


def test_two_rows_of_one_key_and_day_are_noted():
    read = reader(ROUND, {**ROUND, "kind": "angel"})
    read.rows()
    assert read.unusual == {0, 1}
