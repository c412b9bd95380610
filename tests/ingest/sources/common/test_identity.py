"""Firms by number, else by name and region, and never by a guess."""

import pandas as pd

from littlegiants.ingest.sources.common.exports import Export
from littlegiants.ingest.sources.common.identity import first_records, first_seen, identify


def run(*records):
    frame = pd.DataFrame(records, columns=["id", "name", "region"], dtype="str")
    frame.index += 1
    export = Export("list.csv", frame, "utf-8", "", len(frame))
    firm_id = identify(export, frame["id"], "name", "region")
    assert firm_id.index.equals(export.frame.index)
    assert export.reconcile().read == len(records)
    return firm_id.to_dict(), [(row, code) for row, code in export.quarantine.frame()[["row", "code"]].to_numpy()]


def test_name_and_region_stand_in_for_a_number():
    firms, apart = run(
        ("", "深圳（某某）科技有限公司", "广东省"), ("", "深圳某某科技有限公司", "广东"), ("", "Acme", "")
    )
    assert firms == {1: "深圳某某科技-广东", 2: "深圳某某科技-广东", 3: "acme"}
    assert apart == []


def test_a_name_belongs_to_the_number_that_alone_bears_it():
    firms, _ = run(("7", "Acme Robotics", "X"), ("", "ACME robotics", "x"), ("", "Acme Robotics", "Y"))
    assert firms == {1: "7", 2: "7", 3: "acme-robotics-y"}


def test_a_number_without_a_name_lends_itself_to_nobody():
    firms, apart = run(("7", "", "X"), ("8", "", "X"), ("", "Acme Robotics", "X"))
    assert (firms, apart) == ({1: "7", 2: "8", 3: "acme-robotics-x"}, [])


def test_doubtful_records_are_set_apart():
    firms, apart = run(
        ("7", "Acme Robotics", "X"),
        ("8", "Acme Robotics", "X"),
        ("", "Acme Robotics", "X"),
        ("", "", "X"),
        ("", "***", "X"),
        ("9", "ABC", "X"),
        ("", "ABC", "X"),
        ("", "DEF", "X"),
        ("", "Twin Inc", "X"),
        ("", "Twin LLC", "X"),
    )
    assert firms == {1: "7", 2: "8", 6: "9", 8: "def-x"}
    assert apart == [
        (3, "ambiguous_firm"),
        (4, "no_firm"),
        (5, "no_firm"),
        (7, "generic_name"),
        (9, "ambiguous_firm"),
        (10, "ambiguous_firm"),
    ]


def test_a_firm_is_described_by_its_earliest_record_and_by_nothing_said_later():
    frame = pd.DataFrame({"firm_id": ["b", "a", "a"], "name": ["B", "late", ""], "city": ["", "x", "y"]}, dtype="str")
    day = pd.Series(["2020-01-01", "2021-01-01", "2019-01-01"])
    expected = [
        {"firm_id": "a", "name": "", "city": "y"},
        {"firm_id": "b", "name": "B", "city": ""},
    ]
    assert first_seen(frame, day).to_dict("records") == expected
    assert first_seen(frame.iloc[::-1], day).to_dict("records") == expected


def test_the_first_record_of_a_firm_is_the_same_in_any_order_of_the_file():
    records = [("7", "Y", "2", "2019"), ("7", "X", "2", "2019"), ("7", "A", "1", "2020"), ("3", "Z", "9", "2021")]
    frame = pd.DataFrame(records, columns=["firm_id", "region", "award", "day"], dtype="str")
    expected = [records[3], records[1]]
    for some in (frame, frame.iloc[::-1]):
        assert list(first_records(some, "day", "award").itertuples(index=False, name=None)) == expected
