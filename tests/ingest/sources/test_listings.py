"""Listings joined to firms, by hand-made files and by the real lists."""

import pandas as pd
import pytest

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from littlegiants.ingest.sources.listings import import_listings
from littlegiants.ingest.sources.recognition_list import import_recognition_list

FIRMS = """firm_id,name,founded_on,region,city
acme,Acme Inc.,1999-01-01,,
bolt,Bolt Systems,,Bavaria,Munich
undated,Undated Labs,,,
zeta,Zeta,1990-01-01,,
zeta-2,Zeta Corp,1991-01-01,,
old,Old Works,1950-01-01,,
gone,Gone Labs,2000-01-01,,
"""
OUTCOMES = "firm_id,happened_on,kind,amount,currency\ngone,2008-01-01,ipo,,\n"
UNDATED = "firm_id,kind,source\nundated,ipo,status\nold,closure,status\n"


@pytest.fixture
def folder(tmp_path):
    out = tmp_path / "tables"
    out.mkdir()
    for name, text in (("firms", FIRMS), ("outcomes", OUTCOMES), ("undated_exits", UNDATED)):
        (out / f"{name}.csv").write_text(text, encoding="utf-8")
    return out


@pytest.fixture
def listed(tmp_path, folder):
    def run(*lines, header="name,listing_date,founding_year,city,firm_id,exchange", **options):
        path = tmp_path / "list.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return import_listings(path, folder, **options)

    return run


def dated(imported):
    return dict(imported.frames["outcomes"][["firm_id", "happened_on"]].to_numpy().tolist())


def codes(imported):
    found = imported.quarantine.frame()
    return dict(zip(found["row"].tolist(), found["code"].tolist(), strict=True))


def listings_of(folder, table="outcomes"):
    """Firm and day of each row, as they are read."""
    tables = read_tables(folder)
    rows = tables.events[table]
    assert rows is not None
    days = rows.day.astype("datetime64[D]").astype(str).tolist()
    return list(zip(tables.firm_ids[rows.firm].tolist(), days, strict=True))


def test_a_listing_is_joined_by_id_by_year_by_place_or_by_an_undated_ipo(listed):
    imported = listed(
        "Another Name,2010-01-01,,,old,X",
        "ACME,2005-05-05,2004,,,NYSE",
        "Bolt Systems AG,2006-06-06,,munich,,",
        "Undated Labs,2007-07-07,-99,,,",
    )
    assert dated(imported) == {
        "old": "2010-01-01",
        "acme": "2005-05-05",
        "bolt": "2006-06-06",
        "undated": "2007-07-07",
    }
    outcomes = imported.frames["outcomes"].set_index("firm_id")
    assert set(outcomes["kind"]) == {"ipo"}
    assert outcomes.loc["acme", "exchange"] == "NYSE"
    assert imported.notes[1] == "1 of 1 undated IPOs have a date now"
    assert imported.beside["undated_exits"]["firm_id"].tolist() == ["old"]


def test_a_name_alone_is_for_review_and_one_that_is_contradicted_is_not_used(listed):
    imported = listed(
        "Bolt Systems,2006-06-06,,,,",  # nothing else agrees
        "Zeta,2006-06-06,1990,,,",  # two firms fit
        "Acme,2006-06-06,1980,,,",  # founded nineteen years apart
        "Acme,1998-01-01,,,,",  # listed before the firm was founded
        "Nobody,2006-06-06,,,,",
        "Gone Labs,2008-01-01,2000,,,",  # its date is known
    )
    assert dated(imported) == {}
    assert codes(imported) == {
        1: "uncertain_match",
        2: "ambiguous_firm",
        3: "implausible_match",
        4: "implausible_match",
        5: "unmatched_firm",
        6: "duplicate_row",
    }
    review = imported.beside["review_listings"]
    assert review["founded"].dropna().tolist() == [1990]
    assert review["founded"].dtype == "Int64"
    assert review[["row", "code", "candidates"]].to_numpy().tolist() == [
        [1, "uncertain_match", "bolt"],
        [2, "ambiguous_firm", "zeta;zeta-2"],
    ]


