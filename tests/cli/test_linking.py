"""``giants link``: a crosswalk, what a person must judge, and one folder of both."""

import json
from pathlib import Path

import pytest

from littlegiants.ingest.linkage.link import THRESHOLD
from littlegiants.ingest.readers.read import read_tables
from tests.cli.conftest import giants, read

TABLES = {
    "a/firms.csv": "firm_id,name,region\n1,Gevo,CO\n2,Spire,MA\n3,=Acme Labs,CA\n",
    "b/firms.csv": 'firm_id,name,region\nx,"GEVO, INC.",CO\ny,Zebra Foods,CO\nz,=Acme Labs,TX\n',
    "b/grants.csv": "firm_id,grant_id,awarded_on\nx,g1,2012-01-01\ny,g2,2012-01-01\n",
}


@pytest.fixture(autouse=True)
def folders(elsewhere):
    for name, text in TABLES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def test_crosswalk_review_and_merge():
    run = giants("link", "a", "b", "--out", "x.csv", "--review", "r.csv", "--merge", "both")
    assert (run.code, run.err) == (0, "")
    assert run.lines[:4] == [
        "3 firms in A, 3 in B: 1 pairs linked",
        "  linked by name 1",
        "1 pairs are for a person to judge",
        "  place_differs 1: the names agree, the stated places do not",
    ]
    assert read(Path("x.csv")).to_dict("records") == [
        {"left_id": "1", "right_id": "x", "rule": "name", "score": "100.0"}
    ]
    (pair,) = read(Path("r.csv")).to_dict("records")
    assert (pair["reason"], pair["left_name"]) == ("place_differs", "'=Acme Labs")
    tables = read_tables("both")
    assert tables.firm_ids.tolist() == ["1", "2", "3", "y", "z"]
    assert read(Path("both/grants.csv"))["firm_id"].tolist() == ["1", "y"]


def test_for_machines():
    run = giants("link", "a", "b", "--out", "x.csv", "--json")
    told = json.loads(run.out)
    assert (told["out"], told["review"], told["merge"], told["notes"]) == ("x.csv", None, None, [])
    assert (told["counts"]["linked"], told["counts"]["review"]) == (1, 1)


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (("a", "b"), "Missing option '--out'", 2),
        (("a", "b", "--out", "x.ods"), "name a file that ends in .csv or .parquet or .xlsx", 2),
        (("a", "b", "--out", "no/x.csv"), "there is no folder no", 2),
        (("a", "b", "--out", "a/firms.csv"), "is a table that is to be read", 2),
        (("a", "b", "--out", "x.csv", "--review", "x.csv"), "x.csv is named twice", 2),
        (("a", "b", "--out", "x.csv", "--merge", "b"), "b is the tables, already named as an input", 2),
        (("a", "b", "--out", "x.csv", "--threshold", "50"), "threshold 50 is not between 80 and 100", 2),
        (("a", "nowhere", "--out", "x.csv"), "nowhere", 5),
    ],
)
def test_what_cannot_be_done(arguments, message, code):
    run = giants("link", *arguments)
    assert (run.code, run.out) == (code, "")
    assert message in run.err
    assert len(run.err.splitlines()) == 1
    assert not Path("x.csv").exists()


def test_help_names_the_threshold_in_use():
    assert f"{THRESHOLD:g}, from benchmarks/linkage.py" in " ".join(
        giants("link", "--help").out.replace("│", " ").split()
    )


def test_a_foreign_folder_is_not_merged_into():
    Path("both").mkdir()
    Path("both/thesis.txt").write_text("years of work", encoding="utf-8")
    run = giants("link", "a", "b", "--out", "x.csv", "--merge", "both")
    assert run.code == 2
    assert "no former import" in run.err
    assert [path.name for path in Path("both").iterdir()] == ["thesis.txt"]
    assert not Path("x.csv").exists()
