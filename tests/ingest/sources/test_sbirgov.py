"""Awards in the layout of sbir.gov, by hand-made files and by real search exports."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from littlegiants.ingest.sources.sbirgov import import_sbirgov

HEADER = (
    "Company,Award Title,Agency,Branch,Phase,Program,Agency Tracking Number,Contract,Proposal Award Date,"
    "Award Year,Award Amount,DUNS,UEI,Number Employees,City,State"
)
RELEASE = HEADER.replace("DUNS", "Duns").replace("Company", "COMPANY").replace("Award Amount", "award_amount")


@pytest.fixture
def awards(tmp_path):
    def make(*lines, header=HEADER):
        path = tmp_path / "award_data.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return path

    return make


def award(tracking, name="Gevo", duns="", uei="", state="CO", day="2018-10-23", amount="149978.06", contract="W1"):
    return (
        f'"{name}",Title,Department of Energy,,Phase II,SBIR,{tracking},{contract},"{day}",2019,"{amount}",'
        f"{duns},{uei},19.0,Denver,{state}"
    )


@pytest.fixture
def folder(tmp_path):
    def make(*lines):
        out = tmp_path / "tables"
        out.mkdir()
        (out / "firms.csv").write_text("\n".join(["firm_id,name,state,founded_on", *lines]) + "\n", encoding="utf-8")
        return out

    return make


def records(imported):
    return [tuple(row) for row in imported.quarantine.frame().to_dict("split")["data"]]


def ids(imported):
    return imported.frames["grants"]["firm_id"].tolist()


@pytest.mark.parametrize("header", [HEADER, RELEASE])
def test_award_and_its_firm(awards, header):
    imported = import_sbirgov(awards(award("A1", "R&amp;D Labs, Inc. ", duns="148034408"), header=header))
    assert imported.frames["grants"].to_dict("records") == [
        {
            "firm_id": "duns-148034408",
            "grant_id": "A1/II/2018-10-23",
            "awarded_on": "2018-10-23",
            "amount": "149978.06",
            "currency": "USD",
            "programme": "Department of Energy SBIR",
            "level": "national",
            "phase": "II",
        }
    ]
    assert imported.frames["firms"].to_dict("records") == [
        {
            "firm_id": "duns-148034408",
            "name": "R&D Labs, Inc.",
            "country": "US",
            "region": "CO",
            "city": "Denver",
            "state": "CO",
        }
    ]
    assert imported.notes == ("numbers of employees are those of the day the file was fetched: not used",)


@pytest.mark.parametrize(
    ("duns", "firm_id"),
    [
        ("148034408", "duns-148034408"),
        ("48034408", "duns-048034408"),
        ("000000000", "gevo-co"),
        ("8034408", "gevo-co"),
        ("1.48E+08", "gevo-co"),
        ("", "gevo-co"),
    ],
)
def test_numbers_that_can_be_one(awards, duns, firm_id):
    assert ids(import_sbirgov(awards(award("A1", duns=duns)))) == [firm_id]


def test_uei_and_duns_are_tied_by_awards_that_have_both(awards):
    uei = "ABCDEF123456"
    imported = import_sbirgov(
        awards(award("A1", duns="148034408"), award("A2", duns="148034408", uei=uei), award("A3", uei=uei))
    )
    assert ids(imported) == [f"uei-{uei}"] * 3


def test_award_without_a_number_takes_the_one_of_its_name_and_state(awards):
    imported = import_sbirgov(awards(award("A1", duns="148034408"), award("A2", "GEVO, Inc."), award("A3", state="TX")))
    assert ids(imported) == ["duns-148034408", "duns-148034408", "gevo-tx"]


def test_number_gone_astray_is_its_most_frequent_names(awards):
    imported = import_sbirgov(
        awards(
            award("A1", "Kitware", duns="010926207"),
            award("A2", "Kitware", duns="010926207"),
            award("A3", "Ligo Analytics", duns="010926207"),
            award("A4", "Aspen", duns="038379579"),
            award("A5", "Securboration", duns="038379579"),
        )
    )
    assert ids(imported) == ["duns-010926207", "duns-010926207", "ligo-analytics-co", "aspen-co", "securboration-co"]
    assert "3 awards whose number is another name's as well: identified by name and state" in imported.notes


def test_awards_that_cannot_be_used(awards):
    imported = import_sbirgov(
        awards(
            award("A1", duns="148034408"),
            award("A2", "???"),
            award("A3", state=""),
            award("", contract=""),
            award("A5", day=""),
            award("A6", day="23/10/2018"),
            award("A7", amount="n/a"),
            award("A8", amount="-1"),
            award("A1", duns="148034408"),
            award("A9", "Twin", duns="111222333"),
            award("B1", "Twin", duns="111222334"),
            award("B2", "Twin"),
            award("B3", "Forms Inc"),
            award("B4", "Forms LLC"),
            "Gevo,Title",
        )
    )
    assert [record[1:4] for record in records(imported)] == [
        (2, "Company", "missing_key"),
        (3, "State", "missing_value"),
        (4, "Agency Tracking Number", "missing_key"),
        (5, "Proposal Award Date", "missing_date"),
        (6, "Proposal Award Date", "impossible_date"),
        (7, "Award Amount", "not_a_number"),
        (8, "Award Amount", "negative_amount"),
        (9, "Agency Tracking Number", "duplicate_row"),
        (12, "Company", "ambiguous_firm"),
        (13, "Company", "ambiguous_firm"),
        (14, "Company", "ambiguous_firm"),
        (15, "", "ragged_row"),
    ]
    assert str(imported.reconciliations[0]).startswith("award_data.csv: 15 read = 3 used + 12 quarantined")


@pytest.mark.parametrize(
    ("amount", "read"), [("0.0", ""), ("", ""), ("1,249,978.06", "1249978.06"), ("99999", "99999")]
)
def test_amounts(awards, amount, read):
    grants = import_sbirgov(awards(award("A1", amount=amount))).frames["grants"]
    assert grants[["amount", "currency"]].to_numpy().tolist() == [[read, "USD" if read else ""]]


@pytest.mark.parametrize("day", ["2018-10-03", "October 3, 2018", "October 03, 2018", "10-03-2018", "10/3/2018"])
def test_dates_in_the_forms_of_the_register(awards, day):
    assert import_sbirgov(awards(award("A1", day=day))).frames["grants"]["awarded_on"].tolist() == ["2018-10-03"]


def test_contract_stands_in_for_a_missing_tracking_number(awards):
    assert import_sbirgov(awards(award(""))).frames["grants"]["grant_id"].tolist() == ["W1/II/2018-10-23"]


@pytest.mark.parametrize("header", [HEADER.replace("Company", "Who"), HEADER.replace("UEI", "Firm")])
def test_column_that_does_not_stand_once_is_refused(awards, header):
    with pytest.raises(TableError, match="column 'company' or 'firm' or 'company name' must stand once"):
        import_sbirgov(awards(award("A1"), header=header))


def test_joined_by_name_and_state(awards, folder):
    firms = folder(
        "g,Gevo Inc,CO,2005-01-01",
        "s1,Spire,CO,",
        "s2,Spire Corp,CO,",
        "k,KSE,CO,",
        "y,Young,CO,2020-01-01",
        "z,Anyone,,",
    )
    imported = import_sbirgov(
        awards(
            award("A1"),
            award("A2", state="TX"),
            award("A3", "Spire"),
            award("A4", "KSE"),
            award("A5", "Young"),
            award("A6", "Anyone"),
        ),
        firms,
    )
    assert list(imported.frames) == ["grants"]
    assert ids(imported) == ["g", "z"]
    assert [record[1:4] for record in records(imported)] == [
        (2, "Company", "unmatched_firm"),
        (3, "Company", "ambiguous_firm"),
        (4, "Company", "generic_name"),
        (5, "Proposal Award Date", "implausible_match"),
    ]
    review = imported.beside["review_matches"]
    assert review[["row", "code", "candidates"]].to_numpy().tolist() == [
        [3, "ambiguous_firm", "s1;s2"],
        [4, "generic_name", "k"],
        [5, "implausible_match", "y"],
    ]


def test_real_exports_alone(real_data, tmp_path):
    imported = import_sbirgov(real_data / "sbir" / "sbirgov_award_exports.csv")
    assert [str(sums) for sums in imported.reconciliations] == [
        "sbirgov_award_exports.csv: 9,984 read = 8,893 used + 1,091 quarantined (ambiguous_firm 4, missing_date 1,087)"
    ]
    assert imported.encodings == {"sbirgov_award_exports.csv": "utf-8"}
    assert imported.notes == (
        "19 awards with a DUNS or UEI that cannot be one: taken as not stated",
        "66 awards whose number is another name's as well: identified by name and state",
        "25 names with several DUNS or UEI numbers: several firms, as stated",
        "1,087 awards of which only the fiscal year is known: not used",
        "2 amounts of 0: read as not stated",
        "numbers of employees are those of the day the file was fetched: not used",
    )
    write_import(imported, tmp_path / "out")
    assert [(sums.table, sums.used, sums.quarantined) for sums in read_tables(tmp_path / "out").reconciliations] == [
        ("firms", 2977, 0),
        ("grants", 8893, 0),
    ]


def test_real_exports_joined_to_the_firms_of_2013(real_data, tmp_path):
    write_import(import_crunchbase(real_data / "crunchbase-2013-us"), tmp_path / "out")
    imported = import_sbirgov(real_data / "sbir" / "sbirgov_award_exports.csv", tmp_path / "out")
    assert [str(sums) for sums in imported.reconciliations] == [
        (
            "sbirgov_award_exports.csv: 9,984 read = 247 used + 9,737 quarantined "
            "(generic_name 1, missing_date 41, unmatched_firm 9,695)"
        )
    ]
    assert imported.notes[0] == "247 awards joined to 65 firms; 1 doubtful ones in review_matches.csv"
