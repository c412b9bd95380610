"""PatentsView's tables alone and joined to other firms, by hand-made files in the documented layout."""

import zipfile

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.patentsview import import_patentsview

HEADERS = {
    "g_patent": "patent_id patent_type patent_date patent_title wipo_kind num_claims withdrawn filename",
    "g_application": "application_id patent_id patent_application_type filing_date series_code rule_47_flag",
    "g_assignee_disambiguated": (
        "patent_id assignee_sequence assignee_id disambig_assignee_individual_name_first "
        "disambig_assignee_individual_name_last disambig_assignee_organization assignee_type location_id"
    ),
    "g_cpc_current": "patent_id cpc_sequence cpc_section cpc_class cpc_subclass cpc_group cpc_type",
    "g_location_disambiguated": (
        "location_id disambig_city disambig_state disambig_country latitude longitude county state_fips county_fips"
    ),
}


def patent(number, day="2014-06-03", kind="utility", withdrawn="0"):
    return (number, kind, day, 'A "quoted" title', "B2", 20, withdrawn, "ipg.xml")


def application(number, filed="2012-03-04"):
    return ("13/1", number, "13", filed, 13, 0)


def assignee(number, name="Gevo, Inc.", uuid="u-gevo", kind="2", place="co", order=0):
    return (number, order, uuid, "", "", name, kind, place)


def cpc(number, group="H04L9/32"):
    return (number, 0, group[:1], group[:3], group[:4], group, "inventional")


PLACES = (("co", "Denver", "CO", "US", 1, 1, "", "", ""), ("tx", "Austin", "TX", "US", 1, 1, "", "", ""))


@pytest.fixture
def tables(tmp_path):
    def make(patents=(), applications=(), assignees=(), classes=(), places=PLACES):
        folder = tmp_path / "patentsview"
        folder.mkdir(exist_ok=True)
        records = dict(zip(HEADERS, (patents, applications, assignees, classes, places), strict=True))
        for stem, rows in records.items():
            if rows is None:
                continue
            lines = [HEADERS[stem].split(), *rows]
            quoted = ["\t".join('"' + str(value).replace('"', '""') + '"' for value in line) for line in lines]
            (folder / f"{stem}.tsv").write_text("\n".join(quoted) + "\n", encoding="utf-8")
        return folder

    return make


@pytest.fixture
def folder(tmp_path):
    out = tmp_path / "tables"
    out.mkdir()
    firms = (
        "g1,Gevo,CO,2010-01-01",
        "g2,Gevo,TX,",
        "s,Spire,CO,",
        "s2,Spire Inc,CO,",
        "k,KSE,CO,",
        "y,Young,CO,2020-01-01",
    )
    (out / "firms.csv").write_text("\n".join(["firm_id,name,state,founded_on", *firms]) + "\n", encoding="utf-8")
    return out


def records(imported):
    return [tuple(row)[:4] for row in imported.quarantine.frame().to_dict("split")["data"]]


def sums(imported):
    return [str(one) for one in imported.reconciliations]


def test_patent_and_its_firm(tables):
    classes = [cpc("9000001"), cpc("9000001", "A61K31/00"), cpc("9000001", "H04L63/08")]
    imported = import_patentsview(tables([patent("9000001")], [application("9000001")], [assignee("9000001")], classes))
    assert imported.frames["patents"].to_dict("records") == [
        {
            "firm_id": "u-gevo",
            "patent_id": "US9000001",
            "filed_on": "2012-03-04",
            "granted_on": "2014-06-03",
            "classes": "A61K;H04L",
            "known_on": "",
        }
    ]
    assert imported.frames["firms"].to_dict("records") == [
        {
            "firm_id": "u-gevo",
            "name": "Gevo, Inc.",
            "country": "US",
            "region": "CO",
            "city": "Denver",
            "state": "CO",
        }
    ]
    assert sums(imported) == [
        "g_assignee_disambiguated.tsv: 1 read = 1 used + 0 quarantined",
        "g_location_disambiguated.tsv: 2 read = 1 used + 1 quarantined (source_excluded 1)",
        "g_patent.tsv: 1 read = 1 used + 0 quarantined",
        "g_application.tsv: 1 read = 1 used + 0 quarantined",
        "g_cpc_current.tsv: 3 read = 3 used + 0 quarantined",
    ]


