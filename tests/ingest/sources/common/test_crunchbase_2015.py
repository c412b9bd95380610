"""The Crunchbase layout of 2014 and 2015, by hand-made files with the headers of the open data map."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase

COMPANIES = (
    "permalink,name,homepage_url,category_list,market,funding_total_usd,status,country_code,state_code,region,city,"
    "funding_rounds,founded_at,first_funding_at,last_funding_at"
)
ROUNDS = (
    "company_permalink,company_name,company_category_list,company_country_code,company_state_code,company_region,"
    "company_city,funding_round_permalink,funding_round_type,funding_round_code,funded_at,raised_amount_usd"
)
INVESTMENTS = (
    "company_permalink,company_name,company_category_list,company_country_code,company_state_code,company_region,"
    "company_city,investor_permalink,investor_name,investor_country_code,investor_state_code,investor_region,"
    "investor_city,funding_round_permalink,funding_round_type,funding_round_code,funded_at,raised_amount_usd"
)
ACQUISITIONS = (
    "company_permalink,company_name,company_category_list,company_country_code,company_state_code,company_region,"
    "company_city,acquirer_permalink,acquirer_name,acquirer_category_list,acquirer_country_code,acquirer_state_code,"
    "acquirer_region,acquirer_city,acquired_at,acquired_month,price_amount,price_currency_code"
)
PLACE = "USA,CA,SF Bay Area,Palo Alto"


def firm(name, categories="|Mobile|Games|", status="operating", founded="2010-05-01"):
    return f"/organization/{name},{name.title()},http://x,{categories},Games,-,{status},{PLACE},1,{founded},,"


def funding(name, number, kind="venture", code="", day="2011-03-04", amount="5000"):
    address = f"/funding-round/{number}" if number else ""
    return f'/organization/{name},N,Mobile,{PLACE},{address},{kind},{code},{day},"{amount}"'


def investment(number, investor):
    address = f"/organization/{investor}" if investor else ""
    round_address = f"/funding-round/{number}" if number else ""
    return f"/organization/a,N,Mobile,{PLACE},{address},I,{PLACE},{round_address},venture,,2011-03-04,5000"


def acquisition(name, day, price="100", currency="USD"):
    return f"/organization/{name},N,Mobile,{PLACE},/organization/big,Big,Web,{PLACE},{day},2012-03,{price},{currency}"


@pytest.fixture
def export(tmp_path):
    def make(companies=None, rounds=(), investments=(), acquisitions=()):
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for name, header, lines in (
            ("companies", COMPANIES, companies or [firm("a")]),
            ("rounds", ROUNDS, rounds),
            ("investments", INVESTMENTS, investments),
            ("acquisitions", ACQUISITIONS, acquisitions),
        ):
            (folder / f"{name}.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return import_crunchbase(folder)

    return make


def records(imported):
    return [tuple(row)[:4] for row in imported.quarantine.frame().to_dict("split")["data"]]


def test_firm_with_several_categories(export):
    assert export().frames["firms"].to_dict("records") == [
        {
            "firm_id": "a",
            "name": "A",
            "country": "US",
            "region": "SF Bay Area",
            "city": "Palo Alto",
            "founded_on": "2010-05-01",
            "sectors": "Mobile;Games",
            "state": "CA",
        }
    ]


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("seed", "", "seed"),
        ("angel", "", "angel"),
        ("venture", "", "venture"),
        ("venture", "A", "series_a"),
        ("venture", "b", "series_b"),
        ("venture", "C", "series_c_plus"),
        ("venture", "H", "series_c_plus"),
        ("equity_crowdfunding", "", "crowdfunding"),
        ("product_crowdfunding", "", "crowdfunding"),
        ("debt_financing", "", "debt"),
        ("convertible_note", "", "convertible_note"),
        ("private_equity", "", "private_equity"),
        ("post_ipo_equity", "", "post_ipo_equity"),
        ("post_ipo_debt", "", "post_ipo_debt"),
        ("secondary_market", "", "secondary"),
        ("non_equity_assistance", "", "other"),
        ("undisclosed", "", "undisclosed"),
    ],
)
def test_kinds_of_rounds(export, kind, code, expected):
    assert export(rounds=[funding("a", "r1", kind, code)]).frames["rounds"].to_dict("records") == [
        {
            "firm_id": "a",
            "amount": "5000",
            "currency": "USD",
            "round_id": "r1",
            "announced_on": "2011-03-04",
            "kind": expected,
            "investor_count": "",
        }
    ]


def test_grants_are_no_rounds(export):
    imported = export(rounds=[funding("a", "r1", "grant"), funding("a", "r2", "seed")])
    assert imported.frames["grants"].to_dict("split")["data"] == [["a", "5000", "USD", "r1", "2011-03-04"]]
    assert imported.frames["rounds"]["round_id"].tolist() == ["r2"]
    assert "grants" not in export(rounds=[funding("a", "r2", "seed")]).frames


@pytest.mark.parametrize(("amount", "read"), [("", ""), ("-", ""), (" 1,750,000 ", "1750000"), ("1750000", "1750000")])
def test_amounts_of_both_releases(export, amount, read):
    rounds = export(rounds=[funding("a", "r1", amount=amount)]).frames["rounds"]
    assert rounds[["amount", "currency"]].to_numpy().tolist() == [[read, "USD" if read else ""]]


def test_investors_are_counted_once_for_each_round(export):
    imported = export(
        rounds=[funding("a", "r1"), funding("a", "r2"), funding("a", "g", "grant")],
        investments=[
            investment("r1", "x"),
            investment("r1", "y"),
            investment("r1", "x"),
            investment("r1", ""),
            investment("", "x"),
            investment("gone", "x"),
            investment("g", "x"),
        ],
    )
    assert imported.frames["rounds"][["round_id", "investor_count"]].to_numpy().tolist() == [["r1", "2"], ["r2", ""]]
    investments = imported.frames["investments"]
    assert investments[["firm_id", "round_id", "investor"]].to_numpy().tolist() == [["a", "r1", "x"], ["a", "r1", "y"]]
    assert set(investments["announced_on"]) == set(imported.frames["rounds"]["announced_on"])
    assert records(imported) == [
        ("investments.csv", 3, "investor_permalink", "duplicate_row"),
        ("investments.csv", 4, "investor_permalink", "missing_key"),
        ("investments.csv", 5, "funding_round_permalink", "missing_key"),
        ("investments.csv", 6, "funding_round_permalink", "missing_record"),
        ("investments.csv", 7, "funding_round_permalink", "source_excluded"),
    ]


def test_rounds_that_cannot_be_used(export):
    imported = export(
        rounds=[
            funding("a", "r1"),
            funding("a", "r1"),
            funding("a", "r2", "pyramid"),
            funding("a", "r3", ""),
            funding("a", "r4", "venture", "Z"),
            funding("a", "r5", day=""),
            funding("a", "r6", day="2011-02-29"),
            funding("a", "r7", amount="lots"),
            funding("a", "r8", amount="-5"),
            funding("z", "r9"),
            funding("z", "g9", "grant"),
            funding("a", ""),
        ]
    )
    assert [record[1:] for record in records(imported)] == [
        (2, "funding_round_permalink", "duplicate_row"),
        (3, "funding_round_type", "unknown_value"),
        (4, "funding_round_type", "missing_value"),
        (5, "funding_round_code", "unknown_value"),
        (6, "funded_at", "missing_date"),
        (7, "funded_at", "impossible_date"),
        (8, "raised_amount_usd", "not_a_number"),
        (9, "raised_amount_usd", "negative_amount"),
        (10, "company_permalink", "orphan_event"),
        (11, "company_permalink", "orphan_event"),
        (12, "funding_round_permalink", "missing_key"),
    ]


def test_exits(export):
    imported = export(
        [firm("a", status="acquired"), firm("b", status="ipo"), firm("c", status="dead")],
        acquisitions=[acquisition("a", "2012-03-04"), acquisition("big", "2012-03-04"), acquisition("b", "")],
    )
    assert imported.frames["outcomes"].to_dict("split")["data"] == [["a", "2012-03-04", "acquisition", "100", "USD"]]
    assert imported.beside["undated_exits"]["firm_id"].tolist() == ["b"]
    assert records(imported) == [
        ("acquisitions.csv", 2, "company_permalink", "orphan_event"),
        ("acquisitions.csv", 3, "acquired_at", "undated_outcome"),
        ("companies.csv", 3, "status", "unknown_value"),
    ]


def test_every_file_is_accounted_for_and_read_back(export, tmp_path):
    imported = export(rounds=[funding("a", "r1"), funding("a", "g", "grant")], investments=[investment("r1", "x")])
    assert [(sums.table, sums.read, sums.used) for sums in imported.reconciliations] == [
        ("companies.csv", 1, 1),
        ("rounds.csv", 2, 2),
        ("investments.csv", 1, 1),
        ("acquisitions.csv", 0, 0),
    ]
    assert "investments" in imported.frames
    assert "investments" not in export(rounds=[funding("a", "r1")]).frames
    assert imported.notes[-1] == "rounds and investors entered long after the event stand as if known on its day"
    write_import(imported, tmp_path / "out")
    assert sum(sums.quarantined for sums in read_tables(tmp_path / "out").reconciliations) == 0


def test_header_of_neither_layout_is_refused(export, tmp_path):
    export()
    path = tmp_path / "export" / "companies.csv"
    for header in (COMPANIES.replace("category_list", "tags"), COMPANIES.replace("market", "category_code")):
        path.write_text(header + "\n", encoding="utf-8")
        with pytest.raises(TableError, match="exactly one of the columns 'category_code'"):
            import_crunchbase(tmp_path / "export")


def test_investments_belong_to_the_layout(export, tmp_path):
    export()
    (tmp_path / "export" / "investments.csv").unlink()
    with pytest.raises(TableError, match=r"investments\.csv is not a regular file"):
        import_crunchbase(tmp_path / "export")
