"""A rule made whole for a sheet: columns found, forms resolved, doubts told."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.mapping.mapping import ColumnRule, EventRule, SheetRule
from littlegiants.ingest.mapping.resolving import resolve
from littlegiants.ingest.mapping.sheets import from_rows


def resolved(rows, *, optional=False, **rule):
    sheet = from_rows("x.csv", rows, "utf-8", "d")[0]
    return resolve(sheet, SheetRule(**{"firm": {"name": "Company"}, **rule}), "declared", optional=optional)


def rounds(**columns):
    return (EventRule(table="rounds", columns={"announced_on": "Date", **columns}),)


def test_forms_units_and_currencies_are_pinned():
    rows = [["Company", "Date", "Deal Size (EUR m)"], ["a", "09-Aug-2023", "1.234,5"], ["b", "2021", "12,25"]]
    found = resolved(rows, event=rounds(amount="Deal Size"))
    columns = found.rule.event[0].columns
    assert columns["announced_on"].dates == ("%d-%b-%Y", "%Y")
    assert columns["amount"] == ColumnRule(column="Deal Size (EUR m)", numbers="comma", unit="m", currency="EUR")
    assert [(line.target, line.form) for line in found.lines] == [
        ("firms.name", ""),
        ("rounds.announced_on", "%d-%b-%Y, %Y"),
        ("rounds.amount", "comma, m, EUR"),
    ]


@pytest.mark.parametrize(
    ("header", "cells", "column", "doubt"),
    [
        (["Company", "Date"], ["a", "03/04/2020"], None, r"day or month first\? .* dates = \['%d/%m/%Y', '%m/%d/%Y'\]"),
        (["Company", "Date", "Size"], ["a", "2020-01-01", "1,234"], "Size", "numbers = 'comma' or 'grouped'"),
        (["Company", "Date", "Size"], ["a", "2020-01-01", "5"], "Size", "no currency is stated: declare currency"),
        (["Company", "Date", "Size"], ["a", "2020-01-01", "$5"], "Size", r"\$ is of several currencies: declare"),
    ],
)
def test_what_could_mean_two_things_is_named_with_what_would_settle_it(header, cells, column, doubt):
    found = resolved([header, cells], event=rounds(**({"amount": column} if column else {})))
    doubts = [line.doubt for line in found.lines if line.doubt]
    assert len(doubts) == 1
    assert pytest.importorskip("re").search(doubt, doubts[0])


def test_sectors_in_one_cell_are_split_at_bars_and_noted_at_commas():
    rows = [["Company", "Sector"], ["a", "robotics|sensors"], ["b", "web"]]
    assert resolved(rows, firm={"name": "Company", "sectors": "Sector"}).rule.firm["sectors"].separator == "|"
    for sectors, mark in (("robotics, sensors", ","), ("机器人、传感器", "、"), ("AI, Health, Fintech", ",")):
        rows = [["Company", "Sector"], ["a", sectors]]
        (line,) = [line for line in resolved(rows, firm={"name": "Company", "sectors": "Sector"}).lines if line.doubt]
        assert line.doubt == f"{sectors!r} is one sector; if {mark!r} separates several, declare separator = {mark!r}"
    rows = [["Company", "Sector"], ["a", "robotics; sensors, small"]]
    assert not any(line.doubt for line in resolved(rows, firm={"name": "Company", "sectors": "Sector"}).lines)


def test_each_batch_needs_its_day():
    rows = [["Company", "批次"], ["a", "第三批"], ["b", "第五批"]]
    columns = {"scheme": ColumnRule(value="MIIT"), "tier": ColumnRule(value="3")}
    batch = ColumnRule(column="批次", vocabulary={"第三批": "2021-07-19"})
    with pytest.raises(TableError, match="第五批 of column '批次' has no day"):
        resolved(rows, event=(EventRule(table="recognitions", columns={**columns, "awarded_on": batch}),))
    found = resolved(rows, event=(EventRule(table="recognitions", columns={**columns, "awarded_on": "批次"}),))
    assert next(line.doubt for line in found.lines if line.doubt).startswith("a batch has no day: declare one for each")


def test_columns_that_are_not_read_are_named_with_the_reason():
    rows = [
        ["Company", "Contact", "Total Funding", "fouded_on", "colour", "empty", "City"],
        ["a", "p", "5", "2016", "red", "", "Rome"],
    ]
    assert resolved(rows).unread == {
        "Contact": "about people: never read",
        "Total Funding": "a sum without a day: no event",
        "fouded_on": "resembles firms.founded_on",
        "colour": "no column of the tables",
        "empty": "empty",
        "City": "firms.city by its name; not read here",
    }


def test_a_column_that_is_not_there_is_refused_unless_the_rule_is_a_layouts():
    rows = [["Company", "Date"], ["a", "2020-01-01"]]
    with pytest.raises(TableError, match="column 'Size' of the mapping is not there; it has Company, Date"):
        resolved(rows, event=rounds(amount="Size"))
    assert set(resolved(rows, optional=True, event=rounds(amount="Size")).rule.event[0].columns) == {"announced_on"}
    assert (
        resolved(
            rows[:1], optional=True, event=(EventRule(table="rounds", columns={"announced_on": "When"}),)
        ).rule.event
        == ()
    )
