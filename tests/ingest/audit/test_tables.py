"""The tables of an audit: every version of a row, money in its own currency, days as stated."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.audit.tables import day_of, read_audit_tables, years_of
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.days import day_number

ROUNDS = pd.DataFrame(
    {
        "firm_id": ["a", "a", "a", "b"],
        "round_id": ["1", "1", "2", "3"],
        "announced_on": ["2020-01-05", "2020-01-05", "", "2021-02-03"],
        "kind": ["seed"] * 4,
        "amount": ["100", "150", "7", "1"],
        "currency": ["EUR"] * 4,
        "known_on": ["", "2020-06-01", "", ""],
    }
)
FIRMS = pd.DataFrame({"firm_id": ["a", "b"], "name": ["A", "B"], "founded_on": ["2019-12-31", ""]})


def test_versions_of_a_row_are_kept_and_its_first_and_last_are_told_from_each_other(export):
    tables = read_audit_tables(export(firms=FIRMS, rounds=ROUNDS))
    rounds = tables.tables["rounds"]
    assert (rounds.name, rounds.key) == ("rounds", ["firm_id", "round_id"])
    assert rounds.versions["amount"].tolist() == [100.0, 150.0, 1.0]
    assert rounds.first["amount"].tolist() == [100.0, 1.0]
    assert rounds.last["amount"].tolist() == [150.0, 1.0]
    assert rounds.first["rule"].tolist() == [day_number(date(2020, 1, 5)), day_number(date(2021, 2, 3))]


def test_money_is_in_its_currency_and_in_cents_of_a_dollar(export):
    rounds = read_audit_tables(export(firms=FIRMS, rounds=ROUNDS)).tables["rounds"].last
    assert (rounds["amount_usd"] > 100 * rounds["amount"]).all()  # a euro was worth more than a dollar


def test_order_of_rows_does_not_matter(export):
    one = read_audit_tables(export("one", firms=FIRMS, rounds=ROUNDS)).tables["rounds"]
    other = read_audit_tables(export("other", firms=FIRMS[::-1], rounds=ROUNDS[::-1])).tables["rounds"]
    pd.testing.assert_frame_equal(one.versions, other.versions)


def test_days_of_events_leave_out_rows_without_one(export):
    firms = read_audit_tables(export(firms=FIRMS)).tables["firms"]
    assert firms.days(firms.last).tolist() == [day_number(date(2019, 12, 31))]


def test_event_tables_are_those_that_are_there(export):
    assert [table.name for table in read_audit_tables(export(firms=FIRMS, rounds=ROUNDS)).events()] == ["rounds"]


def test_undated_exits_are_those_of_firms_that_are_there(export):
    folder = export(firms=FIRMS)
    (folder / "undated_exits.csv").write_text("firm_id,kind,source\nb,ipo,s\nnobody,ipo,s\n", encoding="utf-8")
    assert read_audit_tables(folder).undated == {"b": "ipo"}
    (folder / "undated_exits.csv").write_text("firm_id\nb\n", encoding="utf-8")
    with pytest.raises(TableError, match="column 'kind' is missing"):
        read_audit_tables(folder)


def test_without_firms_there_is_no_audit(tmp_path):
    (tmp_path / "rounds.csv").write_text("firm_id,round_id,announced_on,kind\n", encoding="utf-8")
    with pytest.raises(TableError, match="the firms table is required"):
        read_audit_tables(tmp_path)


def test_days_and_years():
    days = [date(1969, 12, 31), date(1970, 1, 1), date(2024, 2, 29)]
    numbers = np.array([day_number(day) for day in days])
    assert [day_of(number) for number in numbers.tolist()] == days
    assert years_of(numbers).tolist() == [1969, 1970, 2024]
