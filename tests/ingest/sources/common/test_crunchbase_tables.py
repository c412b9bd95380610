"""Tables that the Crunchbase exports of all years share."""

import pandas as pd
import pytest

from littlegiants.ingest.sources.common.crunchbase_tables import (
    firm_id_of,
    firms_of,
    note,
    note_order,
    outcomes_of,
    undated_exits,
)
from littlegiants.ingest.sources.common.exports import Export


def export(name, *records, columns):
    frame = pd.DataFrame(list(records), columns=columns.split(","), index=range(1, len(records) + 1), dtype="str")
    return Export(name, frame, "utf-8", "", len(records))


def companies(*records):
    columns = "permalink,name,status,country_code,state_code,region,city,founded_at,category"
    return export("companies.csv", *records, columns=columns)


@pytest.fixture
def three():
    return companies(
        ["/organization/acme", "Acme", "operating", "USA", "CA", "SF Bay", "Palo Alto", "2004-01-01", "|a;b|c|"],
        ["/organization/gone", "Gone", "closed", "GB", "", "unknown", "", "2004-02-31", "x"],
        ["/organization/odd", "Odd", "sleeping", "USA", "CA", "", "", "", ""],
    )


def test_firms(three):
    notes: list[str] = []
    firms = firms_of(three, "category", notes)
    assert firms[["firm_id", "country", "region", "founded_on", "sectors"]].to_dict("split")["data"] == [
        ["acme", "US", "SF Bay", "2004-01-01", "a,b;c"],
        ["gone", "GB", "", "", "x"],
    ]
    assert three.quarantine.frame()[["row", "code"]].to_dict("split")["data"] == [[3, "unknown_value"]]
    assert "1 firms with an impossible founding date: kept without it" in notes


def test_exit_without_a_day_is_listed_beside(three):
    notes: list[str] = []
    firms = firms_of(three, "category", [])
    exits = undated_exits(three, firms, pd.DataFrame({"firm_id": []}, dtype="str"), notes)
    assert exits.to_dict("records") == [{"firm_id": "gone", "kind": "closure", "source": "companies.csv status"}]
    assert notes == ["1 exits of kind closure without a date: in undated_exits.csv, not in outcomes"]


def test_acquisition_stays_without_a_price_that_cannot_be_used():
    acquisitions = export(
        "acquisitions.csv",
        ["/organization/acme", "2010-02-03", "-5", "USD"],
        ["/organization/acme", "", "9", "USD"],
        columns="company_permalink,acquired_at,price_amount,price_currency_code",
    )
    notes: list[str] = []
    outcomes = outcomes_of(acquisitions, pd.Series(["acme"]).to_numpy(object), notes)
    assert outcomes.to_dict("split")["data"] == [["acme", "2010-02-03", "acquisition", "", ""]]
    assert notes == ["1 acquisitions with a price that cannot be used: kept without it"]
    assert acquisitions.quarantine.frame()["code"].tolist() == ["undated_outcome"]


def test_founding_after_the_first_round_is_counted():
    firms = pd.DataFrame({"firm_id": ["a", "b"], "founded_on": ["2010-01-02", ""]}, dtype="str")
    rounds = pd.DataFrame({"firm_id": ["a", "a", "b"], "announced_on": ["2009-01-01", "2011-01-01", "2009-01-01"]})
    notes: list[str] = []
    note_order(firms, rounds.astype("str"), notes)
    assert notes == ["1 firms with a founding date after their first round: kept as stated"]


def test_ids_are_the_last_part_of_an_address():
    assert firm_id_of(pd.Series(["/organization/gevo", "/company/x/", ""])).tolist() == ["gevo", "x", ""]


@pytest.mark.parametrize(("count", "notes"), [(0, []), (1_234, ["1,234 things"])])
def test_note_says_nothing_of_nothing(count, notes):
    found: list[str] = []
    note(found, count, "things")
    assert found == notes