def test_two_listings_of_one_firm_date_nothing(listed):
    imported = listed("Acme,2005-05-05,2004,,,", "Acme,2009-05-05,2003,,,")
    assert dated(imported) == {}
    assert codes(imported) == {1: "ambiguous_firm", 2: "ambiguous_firm"}


def test_dates_are_read_in_the_form_that_is_declared(listed):
    lines = ("Acme,20050505,2004,,,", "Bolt Systems,2005-06-06,,Munich,,")
    imported = listed(*lines, date_format="%Y%m%d")
    assert dated(imported) == {"acme": "2005-05-05", "bolt": "2005-06-06"}
    assert codes(listed(*lines)) == {1: "impossible_date"}


def test_a_listed_firm_is_no_longer_at_risk_and_the_sums_hold(listed, folder):
    imported = listed("Acme,2005-05-05,2004,,,", "Nobody,2006-06-06,,,,")
    (sums,) = imported.reconciliations
    assert (sums.read, sums.used, sums.quarantined) == (2, 1, 1)
    write_import(imported, folder)
    assert dict(listings_of(folder)) == {"acme": "2005-05-05", "gone": "2008-01-01"}
    assert "old" in (folder / "undated_exits.csv").read_text(encoding="utf-8")


def test_it_needs_firms_a_name_and_a_date(tmp_path, listed):
    with pytest.raises(ConfigError, match="add --join to join those of --out"):
        import_listings(tmp_path / "list.csv")
    with pytest.raises(TableError, match="must stand once in the header"):
        listed("Acme", header="name")


@pytest.fixture(scope="module")
def export_of_2013(tmp_path_factory, real_data):
    folder = tmp_path_factory.mktemp("listings") / "tables"
    write_import(import_crunchbase(real_data / "crunchbase-2013-us"), folder)
    return folder


def test_the_real_american_list(export_of_2013, real_data):
    path = real_data / "us-ipos" / "ipos_1975_to_2013-10-01.csv"
    imported = import_listings(path, export_of_2013, date_format="%Y%m%d")
    (sums,) = imported.reconciliations
    assert (sums.read, sums.used, sums.quarantined) == (12_264, 269, 11_995)
    assert sums.by_code == {
        "unmatched_firm": 11_908,
        "uncertain_match": 61,
        "implausible_match": 24,
        "ambiguous_firm": 2,
    }
    assert "167 of 344 undated IPOs have a date now" in imported.notes
    status = pd.read_csv(export_of_2013 / "undated_exits.csv", dtype=str).set_index("firm_id")["kind"]
    acquired = set(pd.read_csv(export_of_2013 / "outcomes.csv", dtype=str)["firm_id"])

    def operating(firm_ids):
        return sum(firm not in status.index and firm not in acquired for firm in set(firm_ids))

    # Listed firms that the export calls operating: certain ones, and those of which the name alone tells.
    assert operating(imported.frames["outcomes"]["firm_id"]) == 69
    assert operating(imported.beside["review_listings"]["candidates"].str.split(";").explode()) == 53


def test_the_little_giants_of_zhejiang_in_the_real_list_of_shenzhen(real_data, tmp_path):
    notices = pd.read_csv(real_data / "cn-little-giants" / "zhejiang_reviews.csv", dtype=str)
    titles = tmp_path / "titles.csv"
    renamed = {"enterprise_name": "name", "cohort_year": "awarded on"}
    notices.rename(columns=renamed)[["name", "province", "city", "awarded on"]].to_csv(titles, index=False)
    write_import(import_recognition_list(titles, tier="3", date_format="%Y"), tmp_path / "tables")
    imported = import_listings(real_data / "cn-listings" / "szse_a_shares.csv", tmp_path / "tables")
    (sums,) = imported.reconciliations
    assert (sums.read, sums.used, sums.by_code) == (2_924, 10, {"unmatched_firm": 2_914})
    write_import(imported, tmp_path / "tables")
    ends, awards = listings_of(tmp_path / "tables"), listings_of(tmp_path / "tables", "recognitions")
    assert (len(awards), len(ends)) == (79, 10)
    # A title counts from the last day of its year, which is all that the notices say.
    assert sum(day > dict(awards)[firm] for firm, day in ends) == 6