@pytest.mark.parametrize(("filed", "known_on"), [("2000-11-28", "2014-06-03"), ("2000-11-29", "")])
def test_what_was_filed_in_secret_is_known_from_its_grant(tables, filed, known_on):
    imported = import_patentsview(tables([patent("1")], [application("1", filed)], [assignee("1")]))
    assert imported.frames["patents"]["known_on"].tolist() == [known_on]


@pytest.mark.parametrize(("kind", "used"), [("2", 1), ("3", 1), ("12", 1), ("13.0", 1), ("4", 0), ("6", 0), ("", 0)])
def test_organisations_only(tables, kind, used):
    imported = import_patentsview(tables([patent("1")], [application("1")], [assignee("1", kind=kind)]))
    assert len(imported.frames["patents"]) == used
    assert sums(imported)[0].endswith("0 quarantined" if used else "1 quarantined (source_excluded 1)")


def test_joint_patent_is_each_firms(tables):
    both = [assignee("1"), assignee("1", "Acme", "u-acme", order=1), assignee("1", order=2)]
    imported = import_patentsview(tables([patent("1")], [application("1")], both))
    assert imported.frames["patents"]["firm_id"].tolist() == ["u-gevo", "u-acme"]
    assert records(imported)[0] == ("g_assignee_disambiguated.tsv", 3, "patent_id", "duplicate_row")


def test_records_that_cannot_be_used(tables):
    numbers = [str(number) for number in range(1, 10)]
    imported = import_patentsview(
        tables(
            [
                patent("1"),
                patent("2", kind="design"),
                patent("3", withdrawn="1"),
                patent("4", day=""),
                patent("5", day="2014-02-30"),
                *(patent(number) for number in ("6", "7", "8")),
                patent("99"),
            ],
            [
                *(application(number) for number in ("1", "2", "3", "4", "5")),
                application("6", "1074-03-04"),
                application("7", ""),
            ],
            [*(assignee(number) for number in numbers), assignee("1", ""), assignee("1", uuid="")],
            [cpc("1"), cpc("1", ""), cpc("2"), cpc("99")],
        )
    )
    name = "g_assignee_disambiguated.tsv"
    assert records(imported) == [
        ("g_application.tsv", 2, "patent_id", "source_excluded"),
        ("g_application.tsv", 3, "patent_id", "source_excluded"),
        ("g_application.tsv", 4, "patent_id", "source_excluded"),
        ("g_application.tsv", 5, "patent_id", "source_excluded"),
        ("g_application.tsv", 6, "filing_date", "impossible_date"),
        ("g_application.tsv", 7, "filing_date", "missing_date"),
        (name, 2, "patent_id", "source_excluded"),
        (name, 3, "patent_id", "source_excluded"),
        *((name, row, "patent_id", "missing_record") for row in (4, 5, 6, 7, 8, 9)),
        (name, 10, "disambig_assignee_organization", "missing_key"),
        (name, 11, "assignee_id", "missing_key"),
        ("g_cpc_current.tsv", 2, "cpc_subclass", "missing_value"),
        ("g_cpc_current.tsv", 3, "patent_id", "source_excluded"),
        ("g_patent.tsv", 2, "patent_type", "source_excluded"),
        ("g_patent.tsv", 3, "withdrawn", "source_excluded"),
        ("g_patent.tsv", 4, "patent_date", "missing_date"),
        ("g_patent.tsv", 5, "patent_date", "impossible_date"),
        *(("g_patent.tsv", row, "patent_id", "source_excluded") for row in (6, 7, 8)),
    ]
    assert [(one.read, one.used, one.quarantined) for one in imported.reconciliations] == [
        (11, 1, 10),
        (2, 1, 1),
        (9, 1, 8),
        (7, 1, 6),
        (4, 1, 3),
    ]


