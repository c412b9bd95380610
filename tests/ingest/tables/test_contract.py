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
    # The order is that of the features `<name>_observed`: a further table may only follow.
    assert SIGNAL_TABLES[:5] == ("rounds", "grants", "patents", "recognitions", "financials")
    assert {"outcomes"} <= set(ENDING_TABLES) <= {name for name in EVENT_TABLES if TABLES[name].tells_outcomes}
    assert {"rounds", "grants"} <= {name for name in SIGNAL_TABLES if TABLES[name].tells_outcomes}
    assert not set(SIGNAL_TABLES) & set(ENDING_TABLES)


def test_the_known_on_rule_in_words():
    assert TABLES["rounds"].known_rule == "announced_on"
    assert TABLES["financials"].known_rule == "period_end + 120 days"
    rule = "published_on, else filed_on + 18 months; the grant itself from granted_on"
    assert TABLES["patents"].known_rule == rule
    assert FIRMS.known_rule.startswith("founded_on, or the first day one of its events is known")
    assert str(Lag(months=1, days=2)) == "1 months + 2 days"


def test_the_amount_of_a_row_is_its_first_money():
    assert [TABLES[name].amount for name in ("grants", "financials", "patents")] == ["amount", "revenue", ""]


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

visits = Table(
    name="visits",
    event="visited_on",
    key=("visit_id",),
    columns=(Column("visit_id", Kind.ID, required=True), Column("visited_on", Kind.DATE, required=True)),
    known_lag=Lag(days=10),
)
contract.TABLES = MappingProxyType({**contract.TABLES, "visits": visits})
contract.EVENT_TABLES = (*contract.EVENT_TABLES, "visits")

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
(folder / "visits.csv").write_text("firm_id,visit_id,visited_on\\na,1,2020-01-01\\na,2,2020-02-30\\nx,3,2020-01-01\\n")
read = read_tables(folder)
assert str(read.reconciliations[-1]) == "visits: 3 read = 1 used + 2 quarantined (impossible_date 1, orphan_event 1)"
assert read.observed == ("visits",)
counts = [Snapshot(read, day).visits.count().tolist() for day in (date(2020, 1, 10), date(2020, 1, 11))]
assert counts == [[0.0], [1.0]], counts

body = [{"firm_id": "a", "founded_on": "2001-01-01", "visits": [{"visit_id": "1", "visited_on": "2020-01-01"}]}]
records = msgspec.json.decode(json.dumps(body).encode(), type=list[FirmRecord])
built = build(records, Money())
assert (built.fast, built.unusual) == ([0], [])
assert built.tables.digest() == read.digest() == loaded(records, None).digest()
body[0]["visits"][0]["visited_on"] = "soon"
records = msgspec.json.decode(json.dumps(body).encode(), type=list[FirmRecord])
assert build(records, Money()).unusual == [0]
((found,),) = violations(records, loaded(records, None))
assert (found.table, found.row, found.code) == ("visits", 1, "impossible_date")

page = to_markdown()
assert "### `visits`" in page
assert "Event: `visited_on`. Key: `firm_id`, `visit_id`. Known on: visited_on + 10 days." in page
assert not [name for name in FEATURES if "visits" in name]

from littlegiants.serving.http.api.schemas import components
from littlegiants.serving.http.protocol.limits import Limits

found = components(Limits())
assert set(found["VisitsRecord"]["properties"]) == {"visit_id", "visited_on", "known_on"}
assert "visited_on + 10 days" in found["VisitsRecord"]["properties"]["known_on"]["description"]
assert "visits" in found["FirmsRecord"]["properties"]
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
