"""Any file as tables: small inputs of every kind that once failed, and one table in every spelling there is."""

import csv
import io
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.mapping.import_table import import_plans, mapping_of, plan_import
from littlegiants.ingest.mapping.mapping_file import from_toml, to_toml
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.exports import find_violations
from littlegiants.ingest.sources.common.writing import write_import
from tests.conftest import examples
from tests.ingest.mapping.conftest import quarantined, records

HEAD = "Company ID,Company Name,Deal Date,Deal Type,Deal Size (USD)\n"


@pytest.mark.parametrize(
    ("cells", "day"),
    [
        (["09-Aug-2023", "10-Sep-2023"], "2023-08-09"),
        (["2023年8月9日", "2023年9月"], "2023-08-09"),
        (["9.8.2023", "31.12.2020"], "2023-08-09"),
        (["Aug 2023", "Sep 2023"], "2023-08-31"),
        (["2023", "2024"], "2023-12-31"),
        (["08/09/2023", "12/25/2023"], "2023-08-09"),
    ],
)
def test_dates_in_the_forms_that_files_have(import_files, cells, day):
    rows = "".join(
        f"1,Acme,{cell.join(['', '']) if ',' not in cell else cell},Seed,{at}\n" for at, cell in enumerate(cells)
    )
    found = import_files(deals__csv=HEAD + rows)
    assert records(found.frames["rounds"], "announced_on")[0] == (day,)
    assert quarantined(found) == []


def test_cells_of_a_workbook_are_dates_years_and_serials(import_files):
    rows = [
        HEAD.strip().split(","),
        ["1", "Acme", date(2021, 8, 9), "Seed", 5],
        ["1", "Acme", 2018, "Seed", 6],
        ["1", "Acme", 43000, "Seed", 7],
    ]
    found = import_files(deals__xlsx={"deals": rows})
    assert records(found.frames["rounds"], "announced_on") == [("2021-08-09",), ("2018-12-31",)]
    assert quarantined(found) == [(3, "Deal Date", "impossible_date")]


def test_merged_cells_and_formulas_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["firm_id", "name", "region"],
        ["m1", "Tideway", "Kent"],
        ["m2", "Cragside", None],
        ["m3", "Fellbank", "=A1"],
    ):
        sheet.append(row)
    sheet.merge_cells("C2:C3")
    book.save(tmp_path / "book.xlsx")
    found = import_plans(plan_import([tmp_path / "book.xlsx"]))
    assert records(found.frames["firms"], "firm_id", "region") == [("m1", "Kent"), ("m2", "Kent"), ("m3", "")]
    assert quarantined(found) == [(3, "region", "formula_cell")]


@pytest.mark.parametrize(
    "content",
    [
        "企业名称,登记状态,法定代表人,成立日期,所属省份,所属城市,统一社会信用代码,级别,公布日期\n甲示例公司,存续,张三,2009-06-18,江苏省,泰州市,,小巨人,2021-07-19\n甲示例公司,存续,李四,2012-01-09,浙江省,台州市,,小巨人,2021-07-19\n",
        "Company,State,Founded\nAcme Robotics,CA,2009\nAcme Robotics,NY,2012\n",
        "公司名称,省份,成立时间\n甲示例公司,江苏省,2016年\n甲示例公司,广东省,2017年\n",
        "Name,Country,Launch date\nAcme Robotics,DE,2009\nAcme Robotics,FR,2012\n",
    ],
)
def test_firms_of_one_name_in_two_places_are_two(import_files, content):
    found = import_files(list__csv=content)
    assert len(found.frames["firms"]) == 2
    assert quarantined(found) == []


@pytest.mark.parametrize(
    "content",
    [
        "证券代码,会计期间,项目,本期发生额\n1,2020-12-31,奖励,500000\n1,2020-12-31,补助,500000\n",
        "证券代码,会计期间,报表类型,项目,本期发生额\n1,2020-12-31,1,甲,1000000\n1,2020-12-31,3,甲,7\n",
        "证券代码,会计期间,项目,本期发生额\n1,2020-12-31,甲,400000\n1,2020-12-31,乙,600000\n1,2020-12-31,合计,1000000\n",
        "Stkcd,Accper,Typrep,Fn05601,Fn05602\n证券代码,会计期间,报表类型,项目,本期发生额\n没有单位,没有单位,没有单位,没有单位,万元\n1,2020-12-31,1,甲,100\n",
    ],
)
def test_items_of_a_firm_and_year_are_summed(import_files, content):
    found = import_files(items__csv=content)
    assert [float(str(row[0])) for row in records(found.frames["financials"], "subsidy_income")] == [1_000_000]
    assert "duplicate_row" not in {code for *_, code in quarantined(found)}


