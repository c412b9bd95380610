"""``giants import``: small exports in their own layouts, the sums of every file, and tables that can be scored."""

import json
import re
from pathlib import Path

import pytest

from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.crunchbase import import_crunchbase
from tests.cli.conftest import AS_OF, giants, read

COMPANIES = """permalink,name,category_code,status,country_code,state_code,region,city,founded_at
/company/gevo,Gevo,cleantech,operating,USA,CO,Denver,Englewood,2005-06-01
/company/acme,Acme,web,acquired,USA,CA,SF Bay,Palo Alto,2004-01-01
/company/odd,Odd,web,dead,USA,CA,SF Bay,Palo Alto,2004-01-01
"""
ROUNDS = """company_permalink,funding_round_type,funded_at,raised_amount_usd
/company/gevo,series-a,2009-01-05,5000000
/company/acme,angel,2006-03-01,250000
/company/gone,angel,2006-03-01,250000
/company/acme,angel,1 March,250000
"""
ACQUISITIONS = """company_permalink,acquired_at,price_amount,price_currency_code
/company/acme,2010-02-03,9000000,USD
"""
AWARDS = """award_id,agency,firm_name,firm_state,award_amount,award_date,award_year,topic_code,phase_inferred
1,NSF,"Gevo, Inc.",CO,150000.0,2012-02-01,2012,BC,I
2,NSF,Nobody LLC,TX,150000.0,2012-02-01,2012,BC,I
3,NSF,Acme,CA,-1,2008-02-01,2008,BC,I
"""
SUM = re.compile(r"(\S+) +([\d,]+) read = +([\d,]+) used \+ +([\d,]+) quarantined(?: (.+))?")


@pytest.fixture
def export() -> Path:
    folder = Path("export")
    folder.mkdir()
    for name, text in {"companies": COMPANIES, "rounds": ROUNDS, "acquisitions": ACQUISITIONS}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def awards() -> Path:
    Path("awards.csv").write_text(AWARDS, encoding="utf-8")
    return Path("awards.csv")


def sums(run) -> dict[str, tuple[str, ...]]:
    found = [match for line in run.lines if (match := SUM.fullmatch(line))]
    assert all(int(match[2]) == int(match[3]) + int(match[4]) for match in found)
    return {match[1]: (match[2], match[3], match[4], match[5] or "") for match in found}


def test_crunchbase(export):
    run = giants("import", "crunchbase", export, "--out", "tables")
    assert (run.code, run.err) == (0, "")
    assert sums(run) == {
        "companies.csv": ("3", "2", "1", "unknown_value 1"),
        "rounds.csv": ("4", "2", "2", "impossible_date 1, orphan_event 1"),
        "acquisitions.csv": ("1", "1", "0", ""),
    }
    assert run.lines[-1] == (
        "written to tables: firms 2, rounds 2, outcomes 1; quarantined rows are in tables/quarantine.csv"
    )
    assert read(Path("tables/quarantine.csv"))["code"].tolist() == ["unknown_value", "orphan_event", "impossible_date"]
    assert len(read_tables("tables")) == 2


def test_what_the_command_writes_is_the_librarys(export):
    assert giants("import", "crunchbase", export, "--out", "tables").code == 0
    write_import(import_crunchbase(export), Path("library"))
    names = sorted(path.name for path in Path("tables").iterdir())
    assert names == sorted(path.name for path in Path("library").iterdir())
    assert all(Path("tables", name).read_bytes() == Path("library", name).read_bytes() for name in names)


def test_sbir_alone(awards):
    run = giants("import", "sbir", awards, "--out", "tables", "--json")
    assert (run.code, run.err, run.out.count("\n")) == (0, "", 1)
    result = json.loads(run.out)
    assert (result["out"], result["tables"]) == ("tables", {"grants": 2, "firms": 2})
    assert result["sources"] == [
        {
            "table": "awards.csv",
            "read": 3,
            "used": 2,
            "quarantined": 1,
            "by_code": {"negative_amount": 1},
            "ignored_columns": [],
        }
    ]
    assert list(result["encodings"]) == ["awards.csv"]


def test_sbir_joined_and_scored(export, awards, world):
    assert giants("import", "crunchbase", export, "--out", "tables").code == 0
    run = giants("import", "sbir", awards, "--join", "--out", "tables")
    assert run.code == 0
    assert sums(run) == {"awards.csv": ("3", "1", "2", "negative_amount 1, unmatched_firm 1")}
    assert read(Path("tables/grants.csv"))["firm_id"].tolist() == ["gevo"]
    scored = giants("score", "--data", "tables", "--as-of", AS_OF, "--out", "s.csv", "--model", world.artefact)
    assert scored.code == 0
    assert f"1 of 2 firms scored as of {AS_OF}" in scored.out
    assert read(Path("s.csv"))["firm_id"].tolist() == ["gevo"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("crunchbase", "nowhere", "--out", "t"), 5, "giants: .*nowhere/companies.csv.*"),
        (("crunchbase", "export"), 2, "giants import crunchbase: Missing option '--out'; see .*"),
        (("crunchbase", "export", "--out", "awards.csv"), 2, "giants: awards.csv is not a folder; .*"),
        (("crunchbase", "export", "--out", "export"), 2, "giants: export is the tables, already named as an input; .*"),
        (("sbir", "export/rounds.csv", "--out", "t"), 5, "giants: .*rounds.csv.*"),
        (("sbir", "awards.csv", "--join", "--out", "t"), 5, "giants: .*t/firms.csv.*"),
        (("pitchbook", "x", "--out", "t"), 2, "giants import: No such command 'pitchbook'; see giants import --help"),
    ],
)
def test_import_refuses(arguments, code, message, export, awards, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    run = giants("import", *arguments)
    assert (run.code, run.out) == (code, "")
    assert re.fullmatch(f"{message}\n", run.err), run.err
    assert sorted(tmp_path.rglob("*")) == before


def test_refused_import_leaves_the_former_one(export):
    assert giants("import", "crunchbase", export, "--out", "tables").code == 0
    before = {path.name: path.read_bytes() for path in Path("tables").iterdir()}
    (export / "rounds.csv").write_bytes(b"")
    assert giants("import", "crunchbase", export, "--out", "tables").code == 5
    assert {path.name: path.read_bytes() for path in Path("tables").iterdir()} == before
