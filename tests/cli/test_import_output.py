"""What an import shows of its accounts."""

import json
from pathlib import Path

import pandas as pd

from littlegiants.cli.import_output import show_import
from littlegiants.ingest.sources.common.imported import Imported
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation

IMPORTED = Imported(
    "table",
    {"firms": pd.DataFrame({"firm_id": ["1"]})},
    Quarantine(),
    (Reconciliation("x.csv", 2, 1, 1, {"no_firm": 1}),),
    ("a note",),
    {"x.csv": "utf-8"},
    {"x.csv": "d"},
    events=(Reconciliation("x.csv: rounds", 1, 1, 0, {}),),
)


def test_accounts_of_records_and_events_encodings_and_notes(capsys):
    show_import(IMPORTED, Path("t"), as_json=False, more={}, above=["first"])
    assert capsys.readouterr().out.splitlines() == [
        "first",
        "x.csv         2 read = 1 used + 1 quarantined no_firm 1",
        "x.csv: rounds 1 read = 1 used + 0 quarantined",
        "x.csv: read as utf-8",
        "note: a note",
        "written to t: firms 1; quarantined rows are in t/quarantine.csv",
    ]


def test_one_object_for_machines(capsys):
    show_import(IMPORTED, Path("t"), as_json=True, more={"mapping": []})
    found = json.loads(capsys.readouterr().out)
    assert (found["tables"], found["mapping"], found["notes"]) == ({"firms": 1}, [], ["a note"])