def test_joined_by_name_and_state(tables, folder):
    numbers = [str(number) for number in range(1, 8)]
    imported = import_patentsview(
        tables(
            [patent(number) for number in numbers],
            [application(number) for number in numbers],
            [
                assignee("1"),
                assignee("2", place="tx", uuid="u2"),
                assignee("3", "Spire Corporation"),
                assignee("4", "KSE"),
                assignee("5", "Young"),
                assignee("6", "Nobody"),
                assignee("7", place="elsewhere"),
            ],
        ),
        folder,
    )
    assert list(imported.frames) == ["patents"]
    assert imported.frames["patents"][["firm_id", "patent_id"]].to_numpy().tolist() == [["g1", "US1"], ["g2", "US2"]]
    assert sums(imported)[0] == (
        "g_assignee_disambiguated.tsv: 7 read = 2 used + 5 quarantined "
        "(ambiguous_firm 2, generic_name 1, implausible_match 1, unmatched_firm 1)"
    )
    review = imported.beside["review_matches"]
    assert review.to_numpy().tolist() == [
        ["Spire Corporation", "CO", "ambiguous_firm", "s;s2"],
        ["KSE", "CO", "generic_name", "k"],
        ["Gevo, Inc.", "", "ambiguous_firm", "g1;g2"],
    ]
    write_import(imported, folder)
    assert read_tables(folder).observed == ("patents",)


def test_without_places_names_alone_are_compared(tables, folder):
    names = [assignee("1"), assignee("2", "Young", "y")]
    source = tables([patent("1"), patent("2")], [application("1"), application("2", "2019-03-04")], names, places=None)
    imported = import_patentsview(source, folder)
    assert imported.frames["patents"]["firm_id"].tolist() == ["y"]
    assert "no g_location_disambiguated table: assignees have no state, names alone are compared" in imported.notes


def test_foreign_firm_without_a_place_has_no_country(tables):
    rows = [assignee("1", place=""), assignee("2", "Acme", "u-acme", "3", "")]
    numbers = ("1", "2")
    firms = import_patentsview(tables(map(patent, numbers), map(application, numbers), rows)).frames["firms"]
    assert firms.set_index("name")["country"].to_dict() == {"Gevo, Inc.": "US", "Acme": ""}


def test_nothing_joined_is_an_empty_table(tables, folder):
    imported = import_patentsview(tables([patent("1")], [application("1")], [assignee("1", "Nobody")]), folder)
    assert len(imported.frames["patents"]) == 0


def test_what_is_written_is_read_without_loss(tables, tmp_path):
    source = tables([patent("1")], [application("1")], [assignee("1")], [cpc("1")])
    write_import(import_patentsview(source), tmp_path / "out")
    assert [(one.table, one.used, one.quarantined) for one in read_tables(tmp_path / "out").reconciliations] == [
        ("firms", 1, 0),
        ("patents", 1, 0),
    ]


def test_small_zipped_table_is_read(tables):
    source = tables([patent("1")], [application("1")], [assignee("1")])
    with zipfile.ZipFile(source / "g_patent.tsv.zip", "w") as file:
        file.write(source / "g_patent.tsv", "g_patent.tsv")
    (source / "g_patent.tsv").unlink()
    assert len(import_patentsview(source).frames["patents"]) == 1


def test_absent_table_is_refused(tables):
    source = tables([patent("1")], [application("1")], [assignee("1")])
    (source / "g_cpc_current.tsv").unlink()
    with pytest.raises(TableError, match=r"g_cpc_current\.tsv is not a regular file"):
        import_patentsview(source)
