"""Lists of recognised firms, by hand-made files in the layout of the announcements."""

from datetime import date

import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.recognition import recognition_lapsed, recognition_tier
from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.common.writing import write_import
from littlegiants.ingest.sources.recognition_list import import_recognition_list

HEADER = "序号,企业名称,省份,级别,批次,公布日期,有效期"
CODE = "91110000600037341L"


@pytest.fixture
def listed(tmp_path):
    def make(*lines, header=HEADER, written="utf-8", **options):
        path = tmp_path / "list.csv"
        path.write_bytes("\r\n".join([header, *lines]).encode(written))
        return import_recognition_list(path, **options)

    return make


def titles(imported):
    frame = imported.frames["recognitions"]
    return frame[["tier", "awarded_on", "expires_on"]].to_numpy().tolist()


def quarantined(imported):
    return [tuple(row) for row in imported.quarantine.frame()[["row", "column", "code"]].to_numpy()]


LINES = (
    "1,深圳市某某科技有限公司,广东省,专精特新“小巨人”企业,第六批,2024-09-03,",
    "2,𠮷林科技有限公司,吉林省,单项冠军,第六批,2024-09-03,",
)


@pytest.mark.parametrize(
    ("written", "declared", "recorded"),
    [
        ("utf-8", None, "utf-8"),
        ("utf-8-sig", None, "utf-8-sig"),
        ("utf-16", None, "utf-16"),
        ("utf-16-le", None, "utf-16-le"),
        ("utf-16-be", None, "utf-16-be"),
        ("gb18030", None, "gb18030"),
        ("gb18030", "gb18030", "gb18030"),
    ],
)
def test_every_encoding_gives_the_same(listed, written, declared, recorded):
    imported = listed(*LINES, written=written, encoding=declared)
    assert imported.encodings == {"list.csv": recorded}
    assert imported.frames["firms"].to_dict("records") == [
        {
            "firm_id": "深圳市某某科技-广东",
            "country": "CN",
            "name": "深圳市某某科技有限公司",
            "region": "广东省",
            "city": "",
        },
        {"firm_id": "𠮷林科技-吉林", "country": "CN", "name": "𠮷林科技有限公司", "region": "吉林省", "city": ""},
    ]
    assert titles(imported) == [["3", "2024-09-03", "2027-09-03"], ["4", "2024-09-03", "2027-09-03"]]
    assert imported.frames["recognitions"]["batch"].tolist() == ["第六批", "第六批"]
    assert imported.notes == ("2 titles without a stated end: three years from the award",)


@pytest.mark.parametrize(
    ("word", "tier"),
    [
        ("创新型中小企业", "1"),
        ("专精特新中小企业", "2"),
        ("省级“专精特新”中小企业", "2"),
        ("专精特新“小巨人”企业", "3"),
        ("国家级专精特新“小巨人”企业", "3"),
        ("专精特新＂小巨人＂企业", "3"),
        ("制造业单项冠军企业", "4"),
        ("Little Giant", "3"),
        ("2", "2"),
    ],
)
def test_tier_words(listed, word, tier):
    assert titles(listed(f"1,某某科技,广东,{word},,2024-09-03,"))[0][0] == tier


@pytest.mark.parametrize(
    ("stated", "expires"),
    [
        ("", "2027-09-03"),
        ("2026-06-30", "2026-06-30"),
        ("2024-07-01至2027-06-30", "2027-06-30"),
        ("三年", "2027-09-03"),
        ("2年", "2026-09-03"),
    ],
)
def test_titles_end_after_three_years_unless_stated(listed, stated, expires):
    assert titles(listed(f"1,某某科技,广东,3,,2024-09-03,{stated}")) == [["3", "2024-09-03", expires]]


def test_dates_of_a_declared_form(listed):
    line = "1,某某科技,广东,3,,2024年9月3日,2024年7月1日至2027年6月30日"
    assert titles(listed(line, date_format="%Y年%m月%d日")) == [["3", "2024-09-03", "2027-06-30"]]
    assert quarantined(listed(line)) == [(1, "公布日期", "impossible_date"), (1, "有效期", "impossible_date")]


def test_a_list_of_one_tier_and_day_needs_no_columns_for_them(listed):
    imported = listed(
        "某某科技,广东", header="企业名称,地区", tier="专精特新“小巨人”企业", awarded_on="2024-09-03", scheme="GD"
    )
    assert titles(imported) == [["3", "2024-09-03", "2027-09-03"]]
    assert imported.frames["recognitions"]["scheme"].tolist() == ["GD"]


def test_english_headers_tabs_and_the_announcement_before_the_notice(listed):
    header = "Firm name\tRegion\tTier\t公示日期\t公布日期"
    imported = listed("Acme\tGuangdong\t2\t2024-08-01\t2024-09-03", header=header)
    assert titles(imported) == [["2", "2024-09-03", "2027-09-03"]]


