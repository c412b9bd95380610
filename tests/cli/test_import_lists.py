"""``giants import`` for lists, panels and tables of one's own."""

import json
from pathlib import Path

import pytest

from littlegiants.ingest.readers.read import read_tables
from tests.cli.conftest import giants, read

TITLES = (
    "企业名称,省份,级别,公布日期\n某某科技有限公司,广东省,专精特新“小巨人”企业,2024年9月3日\n,广东省,3,2024年9月3日\n"
)
LAUREATE = (
    "Année de concours;Type de candidature;Grand-Prix;Domaine technologique;Région;N° SIRET;N° SIREN;"
    "Libellé entreprise\n"
    "2019;création-développement;;Santé;Bretagne;;423388446.0;Nomos\n"
)


def test_recognition_list():
    Path("list.csv").write_bytes(TITLES.encode("gb18030"))
    run = giants("import", "recognition-list", "list.csv", "--date-format", "%Y年%m月%d日", "--out", "t")
    assert (run.code, run.err) == (0, "")
    assert run.lines[:2] == ["list.csv 2 read = 1 used + 1 quarantined no_firm 1", "list.csv: read as gb18030"]
    assert read(Path("t/recognitions.csv"))["expires_on"].tolist() == ["2027-09-03"]
    assert len(read_tables("t")) == 1


def test_recognition_list_of_one_tier_and_day():
    Path("list.csv").write_text("企业名称\n某某科技\n", encoding="utf-8")
    given = ("--tier", "2", "--awarded-on", "2024-09-03", "--scheme", "GD", "--country", "CN", "--encoding", "utf-8")
    assert giants("import", "recognition-list", "list.csv", *given, "--out", "t").code == 0
    assert read(Path("t/recognitions.csv"))[["scheme", "tier", "awarded_on"]].to_numpy().tolist() == [
        ["GD", "2", "2024-09-03"]
    ]


def test_subsidy_panel():
    Path("panel.csv").write_text("证券代码;年份;政府补助\n000001;2023;1.5\n", encoding="utf-8")
    run = giants("import", "subsidy-panel", "panel.csv", "--unit", "万元", "--out", "t", "--json")
    assert (run.code, json.loads(run.out)["tables"]) == (0, {"firms": 1, "financials": 1})
    assert read(Path("t/financials.csv")).to_dict("records") == [
        {
            "firm_id": "000001",
            "period_end": "2023-12-31",
            "subsidy_income": "15000",
            "currency": "CNY",
            "known_on": "",
        }
    ]


def test_ilab():
    Path("ilab.csv").write_text(LAUREATE, encoding="utf-8")
    run = giants("import", "ilab", "ilab.csv", "--out", "t")
    assert (run.code, run.lines[0]) == (0, "ilab.csv 1 read = 1 used + 0 quarantined")
    assert len(read_tables("t")) == 1


def test_canonical(world):
    run = giants("import", "canonical", world.dirty, "--out", "t")
    assert (run.code, run.err) == (0, "")
    assert sum(" 1 quarantined " in line for line in run.lines) == 8
    assert [sums.quarantined for sums in read_tables("t").reconciliations] == [0] * 8


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("recognition-list", "list.csv", "--awarded-on", "3.9.2024"), 2, "'3.9.2024' is not a date"),
        (("recognition-list", "list.csv", "--encoding", "klingon"), 2, "encoding 'klingon' is not known"),
        (("subsidy-panel", "list.csv", "--unit", "斤"), 2, "unit '斤' is not known"),
        (("subsidy-panel", "list.csv"), 5, "column '会计年度'"),
        (("canonical", "list.csv"), 5, "is neither a folder nor an .xlsx workbook"),
        (("canonical", "nowhere.xlsx"), 5, "nowhere.xlsx is not a regular file"),
        (("ilab", "list.csv"), 5, "column 'Année de concours'"),
    ],
)
def test_import_refuses(arguments, code, message):
    Path("list.csv").write_text("企业名称\n某某科技\n", encoding="utf-8")
    run = giants("import", *arguments, "--out", "t")
    assert (run.code, run.out, run.err.count("\n")) == (code, "", 1)
    assert message in run.err
    assert not Path("t").exists()
