"""``giants import`` of the grant and patent registers: small files in their own layouts, alone and joined."""

import json
from pathlib import Path

import pytest

from littlegiants.ingest.readers.read import read_tables
from tests.cli.conftest import giants, read

FIRMS = "firm_id,name,state,founded_on\ngevo,Gevo,CO,2005-06-01\n"
FILES = {
    "award_data.csv": (
        "Company,Agency,Phase,Program,Agency Tracking Number,Proposal Award Date,Award Amount,Duns,State\n"
        '"Gevo, Inc.",NSF,Phase I,SBIR,A1,2012-02-01,150000.0,148034408,CO\n'
        "Nobody LLC,NSF,Phase I,SBIR,A2,,150000.0,,TX\n"
    ),
    "cordis/organization.csv": (
        "projectID;organisationID;name;activityType;country;ecContribution\n"
        "1;9;Acme AS;PRC;NO;149998,75\n1;8;Uni;HES;NO;1\n"
    ),
    "cordis/project.csv": "id;frameworkProgramme;fundingScheme;ecSignatureDate\n1;H2020;SME-1;2019-09-06\n",
    "norway.csv": (
        "Rammeprogram,Prosjektnr,Søknadstype,Kontrakt signeringsdato,Organisasjonsnummer,Organisasjonsnavn,Deltakernr,"
        "FoU sektorkode,Adresse kommune,Adresse fylke,Innvilget beløp organisasjon EUR\n"
        "H2020,1,SME-1,06.09.2019 00:00,916735472.0,ACME AS,1,NÆR,Oslo,Oslo,50000.0\n"
        "H2020,1,SME-1,06.09.2019 00:00,916735472.0,UNI,2,UoH,Oslo,Oslo,50000.0\n"
    ),
    "patents/g_patent.tsv": "patent_id\tpatent_type\tpatent_date\twithdrawn\n9\tutility\t2014-06-03\t0\n",
    "patents/g_application.tsv": "patent_id\tfiling_date\n9\t2012-03-04\n",
    "patents/g_assignee_disambiguated.tsv": (
        "patent_id\tassignee_id\tdisambig_assignee_organization\tassignee_type\tlocation_id\n"
        "9\tu\tGevo, Inc.\t2\tco\n9\tv\t\t4\tco\n"
    ),
    "patents/g_cpc_current.tsv": "patent_id\tcpc_subclass\n9\tC12P\n",
}


@pytest.fixture
def registers(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "known").mkdir()
    (tmp_path / "known" / "firms.csv").write_text(FIRMS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "source", "tables", "sums"),
    [
        ("sbirgov", "award_data.csv", {"grants": 1, "firms": 1}, {"award_data.csv": (2, 1)}),
        ("cordis", "cordis", {"firms": 1, "grants": 1}, {"organization.csv": (2, 1), "project.csv": (1, 1)}),
        ("horizon-no", "norway.csv", {"firms": 1, "grants": 1}, {"norway.csv": (2, 1)}),
        (
            "patentsview",
            "patents",
            {"patents": 1, "firms": 1},
            {
                "g_assignee_disambiguated.tsv": (2, 1),
                "g_patent.tsv": (1, 1),
                "g_application.tsv": (1, 1),
                "g_cpc_current.tsv": (1, 1),
            },
        ),
    ],
)
def test_register_alone(registers, command, source, tables, sums):
    run = giants("import", command, registers / source, "--out", "tables", "--json")
    assert (run.code, run.err) == (0, "")
    result = json.loads(run.out)
    assert result["tables"] == tables
    assert {one["table"]: (one["read"], one["used"]) for one in result["sources"]} == sums
    assert set(result["encodings"]) == set(sums)
    assert len(read_tables("tables")) == 1


@pytest.mark.parametrize(
    ("command", "source", "table"), [("sbirgov", "award_data.csv", "grants"), ("patentsview", "patents", "patents")]
)
def test_register_joined(registers, command, source, table):
    known = registers / "known"
    run = giants("import", command, registers / source, "--join", "--out", known)
    assert (run.code, run.err) == (0, "")
    assert read(known / f"{table}.csv")["firm_id"].tolist() == ["gevo"]
    assert (known / "review_matches.csv").is_file()
    assert read_tables(known).observed == (table,)


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("sbirgov", "x.csv"),
        ("cordis", "organization.csv"),
        ("horizon-no", "x.csv"),
        ("patentsview", "g_assignee_disambiguated.tsv"),
    ],
)
def test_absent_source_is_refused_and_nothing_written(command, missing):
    run = giants("import", command, "x.csv" if missing == "x.csv" else ".", "--out", "tables")
    assert (run.code, run.out) == (5, "")
    assert missing in run.err
    assert not Path("tables").exists()