def test_credit_codes_are_ids(listed):
    header = "企业名称,统一社会信用代码,地区,级别,公布日期"
    imported = listed(
        f"某某科技,{CODE.lower()},广东,3,2024-09-03",
        "某某科技,,广东省,4,2024-10-03",
        "另一科技,9.111E+17,广东,3,2024-09-03",
        "第三科技,91110000600037341M,广东,3,2024-09-03",
        header=header,
    )
    assert imported.frames["recognitions"]["firm_id"].tolist() == [CODE, CODE]
    assert quarantined(imported) == [(3, "统一社会信用代码", "numeric_id"), (4, "统一社会信用代码", "malformed_id")]


def test_records_that_cannot_be_used(listed):
    imported = listed(
        LINES[0],
        LINES[0],
        "3,,广东,3,,2024-09-03,",
        "4,甲乙科技,广东,优秀企业,,2024-09-03,",
        "5,甲乙科技,广东,,,2024-09-03,",
        "6,甲乙科技,广东,3,,,",
        "7,甲乙科技,广东,3,,45538,",
        "8,甲乙科技,广东,3,,2024-09-03,2023-09-03",
        "9,甲乙科技,广东,3,,2024-09-03,长期",
        "10,甲\x00乙科技,广东,3,,2024-09-03,",
        f"11,{'长' * 1_001},广东,3,,2024-09-03,",
        ",,,,,,",
        "13,甲乙科技",
    )
    assert quarantined(imported) == [
        (2, "公布日期", "duplicate_row"),
        (3, "企业名称", "no_firm"),
        (4, "级别", "unknown_value"),
        (5, "级别", "missing_value"),
        (6, "公布日期", "missing_date"),
        (7, "公布日期", "impossible_date"),
        (8, "有效期", "ends_before_start"),
        (9, "有效期", "impossible_date"),
        (10, "企业名称", "control_character"),
        (11, "企业名称", "text_too_long"),
        (12, "", "blank_row"),
        (13, "", "ragged_row"),
    ]
    assert len(imported.frames["firms"]) == 1


def test_header_without_rows(listed):
    assert {name: len(frame) for name, frame in listed().frames.items()} == {"firms": 0, "recognitions": 0}


@pytest.mark.parametrize(
    ("header", "message"),
    [("企业名称,级别", "公布日期"), ("企业名称,公布日期", "级别"), ("级别,公布日期", "企业名称")],
)
def test_list_without_a_column_is_refused(listed, header, message):
    with pytest.raises(TableError, match=f"column '{message}'.* must stand once"):
        listed("x,y", header=header)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tier": "优秀"}, "tier '优秀' is not known"),
        ({"encoding": "gbk2"}, "encoding 'gbk2' is not known; it is one of utf-8"),
        ({"date_format": "%q"}, "date format '%q'"),
        ({"delimiter": ";;"}, "delimiter ';;' cannot separate"),
    ],
)
def test_options_are_checked(listed, options, message):
    with pytest.raises(ConfigError, match=message):
        listed(*LINES, **options)


def test_signals_follow_the_titles(listed, tmp_path):
    imported = listed(
        "1,甲乙科技,广东,专精特新中小企业,,2021-06-01,",
        "2,甲乙科技,广东,专精特新“小巨人”企业,,2022-06-01,",
    )
    write_import(imported, tmp_path / "out")
    tables = read_tables(tmp_path / "out")
    days = (date(2021, 6, 1), date(2022, 5, 31), date(2022, 6, 1), date(2025, 6, 1), date(2025, 6, 2))
    snapshots = [Snapshot(tables, day) for day in days]
    assert [recognition_tier(s)[0] for s in snapshots] == [2, 2, 3, 3, 0]
    assert [recognition_lapsed(s)[0] for s in snapshots] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("batches", [("第三批", "第五批"), ("2021", "2023"), ("一", "二", "三")])
def test_one_day_for_several_batches_is_refused(listed, batches):
    lines = [f"某某{at}科技有限公司,江苏省,小巨人,{batch}" for at, batch in enumerate(batches)]
    with pytest.raises(
        TableError, match=f"column '批次' has {batches[0]}, {batches[1]}.*each announced on its own day"
    ):
        listed(*lines, header="企业名称,省份,级别,批次", awarded_on="2021-07-19")


def test_one_day_for_one_batch_is_taken(listed):
    line = "某某科技有限公司,江苏省,小巨人,第三批"
    imported = listed(line, header="企业名称,省份,级别,批次", awarded_on="2021-07-19")
    assert titles(imported) == [["3", "2021-07-19", "2024-07-19"]]


def test_columns_that_are_not_read_are_named(listed):
    imported = listed(
        "某某科技有限公司,江苏省,泰州市,x.example,小巨人,2021-07-19",
        "某某科技有限公司,浙江省,台州市,,小巨人,2021-07-19",
        header="企业名称,所属省份,所属城市,官网,级别,公布日期",
    )
    assert imported.notes[0] == "columns that are not read: 官网"
    assert len(imported.frames["firms"]) == 2
