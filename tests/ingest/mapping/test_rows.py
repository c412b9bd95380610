"""What each record says by its sheet's rule, before it is judged."""

import pytest

from littlegiants.ingest.mapping.mapping import ColumnRule, EventRule, SheetRule
from littlegiants.ingest.mapping.rows import read_rows
from littlegiants.ingest.mapping.sheets import from_rows


def read(rows, **rule):
    sheet = from_rows("x.csv", rows, "utf-8", "d")[0]
    return read_rows(sheet, SheetRule(**{"firm": {"name": "Company"}, **rule}))


def rounds(**columns):
    return (EventRule(table="rounds", columns={"announced_on": "Date", **columns}),)


def test_a_record_without_anything_of_an_event_states_none():
    found = read([["Company", "Date", "Size"], ["a", "2014-01-02", "5"], ["b", "", ""]], event=rounds(amount="Size"))
    assert found.events[0].frame["record"].tolist() == [0]
    assert found.firms["name"].tolist() == ["a", "b"]


def test_an_event_without_a_day_is_listed_with_what_it_has():
    found = read(
        [["Company", "Date", "Size"], ["a", "", "5"]], event=rounds(amount=ColumnRule(column="Size", currency="USD"))
    )
    ((at, column, code, values),) = found.events[0].bad
    assert (at.tolist(), column, code, values.tolist()) == ([0], "Date", "missing_date", ["5"])


@pytest.mark.parametrize(("size", "code"), [("5", "missing_currency"), ("lots", "not_a_number")])
def test_an_amount_that_cannot_be_used_leaves_the_event(size, code):
    found = read([["Company", "Date", "Size"], ["a", "2014-01-02", size]], event=rounds(amount="Size"))
    event = found.events[0]
    assert (event.bad, event.frame["amount"].tolist()) == ([], [""])
    assert [one[2] for one in event.values] == [code]


def test_the_currency_is_the_cells_own_then_the_rows_then_the_rules():
    rows = [
        ["Company", "Date", "Size", "Cur"],
        ["a", "2014-01-02", "€5", "GBP"],
        ["b", "2014-01-02", "5", "GBP"],
        ["c", "2014-01-02", "5", ""],
    ]
    amount = ColumnRule(column="Size", currency="USD")
    found = read(rows, event=rounds(amount=amount, currency="Cur")).events[0].frame
    assert found["currency"].tolist() == ["EUR", "GBP", "USD"]


def test_two_amounts_in_two_currencies_are_not_one_row():
    rows = [["Company", "Date", "Size", "Post"], ["a", "2014-01-02", "€5", "$9"]]
    columns = {"amount": ColumnRule(column="Size"), "post_money": ColumnRule(column="Post", currency="USD")}
    found = read(rows, event=rounds(**columns)).events[0]
    assert (found.frame["currency"][0], found.frame["post_money"][0]) == ("EUR", "")
    assert [one[2] for one in found.values] == ["unknown_currency"]


def test_words_for_kinds_say_of_which_table_a_record_is():
    rows = [
        ["Company", "Date", "Type"],
        ["a", "2014-01-02", "Seed"],
        ["a", "2015-01-02", "Grant"],
        ["a", "2016-01-02", "IPO"],
        ["a", "2017-01-02", ""],
        ["a", "2018-01-02", "tombola"],
    ]
    events = tuple(
        EventRule(table=table, columns={day: "Date", "kind": "Type"})
        for table, day in (("rounds", "announced_on"), ("grants", "awarded_on"), ("outcomes", "happened_on"))
    )
    found = read(rows, event=events)
    assert [event.frame["record"].tolist() for event in found.events] == [[0, 3, 4], [1], [2]]
    assert [(one[0].tolist(), one[2]) for one in found.events[0].bad] == [([2], "unknown_value")]


def test_parallel_lists_are_events_of_their_own():
    rows = [
        ["Company", "Date", "Size"],
        ["a", "2014-01-02;2015-01-02", "1;2"],
        ["b", "", ""],
        ["c", "2016-01-02;;", "3"],
    ]
    event = EventRule(
        table="rounds", columns={"announced_on": "Date", "amount": ColumnRule(column="Size", currency="USD")}, each=";"
    )
    frame = read(rows, event=(event,)).events[0].frame
    assert frame[["record", "announced_on", "amount"]].to_numpy(object).tolist() == [
        [0, "2014-01-02", "1"],
        [0, "2015-01-02", "2"],
        [2, "2016-01-02", "3"],
    ]


def test_filters_say_which_records_are_meant():
    rows = [["Company", "Type"], ["a", "A"], ["b", "B"], ["c", "AB"]]
    assert read(rows, only={"Type": ("A*",)}).excluded.tolist() == [False, True, False]
    assert read(rows, only={"Type": ("A*",)}, omit={"Type": ("?B",)}).excluded.tolist() == [False, True, True]


def test_statuses_tell_exits_and_what_is_not_known_is_said():
    rows = [["Company", "Status"], ["a", "operating"], ["b", "Acquired"], ["c", "hibernating"], ["d", "gone"]]
    found = read(rows, status=ColumnRule(column="Status", vocabulary={"gone": "closure"}))
    assert found.exits.to_numpy(object).tolist() == [[1, "acquisition"], [3, "closure"]]
    assert found.notes == ["x.csv: Status: not known whether these firms are there: hibernating"]


def test_a_founding_that_cannot_be_read_is_a_value_alone():
    found = read(
        [["Company", "Founded"], ["a", "long ago"], ["b", "2016"]], firm={"name": "Company", "founded_on": "Founded"}
    )
    assert found.firms["founded_on"].tolist() == ["", "2016-12-31"]
    assert [(one[0].tolist(), one[2]) for one in found.values] == [([0], "impossible_date")]
