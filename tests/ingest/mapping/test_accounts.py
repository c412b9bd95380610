"""Accounts of records, events and values: each is used, or quarantined once, under its first code."""

import numpy as np
import pytest

from littlegiants.ingest.mapping.accounts import AT, EVENT, Accounts, by_event
from littlegiants.ingest.mapping.mapping import ColumnRule, EventRule, SheetRule
from littlegiants.ingest.mapping.rows import read_rows
from littlegiants.ingest.mapping.sheets import from_rows

ROWS = [
    ["Company", "Type", "Date", "Size"],
    ["Acme", "A", "2014-01-02", "5"],
    ["Bolt", "A", "soon", "6"],
    ["Cog", "B", "2016-01-02", "lots"],
    ["Dell", "A", "", ""],
]
ROUNDS = EventRule(
    table="rounds", columns={"announced_on": "Date", "amount": ColumnRule(column="Size", currency="USD")}
)


@pytest.fixture
def accounts():
    def make(**rule):
        sheet = from_rows("x.csv", ROWS, "utf-8", "d")[0]
        return Accounts([read_rows(sheet, SheetRule(**{"firm": {"name": "Company"}, "event": (ROUNDS,), **rule}))])

    return make


def listed(accounts):
    return [tuple(row) for row in accounts.quarantine.frame()[["row", "column", "code", "value"]].to_numpy(object)]


def sums(found):
    return [(one.table, one.read, one.used, one.quarantined, one.by_code) for one in found]


def test_events_that_cannot_be_read_are_quarantined_once(accounts):
    found = accounts()
    found.reject_bad_events()
    found.reject_events(0, np.array([1]), "Date", "missing_date", np.array(["x"], object))
    assert listed(found) == [(2, "Date", "impossible_date", "soon")]
    assert sums(found.event_sums()) == [("x.csv: rounds", 3, 2, 1, {"impossible_date": 1})]


def test_values_are_listed_for_events_that_are_used(accounts):
    found = accounts()
    found.reject_bad_events()
    found.leave_values_out()
    assert (3, "Size", "not_a_number", "lots") in listed(found)
    assert found.value_notes() == ["x.csv: 1 values of Size are not used (not_a_number); their rows are"]
    found = accounts()
    found.reject_records(0, np.array([2]), "name", "no_firm")
    found.reject_bad_events()
    found.leave_values_out()
    assert (3, "Size", "not_a_number", "lots") not in listed(found)


def test_records_are_used_by_their_firm_or_by_an_event(accounts):
    found = accounts()
    found.described[0][[0, 1]] = True
    found.reject_bad_events()
    assert sums(found.record_sums()) == [("x.csv", 4, 3, 1, {"source_excluded": 1})]
    assert listed(found)[-1] == (4, "", "source_excluded", "")


def test_records_that_the_rule_does_not_mean_are_excluded_with_their_events(accounts):
    found = accounts(only={"Type": ("A",)})
    found.exclude()
    found.reject_bad_events()
    assert (3, "Type", "source_excluded", "B") in listed(found)
    assert found.record_codes[0].tolist() == ["", "", "source_excluded", ""]
    assert sums(found.event_sums())[0][1:4] == (2, 1, 1)


def test_rows_are_quarantined_under_the_records_that_they_come_from(accounts):
    found = accounts()
    frame = found.events[0][1].frame.assign(**{EVENT: 0, AT: range(3)})
    assert [(number, at.tolist()) for number, at in by_event(frame)] == [(0, [0, 1, 2])]
    found.reject_rows("rounds", frame, np.array([0]), "firm_id", "orphan_event", frame["record"].iloc[:1])
    found.reject_rows(
        "rounds", frame, np.array([2]), "amount", "negative_amount", frame["record"].iloc[2:], as_value=True
    )
    found.reject_rows("firms", frame, np.array([1]), "name", "text_too_long", frame["record"].iloc[1:2])
    assert [one[:3] for one in listed(found)] == [
        (1, "firm_id", "orphan_event"),
        (2, "Company", "text_too_long"),
        (3, "Size", "negative_amount"),
    ]
    assert found.event_codes[0].tolist() == ["orphan_event", "", ""]
    assert found.record_codes[0].tolist() == ["", "text_too_long", "", ""]
