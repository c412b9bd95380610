"""``giants signals``: what the tables can tell on a date, and each firm's signals as a file."""

import json
from pathlib import Path

import pandas as pd
import pytest

from littlegiants.features.matrix import FEATURES
from tests.cli.conftest import giants

TABLES = {
    "data/firms.csv": "firm_id,founded_on,region\n1,2010-01-01,CO\n2,2012-01-01,MA\n3,2019-01-01,CA\n",
    "data/rounds.csv": "firm_id,round_id,announced_on,kind,amount,currency\n"
    "1,r1,2013-05-01,seed,1000000,USD\n2,r2,2014-05-01,seed,-5,USD\n",
}


@pytest.fixture(autouse=True)
def folder(elsewhere):
    Path("data").mkdir()
    for name, text in TABLES.items():
        Path(name).write_text(text, encoding="utf-8")


def test_says_what_the_tables_can_tell():
    run = giants("signals", "--data", "data", "--as-of", "2015-12-31")
    assert (run.code, run.err) == (0, "")
    assert run.lines[:3] == [
        "firms  3 read = 3 used + 0 quarantined",
        "rounds 2 read = 1 used + 1 quarantined negative_amount 1",
        "2 firms at risk on 2015-12-31",
    ]
    constant, never = run.lines[-2:]
    assert constant.startswith("constant in these tables: ")
    assert "rounds_observed" in constant
    assert never.startswith("never observed in these tables: ")
    assert "patents_count" in never
    assert "raised_usd" not in constant + never


def test_writes_every_signal_of_the_firms_at_risk():
    run = giants("signals", "--data", "data", "--as-of", "2015-12-31", "--out", "s.csv", "--json")
    told = json.loads(run.out)
    assert (told["firms"], told["out"], [signal["name"] for signal in told["signals"]]) == (2, "s.csv", list(FEATURES))
    written = pd.read_csv("s.csv", dtype={"firm_id": str})
    assert written.columns.tolist() == ["firm_id", "as_of_date", *FEATURES]
    assert written["firm_id"].tolist() == ["1", "2"]
    assert written["raised_usd"].tolist() == [1e6, 0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--as-of", "31.12.2015"), "'31.12.2015' is not a date"),
        (("--as-of", "2015-12-31", "--out", "s.ods"), "name a file that ends in .csv or .parquet or .xlsx"),
        (("--as-of", "2015-12-31", "--out", "data/rounds.csv"), "is a table that is to be read"),
    ],
)
def test_refusals(arguments, message):
    run = giants("signals", "--data", "data", *arguments)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