BATCHES = "序号,企业名称,省份,级别,批次\n1,甲示例公司,江苏省,小巨人,第三批\n2,乙示例公司,江苏省,小巨人,第五批\n"


def test_batches_without_days_are_listed_and_no_title_has_one(import_files, plan):
    found = import_files(list__csv=BATCHES)
    assert "recognitions" not in found.frames
    assert [note for note in found.notes if "a batch has no day" in note]
    (one,) = plan(list__csv=BATCHES)
    text = to_toml(mapping_of([one])).replace(
        'column = "批次"', 'column = "批次", vocabulary = { "第三批" = "2021-07-19" }'
    )
    with pytest.raises(TableError, match="第五批 of column '批次' has no day"):
        import_files(text, list__csv=BATCHES)
    text = text.replace('"2021-07-19"', '"2021-07-19", "第五批" = "2023-07-14"')
    found = import_files(text, list__csv=BATCHES)
    assert records(found.frames["recognitions"], "tier", "awarded_on") == [("3", "2021-07-19"), ("3", "2023-07-14")]


@pytest.mark.parametrize("merged", [("D3:D4",), ("D3:D5",), ("C3:C4", "D3:D5")])
def test_a_published_list_with_a_title_merged_cells_and_batches(tmp_path, merged):
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [
        ["附件：专精特新“小巨人”企业名单", None, None, None],
        ["序号", "企业名称", "地区", "批次"],
        [1, "宁波示例轴承有限公司", "宁波市", "第三批"],
        [2, "宁波示例阀门有限公司", None if "C3:C4" in merged else "宁波市", None],
        [3, "宁波示例铸造有限公司", "宁波市", None if "D3:D5" in merged else "第五批"],
    ]
    for row in rows:
        sheet.append(row)
    for reference in ("A1:D1", *merged):
        sheet.merge_cells(reference)
    book.save(tmp_path / "list.xlsx")
    text = to_toml(mapping_of(plan_import([tmp_path / "list.xlsx"])))
    text = text.replace(
        'column = "批次"', 'column = "批次", vocabulary = { "第三批" = "2021-07-19", "第五批" = "2023-07-14" }'
    )
    found = import_plans(plan_import([tmp_path / "list.xlsx"], from_toml(text, "m.toml")))
    assert set(found.frames["firms"]["region"]) == {"宁波市"}
    days = ["2021-07-19", "2021-07-19", "2021-07-19" if "D3:D5" in merged else "2023-07-14"]
    assert records(found.frames["recognitions"], "tier", "awarded_on") == [("3", day) for day in days]


def test_a_title_that_is_not_known_is_listed(import_files):
    found = import_files(
        list__csv="企业名称,省份,级别,公布日期\n甲公司,江苏省,小巨人,2021-07-19\n乙公司,江苏省,瞪羚企业,2021-07-19\n"
    )
    assert records(found.frames["recognitions"], "tier") == [("3",)]
    assert quarantined(found) == [(2, "级别", "unknown_value")]


@pytest.mark.parametrize("content", ["colour,size\nred,5\n", "序号,地区\n1,江苏\n", "Date,Amount\n2020-01-02,5\n"])
def test_a_file_without_firms_is_refused_with_its_columns(plan, content):
    with pytest.raises(TableError, match=r"no column is known to name a firm: list\.csv has "):
        plan(list__csv=content)


def test_a_sheet_that_the_mapping_does_not_name_is_not_read(plan):
    mapping = '[[sheet]]\nfile = "a*"\nfirm = { name = "Company" }\n'
    plans = plan(mapping, a__csv="Company\nAcme\n", b__csv="Company\nBolt\n")
    assert [one.origin for one in plans] == ["mapping", "the mapping has no rule for it"]
    with pytest.raises(TableError, match="no sheet has a rule in the mapping"):
        plan(mapping, b__csv="Company\nBolt\n")


def test_a_file_with_brackets_in_its_name_finds_its_own_rule(plan):
    plans = plan(**{"list [1]__csv": "Company Name\nAcme\n"})
    again = plan(to_toml(mapping_of(plans)), **{"list [1]__csv": "Company Name\nAcme\n"})
    assert [one.origin for one in again] == ["mapping"]


