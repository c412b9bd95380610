"""Panels of subsidies in annual accounts, by hand-made files."""

from datetime import date

import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.subsidy import subsidy_over_revenue
from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.subsidy_panel import import_subsidy_panel

CODE = "91110000600037341L"


@pytest.fixture
def panel(tmp_path):
    def make(*lines, header="证券代码,公司名称,会计年度,政府补助", written="utf-8", **options):
        path = tmp_path / "panel.csv"
        path.write_bytes("\n".join([header, *lines]).encode(written))
        return import_subsidy_panel(path, **options)

    return make


def figures(imported):
    return imported.frames["financials"][["firm_id", "period_end", "subsidy_income", "currency"]].to_numpy().tolist()


def quarantined(imported):
    return [tuple(row) for row in imported.quarantine.frame()[["row", "column", "code"]].to_numpy()]


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_one_row_a_firm_and_year_in_the_accounts_and_no_grants(panel, written):
    imported = panel("000001,某某科技,2023,1500000.50", "000001,某某科技,2022年,0", written=written)
    assert set(imported.frames) == {"firms", "financials"}
    assert figures(imported) == [
        ["000001", "2023-12-31", "1500000.50", "CNY"],
        ["000001", "2022-12-31", "0", "CNY"],
    ]
    assert imported.frames["firms"].to_dict("records") == [
        {"firm_id": "000001", "country": "CN", "name": "某某科技", "region": ""}
    ]
    assert imported.notes == (
        "read as: 政府补助 in plain units of the currency",
        "subsidies are income of the period, in financials; they are no grants",
    )


@pytest.mark.parametrize(
    ("header", "unit", "expected"),
    [
        ("政府补助", None, "123.45"),
        ("政府补助", "元", "123.45"),
        ("政府补助", "万元", "1234500"),
        ("政府补助", "亿元", "12345000000"),
        ("政府补助（万元）", None, "1234500"),
        ("政府补助(单位:万元)", None, "1234500"),
        ("政府补助(亿元)", "亿元", "12345000000"),
    ],
)
def test_units_count_only_when_declared(panel, header, unit, expected):
    imported = panel("某某科技,2023,123.45", header=f"公司名称,年份,{header}", unit=unit)
    assert figures(imported) == [["某某科技", "2023-12-31", expected, "CNY"]]


def test_a_unit_against_the_header_is_refused(panel):
    with pytest.raises(TableError, match=r"column '政府补助\(万元\)' states its unit, but 元 is declared"):
        panel("a,2023,1", header="公司名称,年份,政府补助(万元)", unit="元")


def test_each_money_column_has_its_own_unit(panel):
    imported = panel(
        "某某科技,2023,1,2,3,40", header="公司名称,年份,政府补助(万元),营业收入(亿元),研发费用,员工人数", unit="元"
    )
    frame = imported.frames["financials"]
    assert frame[["subsidy_income", "revenue", "rnd_expense", "employees"]].to_numpy().tolist() == [
        ["10000", "200000000", "3", "40"]
    ]


def test_english_headers_and_other_currencies(panel):
    imported = panel("Acme,X,2023-06-30,5,usd", header="Firm name,Region,Period end,Subsidy income,Currency")
    assert figures(imported) == [["acme-x", "2023-06-30", "5", "USD"]]


def test_ids_are_the_credit_code_else_the_stock_code_else_the_name(panel):
    header = "统一社会信用代码,证券代码,公司名称,年份,政府补助"
    imported = panel(f"{CODE},1,甲科技,2023,1", ",000002,乙科技,2023,1", ",,丙科技,2023,1", header=header)
    assert imported.frames["financials"]["firm_id"].tolist() == [CODE, "000002", "丙科技"]


