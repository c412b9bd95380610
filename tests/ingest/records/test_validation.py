"""Records that need full validation: every violation, row by row of the firm's own lists."""

import json

import msgspec

from littlegiants.ingest.records.schema import FirmRecord
from littlegiants.ingest.records.validation import loaded, violations

GRANT = {"grant_id": "1", "awarded_on": "2020-01-01"}


def records(*firms: dict) -> list:
    return msgspec.json.decode(json.dumps(firms).encode(), type=list[FirmRecord])


def test_rows_are_counted_in_the_list_of_their_own_firm():
    some = records(
        {"firm_id": "a", "grants": [GRANT, {**GRANT, "grant_id": "2"}]},
        {"firm_id": "b", "name": "x\x07", "grants": [GRANT, {**GRANT, "grant_id": "2", "awarded_on": "2020-02-30"}]},
    )
    tables = loaded(some, None)
    first, second = violations(some, tables)
    assert first == []
    assert [(each.table, each.row, each.column, each.code) for each in second] == [
        ("firms", 1, "name", "control_character"),
        ("grants", 1, "firm_id", "orphan_event"),
        ("grants", 2, "awarded_on", "impossible_date"),
    ]


def test_a_table_that_was_not_observed_stays_absent():
    assert loaded(records({"firm_id": "a"}), None).observed == ()
    assert loaded(records({"firm_id": "a", "grants": []}), None).observed == ("grants",)


def test_lists_and_numbers_are_typed():
    tables = loaded(records({"firm_id": "a", "sectors": ["web", "AI"], "grants": [{**GRANT, "amount": 2.5}]}), None)
    assert tables.quarantine.frame()["code"].tolist() == ["missing_currency"]
    assert tables.firms.columns["sectors"].joined().tolist() == ["ai;web"]  # type: ignore[union-attr]