@pytest.mark.parametrize("name", ["Contact Email", "Founders", "法定代表人", "电话"])
def test_people_are_in_no_table_no_quarantine_and_no_mapping(plan, name):
    plans = plan(
        x__csv=f"Company Name,{name},Deal Date,Deal Type\nAcme,SECRET,2014-01-02,Seed\nBolt,SECRET,soon,\n,SECRET,,\n"
    )
    found = import_plans(plans)
    everything = [*found.frames.values(), found.quarantine.frame()]
    assert not any("SECRET" in frame.to_csv() for frame in everything)
    assert "SECRET" not in to_toml(mapping_of(plans))
    assert plans[0].resolved.unread[name] == "about people: never read"


DAY_FORMS = ("%Y-%m-%d", "%d-%b-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y年%m月%d日", "%B %d, %Y", "%Y%m%d")
NUMBERS = {
    "plain": lambda cents: f"{cents / 100:.2f}",
    "grouped": lambda cents: f"{cents / 100:,.2f}",
    "comma": lambda cents: f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,")),
    "spaced": lambda cents: f"{cents / 100:,.2f}".translate(str.maketrans(",.", " ,")),
    "dollars": lambda cents: f"US$ {cents / 100:.2f}",
    "thousands": lambda cents: f"{cents / 100_000:.5f}k",
}
HEADERS = (
    ("Company ID", "Company Name", "City", "Year Founded", "Deal Date", "Deal Type", "Deal Size (USD)"),
    ("公司ID", "公司全称", "城市", "成立时间", "融资时间", "融资轮次", "融资金额（USD）"),
    ("firm_id", "name", "city", "founded_on", "announced_on", "kind", "amount_usd"),
    (
        "Organization ID",
        "Organization Name",
        "HQ City",
        "Founded Date",
        "Announced Date",
        "Funding Type",
        "Money Raised (in USD)",
    ),
)
KINDS = {
    "seed": ("Seed", "种子轮", "Seed Round"),
    "series_a": ("Series A", "A轮", "series-a"),
    "debt": ("Debt", "debt_financing"),
}
ROWS = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.sampled_from(["Acme Robotics", "Bolt, Lasers & Co", 'Say "Aye"', "某某示例科技", "Ångström Öl"]),
        st.dates(date(1990, 1, 13), date(2030, 12, 31)),
        st.sampled_from(sorted(KINDS)),
        st.integers(1_00, 10**12),
    ),
    min_size=1,
    max_size=5,
)


def canonical(rows):
    """The tables that the rows must become, whatever they are written as."""
    firms = {str(firm): (str(firm), f"{name} {firm}", f"{1990 + firm}-12-31") for firm, name, *_ in reversed(rows)}
    rounds = sorted((str(firm), day.isoformat(), kind, cents) for firm, _, day, kind, cents in rows)
    return sorted(firms), rounds


def written(draw, rows, folder):
    """Write the rows as a file of any kind, and return its path."""
    header = draw(st.sampled_from(HEADERS))
    form, number = draw(st.sampled_from(DAY_FORMS)), NUMBERS[draw(st.sampled_from(sorted(NUMBERS)))]
    table = [
        [
            str(firm),
            f"{name} {firm}",
            "Rome",
            str(1990 + firm),
            day.strftime(form),
            draw(st.sampled_from(KINDS[kind])),
            number(cents),
        ]
        for firm, name, day, kind, cents in rows
    ]
    title = draw(st.sampled_from([[], [["A list of deals"]], [["名单"], []]]))
    kind = draw(st.sampled_from(["csv", "tsv", "xlsx", "parquet"]))
    path = folder / f"deals.{kind}"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in [*title, header, *table]:
            book.active.append(row)
        book.save(path)
    elif kind == "parquet":
        pd.DataFrame(table, columns=list(header)).to_parquet(path)
    else:
        text = io.StringIO()
        delimiter = "\t" if kind == "tsv" else draw(st.sampled_from(",;|"))
        csv.writer(text, delimiter=delimiter, lineterminator=draw(st.sampled_from(["\n", "\r\n"]))).writerows(
            [*([*row, *[""] * (len(header) - len(row))] for row in title if row), header, *table]
        )
        encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
        path.write_bytes(text.getvalue().encode(encoding))
    return path


