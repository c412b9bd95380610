"""``giants import table``: a mapping printed, kept, corrected and used again."""

import json
from pathlib import Path

import pytest

from littlegiants.ingest.readers.read import read_tables
from tests.cli.conftest import giants, read

LIST = (
    "Company ID,Company Name,Primary Contact,Founded Year,Last Funding Date,Last Funding Type,"
    "Last Funding Amount (EUR m),Total Funding\n"
    '1,Acme,A. Person,2010,09-Aug-2023,Series A,"1,25",9\n2,Bolt,B. Person,2011,,Seed,"12,5",3\n'
    '3,Cog,C. Person,2012,10-Sep-2022,Seed,"1.250,5",\n4,Dell,,2013,,,,\n5,Eel,,2014,11-Oct-2021,Grant,3,\n'
)


@pytest.fixture(autouse=True)
def listed():
    Path("list.csv").write_text(LIST, encoding="utf-8")


def test_without_out_the_mapping_is_printed_and_nothing_written():
    run = giants("import", "table", "list.csv")
    assert (run.code, run.err) == (0, "")
    assert run.lines[0] == "list.csv: 5 records, read as: proposal"
    shown = [line.split() for line in run.lines]
    assert ["Company", "ID", "->", "firms.firm_id", "1", "by", "name"] in shown
    assert "Last Funding Date            -> rounds.announced_on  %d-%b-%Y       09-Aug-2023  by name" in run.lines
    assert "Last Funding Amount (EUR m)  -> rounds.amount        comma, m, EUR  1,25         by name" in run.lines
    assert "not read: Primary Contact: about people: never read" in run.lines
    assert "not read: Total Funding: a sum without a day: no event" in run.lines
    assert sorted(path.name for path in Path().iterdir()) == ["list.csv"]


def test_tables_are_written_with_their_accounts():
    run = giants("import", "table", "list.csv", "--out", "t")
    assert (run.code, run.err) == (0, "")
    assert "list.csv         5 read = 5 used + 0 quarantined" in run.lines
    assert "list.csv: rounds 3 read = 2 used + 1 quarantined missing_date 1" in run.lines
    assert read(Path("t/rounds.csv"))[
        ["firm_id", "announced_on", "kind", "amount", "currency"]
    ].to_numpy().tolist() == [
        ["1", "2023-08-09", "series_a", "1250000", "EUR"],
        ["3", "2022-09-10", "seed", "1250500000", "EUR"],
    ]
    assert read(Path("t/grants.csv"))["firm_id"].tolist() == ["5"]
    assert read(Path("t/quarantine.csv"))[["row", "column", "code"]].to_numpy().tolist() == [
        ["2", "Last Funding Date", "missing_date"]
    ]
    assert len(read_tables("t")) == 5
    events = json.loads(Path("t/import.json").read_text())["imports"][0]["events"]
    assert events["list.csv: rounds"] == {"read": 3, "used": 2, "quarantined": 1, "by_code": {"missing_date": 1}}


def test_a_mapping_is_kept_corrected_and_used_again():
    assert giants("import", "table", "list.csv", "--save-mapping", "m.toml").lines[-1] == "mapping: m.toml"
    text = Path("m.toml").read_text(encoding="utf-8")
    Path("m.toml").write_text(text.replace('currency = "EUR"', 'currency = "GBP"'), encoding="utf-8")
    run = giants("import", "table", "list.csv", "--mapping", "m.toml", "--out", "t", "--json")
    found = json.loads(run.out)
    assert (run.code, found["tables"]) == (0, {"firms": 5, "rounds": 2, "grants": 1})
    assert found["mapping"][0]["origin"] == "mapping"
    assert found["mapping"][0]["unread"]["Primary Contact"] == "about people: never read"
    assert set(read(Path("t/rounds.csv"))["currency"]) == {"GBP"}


def test_several_files_are_one_set():
    Path("deals.csv").write_text("Company Name,Deal Date,Deal Type\nACME,2020-01-02,Seed\n", encoding="utf-8")
    assert giants("import", "table", "list.csv", "deals.csv", "--out", "t").code == 0
    assert read(Path("t/rounds.csv"))["firm_id"].tolist() == ["1", "3", "1"]


def test_rows_that_a_layout_does_not_mean_are_no_loss():
    header = "证券代码,证券简称,统计截止日期,报表类型,营业收入\n"
    rows = "".join(f"00090{firm},甲,2019-12-31,{kind},5\n" for firm in range(5) for kind in "AB")
    Path("fs.csv").write_text(header + rows, encoding="utf-8")
    run = giants("import", "table", "fs.csv", "--out", "t")
    assert (run.code, run.err) == (0, "")
    assert any(line.split()[:7] == ["fs.csv", "10", "read", "=", "5", "used", "+"] for line in run.lines)
    assert len(read(Path("t/financials.csv"))) == 5


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("soon.csv", "--out", "t"), 8, "soon.csv: rounds: 2 of 3 rows (66.7 %) are quarantined (impossible_date 2)"),
        (("doubt.csv", "--out", "t"), 8, "doubt.csv: Deal Date: day or month first? not read before one is declared"),
        (("list.csv", "--out", "t", "--strict"), 7, "--strict: 1 notice: list.csv: rounds"),
        (("list.csv", "--mapping", "nowhere.toml"), 2, "nowhere.toml cannot be read"),
        (("list.csv", "--save-mapping", "m.txt"), 2, "name a file that ends in .toml"),
        (("list.csv", "--save-mapping", "list.csv"), 2, "list.csv"),
        (("list.csv", "--encoding", "klingon"), 2, "encoding 'klingon' is not known"),
        (("nowhere.csv",), 5, "nowhere.csv is not a regular file"),
        (("colours.csv",), 5, "no column is known to name a firm: colours.csv has colour, size"),
        (("empty.csv", "--out", "t"), 6, "no record names a firm that can be used: empty.csv: 0 read"),
    ],
)
def test_what_is_refused_writes_nothing(arguments, code, message):
    Path("colours.csv").write_text("colour,size\nred,5\n", encoding="utf-8")
    dates = "Company,City,Last Funding Date\nAcme,Rome,soon\nBolt,Oslo,later\nCog,Lyon,2020-01-02\n"
    Path("doubt.csv").write_text("Company,Deal Date\nAcme,03/04/2020\nBolt,05/06/2021\n", encoding="utf-8")
    Path("soon.csv").write_text(dates, encoding="utf-8")
    Path("empty.csv").write_text("Company,City\n", encoding="utf-8")
    run = giants("import", "table", *arguments)
    assert (run.code, run.out, run.err.count("\n")) == (code, "", 1)
    assert message in run.err
    assert not Path("t").exists()
    assert not Path("m.txt").exists()
