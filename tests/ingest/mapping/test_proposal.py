"""What a file of no known layout probably is."""

import pytest

from littlegiants.ingest.mapping.proposal import propose
from littlegiants.ingest.mapping.sheets import from_rows


def proposed(*rows, name="x.csv"):
    found = propose(from_rows(name, rows, "utf-8", "d")[0])
    return None if found is None else found.rule


def columns(rule):
    return {
        **{f"firms.{name}": one.column for name, one in rule.firm_rules().items()},
        **{
            f"{event.table}.{name}": one.column or one.value
            for event in rule.event
            for name, one in event.rules().items()
        },
    }


def test_a_list_of_rounds():
    rule = proposed(
        ["Startup", "HQ Country", "Round", "Date", "Amount", "Currency"], ["a", "US", "Seed", "2020-01-02", "5", "USD"]
    )
    assert columns(rule) == {
        "firms.name": "Startup",
        "firms.country": "HQ Country",
        "rounds.kind": "Round",
        "rounds.announced_on": "Date",
        "rounds.amount": "Amount",
        "rounds.currency": "Currency",
    }


def test_a_wide_list_has_events_where_a_date_says_when():
    rule = proposed(
        [
            "Company",
            "First Funding Date",
            "Last Funding Date",
            "Last Funding Amount",
            "Total Funding",
            "IPO Date",
            "Acquired on",
        ],
        ["a", "2015-01-02", "2020-01-02", "5", "9", "2021-01-02", ""],
    )
    assert [(event.table, event.rules().get("kind")) for event in rule.event][:2] == [
        ("rounds", None),
        ("rounds", None),
    ]
    assert columns(rule)["outcomes.happened_on"] == "IPO Date"
    assert len(rule.event) == 3


def test_words_of_grants_and_exits_make_rules_of_their_own():
    rule = proposed(
        ["Company", "Deal Type", "Deal Date"],
        ["a", "Seed", "2020-01-02"],
        ["b", "Grant", "2020-01-02"],
        ["c", "IPO", "2020-01-02"],
    )
    assert [event.table for event in rule.event] == ["rounds", "grants", "outcomes"]


@pytest.mark.parametrize(
    ("title", "tier"),
    [("第五批专精特新“小巨人”企业公示名单", "3"), ("制造业单项冠军名单", "4"), ("省级专精特新中小企业名单", "2")],
)
def test_the_tier_of_a_list_may_stand_in_its_title(title, tier):
    rule = proposed([title, ""], ["企业名称", "公示日期"], ["甲公司", "2023-07-14"])
    assert columns(rule)["recognitions.tier"] == tier


def test_titles_without_a_tier_are_not_guessed():
    assert proposed(["企业名称", "批次"], ["甲公司", "第三批"]).event == ()


@pytest.mark.parametrize("name", ["rounds.csv", "book.xlsx!rounds", "Rounds.parquet"])
def test_a_table_of_the_contract_is_itself(name):
    rule = proposed(
        ["firm_id", "round_id", "announced_on", "kind", "known_on"], ["1", "r", "2020-01-02", "seed", ""], name=name
    )
    assert columns(rule) == {
        "firms.firm_id": "firm_id",
        "rounds.round_id": "round_id",
        "rounds.announced_on": "announced_on",
        "rounds.kind": "kind",
        "rounds.known_on": "known_on",
    }


def test_a_website_is_known_by_its_values_alone():
    rows = [
        ["Company", "Where", "LinkedIn"],
        ["a", "https://a.example/x", "linkedin.example/a"],
        ["b", "b.example", "linkedin.example/b"],
    ]
    assert columns(proposed(*rows))["firms.website"] == "Where"


def test_addresses_of_one_host_are_not_the_firms_own():
    rows = [["企业名称", "来源"], *([f"甲{at}公司", f"https://jxt.example/art/{at}"] for at in range(9))]
    assert "firms.website" not in columns(proposed(*rows))


def test_what_a_proposal_rests_on_is_shown():
    rows = [["Company", "Where"], ["a", "https://a.example/x"], ["b", "b.example"]]
    found = propose(from_rows("x.csv", rows, "utf-8", "d")[0])
    assert found is not None
    assert (found.grounds["Where"], found.grounds["always recognitions.scheme"]) == ("by values", "assumed")


def test_amounts_in_dollars_and_names_in_full_go_first():
    rule = proposed(
        ["项目名称", "公司全称", "融资时间", "融资金额", "融资金额(USD)"], ["x", "y", "2020-01-02", "5", "6"]
    )
    assert columns(rule)["firms.name"] == "公司全称"
    assert columns(rule)["rounds.amount"] == "融资金额(USD)"


def test_accounts_and_patents_need_their_figures():
    assert columns(proposed(["公司名称", "年份", "营业收入"], ["a", "2020", "5"]))["financials.period_end"] == "年份"
    assert proposed(["公司名称", "年份"], ["a", "2020"]).event == ()
    assert proposed(["公司名称", "申请日"], ["a", "2020-01-02"]).event == ()


def test_a_sheet_without_firms_is_none():
    assert proposed(["colour", "size"], ["red", "5"]) is None
