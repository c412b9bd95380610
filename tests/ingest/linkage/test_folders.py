"""Two folders linked, and made one: nothing is lost, nothing is doubled, and a linked firm has one id."""

from pathlib import Path

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.linkage.folders import link_imports, merge_imports
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.canonical import import_canonical
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from littlegiants.ingest.sources.sbir import import_sbir

LEFT = {
    "firms": "firm_id,name,state,known_on\na,Gevo,CO,2010-01-01\na,Gevo Inc,CO,2012-01-01\nb,Acme Labs,CA,\n",
    "rounds": (
        "firm_id,round_id,announced_on,kind,amount,currency\na,r1,2011-01-01,seed,5,USD\nz,r2,2011-01-01,seed,5,USD\n"
    ),
}
RIGHT = {
    "firms": 'firm_id,name,state,extra\n7,"GEVO, INC.",CO,x\n8,Zebra Foods,CO,y\n9,Acme Labs,TX,z\n',
    "rounds": (
        "firm_id,round_id,announced_on,kind,amount,currency\n"
        "7,r1,2011-01-01,seed,5,USD\n7,r9,2011-01-01,seed,5,USD\n8,r8,2011-02-01,seed,6,USD\n"
    ),
    "grants": "firm_id,grant_id,awarded_on,amount,currency\n7,g1,2012-01-01,9,USD\n9,g1,2012-01-01,9,USD\n",
}


@pytest.fixture
def folders(tmp_path):
    def make(left=LEFT, right=RIGHT):
        for side, tables in (("left", left), ("right", right)):
            (tmp_path / side).mkdir()
            for name, text in tables.items():
                (tmp_path / side / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path / "left", tmp_path / "right"

    return make


def merged(left: Path, right: Path):
    ours, theirs = import_canonical(left), import_canonical(right)
    return merge_imports(ours, theirs, link_imports(ours, theirs))


def test_the_newest_name_and_the_state_are_compared(folders):
    left, right = folders()
    links = link_imports(import_canonical(left), import_canonical(right))
    assert links.pairs.to_dict("records") == [{"left_id": "a", "right_id": "7", "rule": "name", "score": 100.0}]
    assert links.review[["left_id", "right_id", "reason"]].values.tolist() == [["b", "9", "place_differs"]]


def test_events_of_linked_firms_move_and_the_others_stay(folders, tmp_path):
    imported = merged(*folders())
    assert imported.frames["firms"]["firm_id"].tolist() == ["a", "a", "b", "8", "9"]
    assert imported.frames["rounds"][["firm_id", "round_id"]].values.tolist() == [["a", "r1"], ["a", "r9"], ["8", "r8"]]
    assert imported.frames["grants"]["firm_id"].tolist() == ["a", "9"]
    assert imported.beside["not_merged"].to_dict("records") == [
        {"table": "rounds", "firm_id": "a", "right_firm_id": "7", "key": "r1", "code": "duplicate_row"}
    ]
    assert [str(sums) for sums in imported.reconciliations] == [
        "left/firms.csv: 3 read = 3 used + 0 quarantined",
        "left/rounds.csv: 2 read = 1 used + 1 quarantined (orphan_event 1)",
        "right/firms.csv: 3 read = 3 used + 0 quarantined",
        "right/rounds.csv: 3 read = 2 used + 1 quarantined (duplicate_row 1)",
        "right/grants.csv: 2 read = 2 used + 0 quarantined",
    ]
    assert imported.quarantine.frame()["table"].tolist() == ["left/rounds.csv"]
    assert "rounds: 1 rows of the right side may be events that the left side has already" in imported.notes
    write_import(imported, tmp_path / "both")
    tables = read_tables(tmp_path / "both")
    assert tables.firm_ids.tolist() == ["8", "9", "a", "b"]
    assert sum(sums.quarantined for sums in tables.reconciliations) == 0


def test_the_left_side_stands_where_events_contradict_each_other(folders):
    right = RIGHT | {"rounds": RIGHT["rounds"].replace("7,r1,2011-01-01,seed,5", "7,r1,2011-01-01,seed,6")}
    imported = merged(*folders(right=right))
    assert imported.beside["not_merged"]["code"].tolist() == ["duplicate_conflict"]
    assert imported.frames["rounds"].loc[0, "amount"] == "5"


def test_a_correction_known_later_is_kept(folders):
    rounds = "firm_id,round_id,announced_on,kind,amount,currency,known_on\n7,r1,2011-01-01,seed,8,USD,2012-05-01\n"
    imported = merged(*folders(right=RIGHT | {"rounds": rounds}))
    assert imported.frames["rounds"][["firm_id", "amount", "known_on"]].values.tolist() == [
        ["a", "5", ""],
        ["a", "8", "2012-05-01"],
    ]


def test_two_firms_with_one_id_are_refused(folders):
    right = {"firms": "firm_id,name\nb,Zebra Foods\n"}
    with pytest.raises(TableError, match="firm_id 'b' is also a firm of the left side, and the two are not linked"):
        merged(*folders(right=right))


def test_a_linked_firm_may_bear_the_id_of_another(folders):
    left, right = folders(
        right={"firms": "firm_id,name,state\nb,GEVO,CO\n", "grants": RIGHT["grants"].replace("7,", "b,")}
    )
    imported = merged(left, right)
    assert imported.frames["grants"]["firm_id"].tolist() == ["a"]
    assert imported.frames["firms"]["firm_id"].tolist() == ["a", "a", "b"]


def test_merging_twice_gives_the_same_bytes(folders, tmp_path):
    sides = folders()
    for out in ("one", "two"):
        write_import(merged(*sides), tmp_path / out)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / out).iterdir()} for out in ("one", "two"))
    assert one == two
    names = "crosswalk.csv firms.csv grants.csv import.json not_merged.csv quarantine.csv rounds.csv"
    assert sorted(one) == names.split()


def test_real_awardees_found_among_the_firms_of_2013(real_data, tmp_path):
    write_import(import_crunchbase(real_data / "crunchbase-2013-us"), tmp_path / "firms")
    write_import(import_sbir(real_data / "sbir" / "nsf_awards.csv"), tmp_path / "awards")
    ours, theirs = import_canonical(tmp_path / "firms"), import_canonical(tmp_path / "awards")
    links = link_imports(ours, theirs)
    both = merge_imports(ours, theirs, links)
    assert 200 <= len(links.pairs) <= 260
    assert len(both.frames["firms"]) == 17_727 + 7_402 - len(links.pairs)
    assert len(both.frames["grants"]) == 14_972
