"""Titles in the words of ministries and provinces, and when they end."""

import pytest

from littlegiants.ingest.sources.common.titles import tier_of, title_end


@pytest.mark.parametrize(
    ("tier", "titles"),
    [
        ("1", ["创新型中小企业", "1", "Innovative SME"]),
        (
            "2",
            [
                "省级专精特新企业",
                "专精特新企业",
                "省专精特新中小企业",
                "“专精特新”中小企业",
                "2022年度省级专精特新中小企业",
            ],
        ),
        (
            "3",
            [
                "专精特新“小巨人”企业",
                "国家级专精特新“小巨人”企业",
                "国家专精特新小巨人企业",
                "国家级专精特新小巨人",
                "重点“小巨人”企业",
                "国家级重点专精特新“小巨人”企业",
                "国家级小巨人",
                "专精特新“小巨人”企业（第三批）",
                "第三批专精特新「小巨人」企业",
            ],
        ),
        ("4", ["国家级制造业单项冠军企业", "制造业单项冠军", "单项冠军示范企业", "single champion"]),
    ],
)
def test_known_titles(tier, titles):
    assert {title: tier_of(title) for title in titles} == dict.fromkeys(titles, tier)


@pytest.mark.parametrize(
    "title",
    [
        "市级专精特新企业",
        "制造业单项冠军产品",
        "高新技术企业",
        "科技型中小企业",
        "瞪羚企业",
        "省级小巨人企业",
        "5",
        "",
        "专精特新潜在“小巨人”",
    ],
)
def test_other_titles_stay_as_they_are(title):
    assert tier_of(title) == title


@pytest.mark.parametrize(
    ("awarded", "until", "end"),
    [
        ("2021-07-19", "", "2024-07-19"),
        ("2020-02-29", "3年", "2023-02-28"),
        ("2021-07-19", "2023-12-31", "2023-12-31"),
        ("2021-07-19", "forever", "forever"),
        ("July", "", ""),
    ],
)
def test_end_of_a_title(awarded, until, end):
    assert title_end(awarded, until) == end
