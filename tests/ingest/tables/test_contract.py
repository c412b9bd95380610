"""The table contract, and what follows from a declaration alone."""

import subprocess
import sys

import pytest

from littlegiants.ingest.tables.contract import (
    ENDING_TABLES,
    EVENT_TABLES,
    FIRMS,
    RATES,
    SIGNAL_TABLES,
    TABLES,
    Column,
    Kind,
    Lag,
    Table,
)

EVERY = (*TABLES.values(), RATES)


@pytest.mark.parametrize("table", EVERY, ids=lambda table: table.name)
def test_a_declaration_is_whole(table):
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert table.column(table.event).kind is Kind.DATE
    assert set(table.key) <= set(names)
    assert table.known_from in ("", *(column.name for column in table.columns if column.kind is Kind.DATE))
    assert not {"firm_id", "known_on"} & set(names)
    assert ("currency" in names) == any(column.kind is Kind.MONEY for column in table.columns) or table is RATES


def test_tables_by_what_they_are_for():
    assert SIGNAL_TABLES == ("rounds", "grants", "patents", "recognitions", "financials")
    assert ENDING_TABLES == ("outcomes",)
    assert {*SIGNAL_TABLES, *ENDING_TABLES} == set(EVENT_TABLES)
    assert [name for name in EVENT_TABLES if TABLES[name].tells_outcomes] == ["rounds", "grants", "outcomes"]
    assert [name for name in TABLES if TABLES[name].known_by_rule] == ["firms", "patents", "financials"]


def test_the_known_on_rule_in_words():
    assert TABLES["rounds"].known_rule == "announced_on"
    assert TABLES["financials"].known_rule == "period_end + 120 days"
    rule = "published_on, else filed_on + 18 months; the grant itself from granted_on"
    assert TABLES["patents"].known_rule == rule
    assert FIRMS.known_rule.startswith("founded_on, or the first day one of its events is known")
    assert str(Lag(months=1, days=2)) == "1 months + 2 days"


def test_the_amount_of_a_row_is_its_first_money():
    assert {name: TABLES[name].amount for name in EVENT_TABLES} == {
        "rounds": "amount",
        "grants": "amount",
        "patents": "",
        "recognitions": "",
        "financials": "revenue",
        "outcomes": "amount",
    }


def test_a_column_outside_the_contract_is_refused():
    table = Table(name="t", event="day", key=(), columns=(Column("day", Kind.DATE),))
    assert table.column("day").kind is Kind.DATE
    with pytest.raises(KeyError, match="t has no column 'colour'; it has day"):
        table.column("colour")


# Declares a table of two columns before anything else reads the contract, and follows it everywhere.
DECLARED = """
import io, json, sys
from datetime import date
from pathlib import Path
from types import MappingProxyType

import littlegiants.ingest.tables.contract as contract
from littlegiants.ingest.tables.contract import Column, Kind, Lag, Table

marks = Table(
    name="marks",
    event="registered_on",
    key=("mark_id",),
    columns=(Column("mark_id", Kind.ID, required=True), Column("registered_on", Kind.DATE, required=True)),
    known_lag=Lag(days=10),
)
contract.TABLES = MappingProxyType({**contract.TABLES, "marks": marks})
contract.EVENT_TABLES = (*contract.EVENT_TABLES, "marks")

import msgspec
import numpy as np
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.dictionary import to_markdown
from littlegiants.features.matrix import FEATURES
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.records.fast_path import build
from littlegiants.ingest.records.schema import FirmRecord
from littlegiants.ingest.records.validation import loaded, violations
from littlegiants.ingest.tables.money import Money

folder = Path(sys.argv[1])
(folder / "firms.csv").write_text("firm_id,founded_on\\na,2001-01-01\\n")
(folder / "marks.csv").write_text("firm_id,mark_id,registered_on\\na,1,2020-01-01\\na,2,2020-02-30\\nx,3,2020-01-01\\n")
read = read_tables(folder)
assert str(read.reconciliations[-1]) == "marks: 3 read = 1 used + 2 quarantined (impossible_date 1, orphan_event 1)"
assert read.observed == ("marks",)
counts = [Snapshot(read, day).marks.count().tolist() for day in (date(2020, 1, 10), date(2020, 1, 11))]
assert counts == [[0.0], [1.0]], counts

body = [{"firm_id": "a", "founded_on": "2001-01-01", "marks": [{"mark_id": "1", "registered_on": "2020-01-01"}]}]
records = msgspec.json.decode(json.dumps(body).encode(), type=list[FirmRecord])
built = build(records, Money())
assert (built.fast, built.unusual) == ([0], [])
assert built.tables.digest() == read.digest() == loaded(records, None).digest()
body[0]["marks"][0]["registered_on"] = "soon"
records = msgspec.json.decode(json.dumps(body).encode(), type=list[FirmRecord])
assert build(records, Money()).unusual == [0]
(found,) = violations(records, loaded(records, None))
assert found[["table", "row", "code"]].to_numpy().tolist() == [["marks", 1, "impossible_date"]]

page = to_markdown()
assert "### `marks`" in page
assert "Event: `registered_on`. Key: `firm_id`, `mark_id`. Known on: registered_on + 10 days." in page
assert not [name for name in FEATURES if "marks" in name]

from littlegiants.serving.http.api.schemas import components
from littlegiants.serving.http.protocol.limits import Limits

found = components(Limits())
assert set(found["MarksRecord"]["properties"]) == {"mark_id", "registered_on", "known_on"}
assert "registered_on + 10 days" in found["MarksRecord"]["properties"]["known_on"]["description"]
assert "marks" in found["FirmsRecord"]["properties"]
print("done")
"""


def test_a_table_is_one_declaration(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", DECLARED, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "done\n", done.stderr
