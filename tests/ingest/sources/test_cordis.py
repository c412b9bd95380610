"""Participations in framework programmes in the layout of CORDIS, by hand-made files."""

import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.cordis import import_cordis

ORGANISATIONS = (
    "projectID;projectAcronym;organisationID;vatNumber;name;shortName;SME;activityType;street;postCode;city;country;"
    "nutsCode;geolocation;organizationURL;contactForm;contentUpdateDate;rcn;order;role;ecContribution;"
    "netEcContribution;totalCost;endOfParticipation;active"
)
PROJECTS = (
    "id;acronym;status;title;startDate;endDate;totalCost;ecMaxContribution;legalBasis;topics;ecSignatureDate;"
    "frameworkProgramme;masterCall;subCall;fundingScheme;nature;objective;contentUpdateDate;rcn;grantDoi"
)


def participation(project, firm, kind="PRC", amount="50000", net="", name="Acme AS", country="NO", order="1"):
    return (
        f'{project};ACR;{firm};NO1;"{name}";A;true;{kind};Road 1;1;Oslo;{country};NO081;"59,10";www.acme.no;;'
        f"2021-01-01 10:00:00;9;{order};participant;{amount};{net};;false;true"
    )


def project(number, signed="2019-09-06", scheme="SME-1"):
    return (
        f'{number};ACR;CLOSED;"Title; with a semicolon";2019-08-01;2019-11-30;71429;50000;H2020-EU.2.3.;T;{signed};'
        f'H2020;C;S;{scheme};;"Aim";2021-01-01 10:00:00;9;10.3030/1'
    )


@pytest.fixture
def release(tmp_path):
    def make(organisations, projects, header=ORGANISATIONS):
        folder = tmp_path / "release"
        folder.mkdir(exist_ok=True)
        (folder / "organization.csv").write_text("\n".join([header, *organisations]) + "\n", encoding="utf-8")
        (folder / "project.csv").write_text("\n".join([PROJECTS, *projects]) + "\n", encoding="utf-8")
        return import_cordis(folder)

    return make


def records(imported):
    return [tuple(row) for row in imported.quarantine.frame().to_dict("split")["data"]]


def test_grant_and_its_firm(release):
    imported = release([participation(876696, 999)], [project(876696)])
    assert imported.frames["grants"].to_dict("records") == [
        {
            "firm_id": "999",
            "grant_id": "876696/1",
            "awarded_on": "2019-09-06",
            "amount": "50000",
            "currency": "EUR",
            "programme": "H2020 SME-1",
            "level": "supranational",
            "phase": "1",
        }
    ]
    assert imported.frames["firms"].to_dict("records") == [
        {
            "firm_id": "999",
            "name": "Acme AS",
            "country": "NO",
            "region": "NO081",
            "city": "Oslo",
            "website": "www.acme.no",
        }
    ]


@pytest.mark.parametrize(
    ("scheme", "phase"), [("SME-1", "1"), ("SME-2", "2"), ("SME-2b", "2"), ("RIA", ""), ("HORIZON-EIC", "")]
)
def test_phases_are_those_of_the_sme_instrument(release, scheme, phase):
    assert release([participation(1, 9)], [project(1, scheme=scheme)]).frames["grants"]["phase"].tolist() == [phase]


@pytest.mark.parametrize(
    ("amount", "net", "read"),
    [
        ("50000", "", "50000"),
        ("50000.5", "40000.25", "40000.25"),
        ("149998,75", "", "149998.75"),
        ("1000", "149998,7", "149998.7"),
        ("", "", ""),
    ],
)
def test_own_share_with_a_point_or_a_comma(release, amount, net, read):
    grants = release([participation(1, 9, amount=amount, net=net)], [project(1)]).frames["grants"]
    assert grants[["amount", "currency"]].to_numpy().tolist() == [[read, "EUR" if read else ""]]


def test_older_release_without_net_contribution_order_and_region(release):
    header = "projectID;organisationID;name;activityType;country;ecContribution"
    imported = release(["1;9;Acme AS;PRC;EL;50000", "1;9;Acme AS;PRC;EL;50000"], [project(1)], header)
    assert imported.frames["grants"]["grant_id"].tolist() == ["1"]
    assert imported.frames["firms"].iloc[0].to_dict() == {
        "firm_id": "9",
        "name": "Acme AS",
        "country": "GR",
        "region": "",
        "city": "",
        "website": "",
    }
    assert [record[3] for record in records(imported)] == ["duplicate_row"]


def test_firm_twice_in_a_project_has_two_grants(release):
    imported = release([participation(1, 9), participation(1, 9, order="2")], [project(1)])
    assert imported.frames["grants"]["grant_id"].tolist() == ["1/1", "1/2"]


def test_firm_is_named_as_at_its_first_contract(release):
    imported = release(
        [participation(1, 9, name="New AS"), participation(2, 9, name="Old AS", country="UK")],
        [project(1), project(2, "2014-01-02")],
    )
    assert imported.frames["firms"][["name", "country"]].to_numpy().tolist() == [["Old AS", "GB"]]


def test_participations_that_cannot_be_used(release):
    imported = release(
        [
            participation(1, 1),
            *(participation(1, 2, kind) for kind in ("HES", "REC", "PUB", "OTH")),
            participation(1, 3, "XYZ"),
            participation(1, ""),
            participation(7, 4),
            participation(2, 4),
            participation(1, 5, amount="0"),
            participation(1, 5, amount="0,00"),
            participation(1, 6, amount="1.234,56"),
            participation(1, 6, amount="1,234"),
            participation(1, 6, amount="-5"),
        ],
        [project(1), project(2, ""), project(3, "2014-02-30"), project(4), project(1)],
    )
    assert [record[:4] for record in records(imported)] == [
        *(("organization.csv", row, "activityType", "source_excluded") for row in (2, 3, 4, 5)),
        ("organization.csv", 6, "activityType", "unknown_value"),
        ("organization.csv", 7, "organisationID", "missing_key"),
        ("organization.csv", 8, "projectID", "missing_record"),
        ("organization.csv", 9, "projectID", "missing_record"),
        ("organization.csv", 10, "ecContribution", "source_excluded"),
        ("organization.csv", 11, "ecContribution", "source_excluded"),
        ("organization.csv", 12, "ecContribution", "not_a_number"),
        ("organization.csv", 13, "ecContribution", "not_a_number"),
        ("organization.csv", 14, "ecContribution", "negative_amount"),
        ("project.csv", 2, "ecSignatureDate", "missing_date"),
        ("project.csv", 3, "ecSignatureDate", "impossible_date"),
        ("project.csv", 4, "id", "source_excluded"),
        ("project.csv", 5, "id", "duplicate_row"),
    ]
    assert [(sums.read, sums.used, sums.quarantined) for sums in imported.reconciliations] == [(14, 1, 13), (5, 1, 4)]


def test_what_is_written_is_read_without_loss(release, tmp_path):
    write_import(release([participation(1, 9), participation(1, 8, "HES")], [project(1)]), tmp_path / "out")
    tables = read_tables(tmp_path / "out")
    assert [(sums.table, sums.used, sums.quarantined) for sums in tables.reconciliations] == [
        ("firms", 1, 0),
        ("grants", 1, 0),
    ]


def test_other_layout_is_refused(release):
    with pytest.raises(TableError, match=r"organization\.csv: column 'projectID' must stand once"):
        release([], [], ORGANISATIONS.replace(";", ","))