@given(st.data(), ROWS)
@settings(max_examples=examples(25, 100), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_table_in_any_spelling_becomes_the_same_tables(tmp_path, data, rows):
    rows = list({(firm, day): (firm, name, day, kind, cents) for firm, name, day, kind, cents in rows}.values())
    plans = plan_import([written(data.draw, rows, tmp_path)])
    found = import_plans(plans)
    firms, rounds = canonical(rows)
    # A form that could be another one is told and not read; all else is the same, whatever it was written as.
    resolved = plans[0].resolved
    assert resolved is not None
    unsure = [line for line in resolved.lines if line.doubt]
    frame = found.frames["rounds"]
    assert sorted(found.frames["firms"]["firm_id"]) == firms
    assert set(found.frames["firms"]["founded_on"]) == {f"{1990 + firm}-12-31" for firm, *_ in rows}
    assert sorted(zip(frame["firm_id"], frame["announced_on"], frame["kind"], strict=True)) == [
        row[:3] for row in rounds
    ]
    if unsure:
        assert all("numbers" in line.doubt for line in unsure)
        assert (frame["amount"] == "").all()
    else:
        cents = [round(float(amount) * 100) for amount in frame["amount"]]
        assert sorted(zip(frame["firm_id"], frame["announced_on"], frame["kind"], cents, strict=True)) == rounds
        assert set(frame["currency"]) == {"USD"}
    assert all(one.read == one.used + one.quarantined for one in (*found.reconciliations, *found.events))


NAMES = (
    *(
        "Company",
        "Company ID",
        "Country",
        "Founded",
        "Deal Date",
        "Deal Type",
        "Deal Size",
        "Last Funding Date",
        "amount",
    ),
    *(
        "Last Funding Amount",
        "IPO Date",
        "Status",
        "级别",
        "批次",
        "公布日期",
        "证券代码",
        "会计期间",
        "项目",
        "本期发生额",
    ),
    *("Currency", "Industry", "patent id", "filed on", "Contact", "", "award date", "grant amount", "level", "id"),
)
CELLS = st.sampled_from(
    [
        "",
        "Acme",
        "Acme Inc",
        "Bolt",
        "1",
        "-5",
        "1,234",
        "1.234,5",
        "US$ 3m",
        "2020",
        "2020-01-02",
        "09-Aug-2023",
        "43000",
        "03/04/2020",
        "Seed",
        "Grant",
        "IPO",
        "closed",
        "小巨人",
        "第三批",
        "x;y",
        "a, b",
        "\x00",
        "9e99",
        "USD",
        "XTS",
        "=1+1",
        "-",
        "2020-02-30",
        "1066",
        "٣",
        "\\N",
        '"',
        "A" * 1200,
    ]
)


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=7),
    st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=5),
)
@settings(max_examples=examples(60, 300), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sheet_becomes_tables_that_the_contract_takes_or_is_refused(tmp_path, header, rows):
    text = io.StringIO()
    csv.writer(text).writerows([header, *(row[: len(header)] for row in rows)])
    (tmp_path / "x.csv").write_text(text.getvalue(), encoding="utf-8")
    try:
        plans = plan_import([tmp_path / "x.csv"])
    except TableError:
        return
    found = import_plans(plans)
    firm_ids = np.unique(found.frames["firms"]["firm_id"].to_numpy(object))
    for name, frame in found.frames.items():
        assert find_violations(name, frame, None if name == "firms" else firm_ids).empty
    assert all(one.read == one.used + one.quarantined for one in (*found.reconciliations, *found.events))
    assert from_toml(to_toml(mapping_of(plans)), "x") == mapping_of(plans)


def test_a_kept_mapping_reads_the_same_tables_again(plan, tmp_path):
    text = HEAD + '1,Acme,09-Aug-2023,Seed,"1,234,567"\n2,Bolt,10-Sep-2022,Grant,5\n3,Cog,11-Oct-2021,IPO,\n'
    plans = plan(deals__csv=text)
    again = plan(to_toml(mapping_of(plans)), deals__csv=text)
    assert mapping_of(again) == mapping_of(plans) == from_toml(to_toml(mapping_of(plans)), "x")
    first, second = import_plans(plans), import_plans(again)
    assert all(first.frames[name].equals(second.frames[name]) for name in first.frames)
    write_import(first, tmp_path / "t")
    tables = read_tables(tmp_path / "t")
    assert [sums.quarantined for sums in tables.reconciliations] == [0] * 4