def test_records_that_cannot_be_used(panel):
    imported = panel(
        f"{CODE},1,某某科技,2023,1",
        f"{CODE},1,某某科技,2023,1",
        f"{CODE},1,某某科技,2022,1",
        f"{CODE},1,某某科技,2022,2",
        f"{CODE},1,某某科技,2021,3万",
        f"{CODE},1,某某科技,2021,1.2亿",
        f'{CODE},1,某某科技,2021,"1,234.56"',
        f"{CODE},1,某某科技,2021,１２３",
        f"{CODE},1,某某科技,2021,-5",
        f"{CODE},1,某某科技,21,5",
        f"{CODE},1,某某科技,,5",
        "9.111E+17,1,某某科技,2021,5",
        ",600519.0,某某科技,2021,5",
        "91110000600037341M,1,某某科技,2021,5",
        ",,,2021,5",
        header="统一社会信用代码,证券代码,公司名称,年份,金额",
    )
    assert quarantined(imported) == [
        (2, "年份", "duplicate_row"),
        (3, "年份", "duplicate_conflict"),
        (4, "年份", "duplicate_conflict"),
        (5, "金额", "not_a_number"),
        (6, "金额", "not_a_number"),
        (7, "金额", "not_a_number"),
        (8, "金额", "not_a_number"),
        (9, "金额", "negative_amount"),
        (10, "年份", "impossible_date"),
        (11, "年份", "missing_date"),
        (12, "统一社会信用代码", "numeric_id"),
        (13, "证券代码", "numeric_id"),
        (14, "统一社会信用代码", "malformed_id"),
        (15, "公司名称", "no_firm"),
    ]


@pytest.mark.parametrize("currency", ["RMB", "rmb", "¥", "￥", "人民币"])
def test_t10_unknown_currency_is_set_apart(currency, panel):
    imported = panel(f"a,2023,1,{currency}", header="公司名称,年份,政府补助,币种")
    assert quarantined(imported) == [(1, "币种", "unknown_currency")]


@pytest.mark.parametrize(
    ("header", "options", "error", "message"),
    [
        ("公司名称,政府补助", {}, TableError, "column '会计年度'.* must stand once"),
        ("公司名称,年份", {}, TableError, "column '政府补助'.* must stand once"),
        ("年份,政府补助", {}, TableError, "no column names the firms"),
        ("公司名称,年份,政府补助", {"unit": "角"}, ConfigError, "unit '角' is not known; it is one of 元"),
    ],
)
def test_panel_is_refused(panel, header, options, error, message):
    with pytest.raises(error, match=message):
        panel("x" + "," * header.count(","), header=header, **options)


def test_a_figure_is_known_with_the_annual_report(panel, tmp_path):
    header = "公司名称,年份,政府补助,营业收入,公告日期"
    imported = panel(
        "甲科技,2022,1,4,", "乙科技,2022,1,4,2023年3月15日", header=header, unit="万元", date_format="%Y年%m月%d日"
    )
    write_import(imported, tmp_path / "out")
    tables = read_tables(tmp_path / "out")
    assert tables.firm_ids.tolist() == ["乙科技", "甲科技"]
    # 31 December and 120 days is 30 April, unless the day of disclosure is stated.
    for day, known in {
        date(2023, 3, 14): [False, False],
        date(2023, 3, 15): [True, False],
        date(2023, 4, 29): [True, False],
        date(2023, 4, 30): [True, True],
    }.items():
        assert (subsidy_over_revenue(Snapshot(tables, day)).round(3) == 0.25).tolist() == known


def test_amounts_are_read_in_the_declared_form_only(panel):
    lines = ('000001,甲,2019,"1,234.5"', '000002,乙,2019,"12,34"', "000003,丙,2019,7")
    grouped = panel(*lines, amounts="grouped", unit="万元")
    assert [row[2] for row in figures(grouped)] == ["12345000", "70000"]
    assert grouped.quarantine.frame()["code"].tolist() == ["not_a_number"]
    assert [row[2] for row in figures(panel(*lines))] == ["7"]


@pytest.mark.parametrize("item", ["项目", "补助项目", "Item"])
def test_items_of_one_firm_and_year_are_refused_and_not_made_one(tmp_path, item):
    path = tmp_path / "items.csv"
    path.write_text(
        f"证券代码,会计期间,{item},本期发生额\n000903,2020-12-31,奖励,500000\n000903,2020-12-31,补助,500000\n"
    )
    with pytest.raises(TableError, match=f"which column {item!r} tells apart; giants import table adds them up"):
        import_subsidy_panel(path)


def test_one_item_of_a_firm_and_year_is_its_sum(tmp_path):
    path = tmp_path / "items.csv"
    path.write_text("证券代码,会计期间,项目,本期发生额\n000903,2020-12-31,合计,500000\n000904,2020-12-31,合计,7\n")
    assert len(import_subsidy_panel(path).frames["financials"]) == 2
