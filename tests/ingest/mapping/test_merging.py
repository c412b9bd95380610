"""Events that are one, and items of one sum."""

import pandas as pd
import pytest

from littlegiants.ingest.mapping.mapping import EventRule
from littlegiants.ingest.mapping.merging import identities, merge_stated_twice, number_events, sum_items
from littlegiants.ingest.mapping.sheets import from_rows
from littlegiants.ingest.tables.contract import TABLES

ROUNDS, FINANCIALS = TABLES["rounds"], TABLES["financials"]


def rounds(*rows, event=0):
    frame = pd.DataFrame(rows, columns=["record", "announced_on", "kind", "amount"])
    return frame.assign(firm_id="f", _event=event, _at=range(len(frame)))


def listed(frame):
    return frame[["record", "announced_on", "kind", "amount"]].to_numpy(object).tolist()


def test_the_first_round_that_is_the_last_is_one():
    first = rounds((0, "2014-02-01", "seed", ""), (1, "2015-01-01", "", "5"))
    last = rounds((0, "2014-02-01", "", "3"), (1, "2016-01-01", "seed", "5"), event=1)
    assert listed(merge_stated_twice([first, last], ROUNDS)) == [
        [0, "2014-02-01", "seed", "3"],
        [1, "2015-01-01", "", "5"],
        [1, "2016-01-01", "seed", "5"],
    ]


@pytest.mark.parametrize("other", [("seed", "4"), ("debt", "3"), ("debt", "")])
def test_events_that_disagree_stay_two(other):
    first, last = rounds((0, "2014-02-01", "seed", "3")), rounds((0, "2014-02-01", *other), event=1)
    assert len(merge_stated_twice([first, last], ROUNDS)) == 2


def test_columns_that_one_rule_lacks_are_empty_in_its_events():
    first = rounds((0, "2014-02-01", "seed", "3")).drop(columns="amount")
    last = rounds((1, "2015-02-01", "seed", "4"), event=1).drop(columns="kind")
    frame = merge_stated_twice([first, last], ROUNDS)
    assert frame[["kind", "amount"]].to_numpy(object).tolist() == [["seed", ""], ["", "4"]]


SHEET = from_rows("x.csv", [["firm", "investor"], ["f", "A"], ["f", "B"], ["f", "A"]], "utf-8", "d")[0]


def test_ids_are_of_the_content_and_tell_records_that_differ_apart():
    same = [(at, "2014-02-01", "seed", "3") for at in range(3)]
    frame, again = number_events(rounds(*same), ROUNDS, SHEET)
    assert again.tolist() == [False, False, True]  # the third record is the first once more
    assert frame["round_id"].tolist()[:2] == ["f-2014-02-01-seed-3", "f-2014-02-01-seed-3-2"]
    assert identities(SHEET, frame["record"].to_numpy()).tolist() == [0, 1, 0]


def test_ids_that_are_stated_stay_and_a_kind_that_is_not_is_undisclosed():
    frame, _ = number_events(rounds((0, "2014-02-01", "", "")).assign(round_id="r1"), ROUNDS, SHEET)
    assert (frame["round_id"][0], frame["kind"][0]) == ("r1", "undisclosed")


ITEMS = from_rows("x.csv", [["项目", "金额"], ["甲", "5"], ["乙", "5"], ["合计", "10"], ["甲", "5"]], "utf-8", "d")[0]
RULE = EventRule(table="financials", columns={}, add_up=True, totals={"项目": ("合计*",)})


def items(*records):
    rows = [(at, "2020-12-31", amount) for at, amount in records]
    frame = pd.DataFrame(rows, columns=["record", "period_end", "subsidy_income"])
    return frame.assign(firm_id="f", _event=0, _at=range(len(frame)))


@pytest.mark.parametrize(
    ("records", "total", "lost"),
    [
        ([(0, "5"), (1, "5")], "10", {}),
        ([(0, "5"), (1, "5"), (2, "10")], "10", {"source_excluded": [2]}),
        ([(2, "10")], "10", {}),
        ([(0, "5"), (3, "5")], "5", {"duplicate_row": [1]}),
        ([(0, "0.1"), (1, "0.2")], "0.3", {}),
        ([(0, ""), (1, "")], "", {}),
        ([(0, "lots"), (1, "5")], "lots", {}),
    ],
)
def test_items_are_summed(records, total, lost):
    frame, found = sum_items(items(*records), FINANCIALS, RULE, ITEMS, ())
    assert frame["subsidy_income"].tolist() == [total]
    assert {code: rows.tolist() for code, rows in found.items() if len(rows)} == lost


def test_without_the_rule_nothing_is_summed():
    frame = items((0, "5"), (1, "5"))
    assert sum_items(frame, FINANCIALS, EventRule(table="financials", columns={}), ITEMS, ())[0] is frame
