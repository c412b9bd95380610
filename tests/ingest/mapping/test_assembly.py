"""Tables made of several sheets, and the accounts of every record and event."""

import pytest

from tests.ingest.mapping.conftest import quarantined, records

COMPANIES = "Company ID,Company Name,Country,Founded\n1,Acme Robotics Inc,US,2010\n2,Bolt Lasers,GB,2011\n"
DEALS = "Company Name,Deal Date,Deal Type,Deal Size (USD),Investors\n"


def sums(imported):
    return {one.table: (one.read, one.used, one.quarantined) for one in (*imported.reconciliations, *imported.events)}


def test_deals_without_ids_are_of_the_firms_of_another_file(import_files):
    deals = DEALS + "ACME Robotics,2014-01-02,Seed,5,A\nBolt Lasers Ltd,2015-01-02,Seed,6,B\nCog,2016-01-02,Seed,7,C\n"
    found = import_files(companies__csv=COMPANIES, deals__csv=deals)
    assert records(found.frames["rounds"], "firm_id", "amount") == [("1", "5"), ("2", "6"), ("cog", "7")]
    assert records(found.frames["firms"], "firm_id", "name", "founded_on") == [
        ("1", "Acme Robotics Inc", "2010-12-31"),
        ("2", "Bolt Lasers", "2011-12-31"),
        ("cog", "Cog", ""),
    ]


@pytest.mark.parametrize(
    ("value", "column", "code"),
    [
        ("1,2014-01-02,Seed,lots,", "Size", "not_a_number"),
        ("1,2014-01-02,Seed,5,XTS", "Cur", "unknown_currency"),
        ("1,2014-01-02,Seed,-5,USD", "Size", "negative_amount"),
        ("1,2014-01-02,Seed,5,", "Size", "missing_currency"),
        ("1,2014-01-02,Seed,9e99,USD", "Size", "amount_too_large"),
    ],
)
def test_a_value_that_cannot_be_used_never_takes_the_event(import_files, value, column, code):
    mapping = """
[[sheet]]
firm = { firm_id = "Firm" }
[[sheet.event]]
table = "rounds"
columns = { announced_on = "Day", kind = "Kind", amount = "Size", currency = "Cur" }
"""
    found = import_files(mapping, deals__csv=f"Firm,Day,Kind,Size,Cur\n{value}\n1,2015-01-02,Seed,7,USD\n")
    assert [row[0] for row in records(found.frames["rounds"], "announced_on")] == ["2014-01-02", "2015-01-02"]
    assert records(found.frames["rounds"], "amount", "currency")[0][0] == ""
    assert (1, column, code) in quarantined(found)
    assert sums(found) == {"deals.csv": (2, 2, 0), "deals.csv: rounds": (2, 2, 0)}
    assert any("values of" in note for note in found.notes)


@pytest.mark.parametrize("founded", ["long ago", "31/02/2011", "1899"])
def test_a_founding_that_cannot_be_used_never_takes_the_firm(import_files, founded):
    header = "Company ID,Company Name,Founded,Deal Date,Deal Type"
    found = import_files(x__csv=f"{header}\n1,Acme,{founded},2014-01-02,Seed\n")
    assert records(found.frames["firms"], "firm_id", "founded_on") == [("1", "")]
    assert len(found.frames["rounds"]) == 1
    assert [one[1:] for one in quarantined(found)] == [("Founded", "impossible_date")]


def test_records_that_mean_nothing_are_quarantined_and_counted(import_files):
    deals = (
        DEALS
        + ",2014-01-02,Seed,5,A\nAcme,,Seed,5,A\nAcme,soon,Seed,5,A\nAcme,2014-01-02,tombola,5,A\n"
        + "Acme,2014-01-02,Seed,5,A\n"
    )
    found = import_files(deals__csv=deals)
    assert set(quarantined(found)) == {
        (1, "Company Name", "no_firm"),
        (2, "Deal Date", "missing_date"),
        (3, "Deal Date", "impossible_date"),
        (4, "Deal Type", "unknown_value"),
    }
    assert sums(found) == {"deals.csv": (5, 1, 4), "deals.csv: rounds": (5, 1, 4)}


def test_the_very_same_record_again_is_one_and_two_that_differ_are_two(import_files):
    deals = DEALS + "Acme,2014-01-02,Seed,5,A\nAcme,2014-01-02,Seed,5,A\nAcme,2014-01-02,Seed,5,B\n"
    found = import_files(deals__csv=deals)
    assert records(found.frames["rounds"], "round_id") == [("acme-2014-01-02-seed-5",), ("acme-2014-01-02-seed-5-2",)]
    assert [one[2] for one in quarantined(found)] == ["duplicate_row"]
    assert sums(found)["deals.csv"] == (3, 2, 1)


def test_events_of_firms_that_the_register_lacks_are_orphans(import_files):
    mapping = """
[[sheet]]
file = "companies.csv"
firm = { firm_id = "Company ID", name = "Company Name" }
[[sheet]]
file = "deals.csv"
firm = { firm_id = "Company" }
[[sheet.event]]
table = "rounds"
columns = { announced_on = "Day" }
"""
    found = import_files(mapping, companies__csv=COMPANIES, deals__csv="Company,Day\n1,2014-01-02\n404,2014-01-02\n")
    assert records(found.frames["rounds"], "firm_id") == [("1",)]
    assert quarantined(found) == [(2, "Company", "orphan_event")]
    assert sums(found)["deals.csv"] == (2, 1, 1)


def test_a_firm_is_as_its_earliest_event_describes_it(import_files):
    rows = "Acme,Rome,2016-01-02,Seed\nAcme,Oslo,2014-01-02,Seed\n"
    found = import_files(deals__csv=f"Company Name,City,Deal Date,Deal Type\n{rows}")
    assert records(found.frames["firms"], "name", "city") == [("Acme", "Oslo")]


def test_a_firm_without_an_event_is_used_and_one_named_again_without_any_is_not(import_files):
    rows = "Acme,2014-01-02\nBolt,\nAcme,\n"
    found = import_files(list__csv=f"Company Name,Last Funding Date\n{rows}")
    assert records(found.frames["firms"], "name") == [("Acme",), ("Bolt",)]
    assert sums(found) == {"list.csv": (3, 2, 1), "list.csv: rounds": (1, 1, 0)}
    assert quarantined(found) == [(3, "", "source_excluded")]


def test_ids_with_several_names_are_noted(import_files):
    rows = "1,Acme,2016-01-02,Seed\n1,Bolt,2014-01-02,Seed\n2,Cog,2014-01-02,Seed\n2,Cog,2015-01-02,Seed\n"
    found = import_files(deals__csv=f"Company ID,Company Name,Deal Date,Deal Type\n{rows}")
    (note,) = [note for note in found.notes if "several names" in note]
    assert note.startswith("deals.csv: 1 ids stand with several names, such as 1;")


def test_exits_without_a_date_are_listed_and_dated_ones_are_not(import_files):
    rows = "1,Acme,acquired,2014-01-02\n2,Bolt,acquired,\n3,Cog,closed,\n4,Dell,operating,\n"
    found = import_files(x__csv=f"Company ID,Company Name,Status,Acquired on\n{rows}")
    assert records(found.beside["undated_exits"], "firm_id", "kind", "source") == [
        ("2", "acquisition", "x.csv Status"),
        ("3", "closure", "x.csv Status"),
    ]
    assert [note for note in found.notes if "without a date" in note] == [
        "1 exits of kind acquisition without a date: in undated_exits.csv, not in outcomes",
        "1 exits of kind closure without a date: in undated_exits.csv, not in outcomes",
    ]
