"""The Crunchbase layout, by hand-made files and by the real export of October 2013."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase

COMPANIES = "permalink,name,category_code,status,country_code,state_code,region,city,founded_at"
ROUNDS = "company_permalink,funding_round_type,funded_at,raised_amount_usd"
ACQUISITIONS = "company_permalink,acquired_at,price_amount,price_currency_code"


@pytest.fixture
def export(tmp_path):
    def make(companies=(), rounds=(), acquisitions=()):
        folder = tmp_path / "export"
        folder.mkdir(exist_ok=True)
        for name, header, lines in (
            ("companies", COMPANIES, companies),
            ("rounds", ROUNDS, rounds),
            ("acquisitions", ACQUISITIONS, acquisitions),
        ):
            (folder / f"{name}.csv").write_bytes("\r".join([header, *lines]).encode("mac_roman"))
        return import_crunchbase(folder)

    return make


def firm(name, status="operating", founded="2010-05-01"):
    return f"/company/{name},{name.title()},web,{status},USA,CA,SF Bay,Palo Alto,{founded}"


def rows(frame):
    return frame.to_dict("split")["data"]


def records(imported):
    return [tuple(row) for row in rows(imported.quarantine.frame())]


def test_firms(export):
    imported = export(
        [
            "/company/n-plusn,#NAME?,software,operating,USA,NY,New York,New York,2012-01-01",
            "/company/x/,X,,operating,GBR,,unknown,,",
        ]
    )
    assert imported.frames["firms"].to_dict("records") == [
        {
            "firm_id": "n-plusn",
            "name": "#NAME?",
            "country": "US",
            "region": "New York",
            "city": "New York",
            "founded_on": "2012-01-01",
            "sectors": "software",
            "state": "NY",
        },
        {
            "firm_id": "x",
            "name": "X",
            "country": "GBR",
            "region": "",
            "city": "",
            "founded_on": "",
            "sectors": "",
            "state": "",
        },
    ]
    assert imported.notes == (
        "1 firms without a founding date",
        "1 of 1 founding dates are 1 January, which is how a year alone was entered",
        "1 regions called 'unknown': read as missing",
    )


def test_firm_outlives_an_impossible_founding_date(export):
    imported = export([firm("a", founded="0000-00-00"), firm("b", founded="1/2/09")])
    assert imported.frames["firms"]["founded_on"].tolist() == ["", ""]
    assert "2 firms with an impossible founding date: kept without it" in imported.notes


def test_firms_that_cannot_be_used(export):
    imported = export([firm("a"), firm("b", status="dead"), firm("c", status=""), ",Nobody,,operating,,,,,", firm("a")])
    assert records(imported) == [
        ("companies.csv", 2, "status", "unknown_value", "dead"),
        ("companies.csv", 3, "status", "unknown_value", ""),
        ("companies.csv", 4, "permalink", "missing_key", ""),
        ("companies.csv", 5, "permalink", "duplicate_row", "a"),
    ]
    assert imported.frames["firms"]["firm_id"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("angel", "angel"),
        ("seed", "seed"),
        ("venture", "venture"),
        ("series-a", "series_a"),
        ("series-b", "series_b"),
        ("series-c+", "series_c_plus"),
        ("private-equity", "private_equity"),
        ("post-ipo", "post_ipo_equity"),
        ("post_ipo_debt", "post_ipo_debt"),
        ("crowdfunding", "crowdfunding"),
        ("equity_crowdfunding", "crowdfunding"),
        ("convertible_note", "convertible_note"),
        ("debt_round", "debt"),
        ("secondary_market", "secondary"),
        ("undisclosed", "undisclosed"),
        ("other", "other"),
    ],
)
def test_kinds_of_rounds(export, kind, expected):
    rounds = export([firm("a")], [f"/company/a,{kind},2011-03-04,5000"]).frames["rounds"]
    assert rounds.to_dict("records") == [
        {
            "firm_id": "a",
            "amount": "5000",
            "currency": "USD",
            "round_id": f"a-{expected}-2011-03-04-5000",
            "announced_on": "2011-03-04",
            "kind": expected,
        }
    ]


def test_grants_are_no_rounds(export):
    imported = export([firm("a")], ["/company/a,grant,2011-03-04,5000", "/company/a,angel,2012-03-04,"])
    assert rows(imported.frames["grants"]) == [["a", "5000", "USD", "a-grant-2011-03-04-5000", "2011-03-04"]]
    assert rows(imported.frames["rounds"]) == [["a", "", "", "a-angel-2012-03-04-undisclosed", "2012-03-04", "angel"]]


def test_no_grants_at_all_is_not_observed(export):
    assert "grants" not in export([firm("a")], ["/company/a,angel,2012-03-04,1"]).frames


def test_rounds_that_cannot_be_used(export):
    imported = export(
        [firm("a")],
        [
            "/company/a,angel,2011-03-04,5000",
            "/company/a,angel,2011-03-04,5000",
            "/company/a,angel,2011-03-04,6000",
            "/company/a,unattributed,2011-03-04,5000",
            "/company/a,,2011-03-05,5000",
            "/company/a,angel,,5000",
            "/company/a,angel,2011-02-29,5000",
            "/company/a,angel,2011-03-04,#####",
            "/company/a,angel,2011-03-04,-1",
            "/company/a,angel,2011-03-04,1e14",
            "/company/z,angel,2011-03-04,5000",
            "/company/z,grant,2011-03-04,5000",
        ],
    )
    assert [record[1:4] for record in records(imported)] == [
        (2, "company_permalink", "duplicate_row"),
        (4, "funding_round_type", "unknown_value"),
        (5, "funding_round_type", "missing_value"),
        (6, "funded_at", "missing_date"),
        (7, "funded_at", "impossible_date"),
        (8, "raised_amount_usd", "not_a_number"),
        (9, "raised_amount_usd", "negative_amount"),
        (10, "raised_amount_usd", "amount_too_large"),
        (11, "company_permalink", "orphan_event"),
        (12, "company_permalink", "orphan_event"),
    ]
    assert imported.frames["rounds"]["amount"].tolist() == ["5000", "6000"]


def test_round_ids_do_not_depend_on_the_order_of_the_file(export):
    lines = ["/company/a,angel,2011-03-04,5000", "/company/b,angel,2011-03-04,5000", "/company/a,angel,2011-03-04,6000"]
    firms = [firm("a"), firm("b")]
    ids = [set(export(firms, some).frames["rounds"]["round_id"]) for some in (lines, lines[::-1])]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 3


def test_acquisitions(export):
    imported = export(
        [firm("a", "acquired"), firm("b", "acquired"), firm("c", "acquired")],
        acquisitions=[
            "/company/a,2011-03-04,100,EUR",
            "/company/a,2012-03-04,,USD",
            "/company/z,2012-03-04,,USD",
            ",,,",
            "/company/b,,500,USD",
            "/company/c,2012-02-30,500,USD",
        ],
    )
    assert rows(imported.frames["outcomes"]) == [
        ["a", "2011-03-04", "acquisition", "100", "EUR"],
        ["a", "2012-03-04", "acquisition", "", ""],
    ]
    assert records(imported) == [
        ("acquisitions.csv", 3, "company_permalink", "orphan_event", "z"),
        ("acquisitions.csv", 4, "", "blank_row", ",,,"),
        ("acquisitions.csv", 5, "acquired_at", "undated_outcome", ""),
        ("acquisitions.csv", 6, "acquired_at", "impossible_date", "2012-02-30"),
    ]
    assert imported.beside["undated_exits"]["firm_id"].tolist() == ["b", "c"]


@pytest.mark.parametrize("price", ["500,RMB", "500,", "cheap,USD", "-5,USD", "1e14,USD", "500,GBP"])
def test_acquisition_outlives_an_unusable_price(export, price):
    # No rate of the pound had been published in 1990: the table begins in 1999.
    imported = export([firm("a", "acquired")], acquisitions=[f"/company/a,1990-03-04,{price}"])
    assert rows(imported.frames["outcomes"]) == [["a", "1990-03-04", "acquisition", "", ""]]
    assert "1 acquisitions with a price that cannot be used: kept without it" in imported.notes
    assert records(imported) == []


def test_two_prices_for_one_sale_are_no_price(export):
    imported = export(
        [firm("a", "acquired")], acquisitions=["/company/a,2011-03-04,100,USD", "/company/a,2011-03-04,200,USD"]
    )
    assert rows(imported.frames["outcomes"]) == [["a", "2011-03-04", "acquisition", "", ""]]
    assert [record[3] for record in records(imported)] == ["duplicate_row"]


def test_exits_without_a_date_stand_beside_the_tables(export):
    statuses = {"a": "operating", "b": "closed", "c": "ipo", "d": "acquired", "e": "acquired"}
    imported = export(
        [firm(name, status) for name, status in statuses.items()], acquisitions=["/company/e,2011-03-04,,"]
    )
    assert rows(imported.beside["undated_exits"]) == [
        ["b", "closure", "companies.csv status"],
        ["c", "ipo", "companies.csv status"],
        ["d", "acquisition", "companies.csv status"],
    ]
    assert imported.notes == (
        "1 exits of kind acquisition without a date: in undated_exits.csv, not in outcomes",
        "1 exits of kind closure without a date: in undated_exits.csv, not in outcomes",
        "1 exits of kind ipo without a date: in undated_exits.csv, not in outcomes",
    )


def test_founding_after_the_first_round_is_noted(export):
    imported = export(
        [firm("a"), firm("b"), firm("c", founded="")],
        ["/company/a,angel,2009-03-04,1", "/company/b,angel,2011-03-04,1", "/company/c,angel,2011-03-04,1"],
    )
    assert imported.notes[-1] == "1 firms with a founding date after their first round: kept as stated"


def test_header_without_rows(export):
    imported = export()
    assert {name: len(frame) for name, frame in imported.frames.items()} == {"firms": 0, "rounds": 0, "outcomes": 0}


def test_absent_file_is_refused(tmp_path):
    with pytest.raises(TableError, match=r"companies\.csv is not a regular file"):
        import_crunchbase(tmp_path)


@pytest.fixture(scope="module")
def real(real_data):
    return import_crunchbase(real_data / "crunchbase-2013-us")


def test_real_export_is_accounted_for(real):
    assert [str(sums) for sums in real.reconciliations] == [
        "companies.csv: 17,727 read = 17,727 used + 0 quarantined",
        "rounds.csv: 31,679 read = 31,616 used + 63 quarantined (duplicate_row 63)",
        (
            "acquisitions.csv: 6,185 read = 1,705 used + 4,480 quarantined "
            "(blank_row 1,534, duplicate_row 2, orphan_event 2,944)"
        ),
    ]
    assert set(real.encodings.values()) == {"mac_roman"}
    assert real.notes == (
        "4,051 firms without a founding date",
        "8,511 of 13,676 founding dates are 1 January, which is how a year alone was entered",
        "165 regions called 'unknown': read as missing",
        "2,564 rounds without an amount",
        "2,919 rounds of type 'other': equity, debt or grant, unsaid",
        "4 exits of kind acquisition without a date: in undated_exits.csv, not in outcomes",
        "553 exits of kind closure without a date: in undated_exits.csv, not in outcomes",
        "344 exits of kind ipo without a date: in undated_exits.csv, not in outcomes",
        "773 firms with a founding date after their first round: kept as stated",
    )


def test_real_export_keeps_odd_names(real):
    names = real.frames["firms"].set_index("firm_id")["name"]
    assert names[["waywire", "n-plusn", "miasole", "jack-and-jakes"]].tolist() == [
        "#waywire",
        "#NAME?",
        "MiaSolé",
        "Jack and Jake’s",
    ]


def test_real_rounds_by_kind(real):
    assert real.frames["rounds"]["kind"].value_counts().to_dict() == {
        "venture": 7928,
        "angel": 6617,
        "series_a": 6511,
        "series_b": 3455,
        "series_c_plus": 3358,
        "other": 2919,
        "private_equity": 756,
        "post_ipo_equity": 42,
        "crowdfunding": 30,
    }


def test_real_export_is_read_back_whole(real, tmp_path):
    write_import(real, tmp_path / "out")
    tables = read_tables(tmp_path / "out")
    assert [(sums.table, sums.used, sums.quarantined) for sums in tables.reconciliations] == [
        ("firms", 17727, 0),
        ("rounds", 31616, 0),
        ("outcomes", 1705, 0),
    ]
    assert tables.observed == ("rounds", "outcomes")
