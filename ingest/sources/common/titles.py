"""Titles of recognised firms: the tier that a title's words mean, and the day on which a title ends."""

import re
from datetime import date

import numpy as np

from littlegiants.ingest.sources.common.headers import plain
from littlegiants.ingest.tables.contract import RECOGNITION_TIERS, TITLE_MONTHS
from littlegiants.ingest.tables.days import add_months, day_number

_QUOTES = re.compile("[\"'“”‘’「」『』《》]")
# A batch or a year beside the title says when, not what.
_ASIDE = re.compile(r"\([^()]*\)|第[0-9一二三四五六七八九十]+批次?|[0-9]{4}年度?")
_RANKS = re.compile("国家级|国家|省级|省|市级|市|自治区级|自治区|工信部|重点")
_STEMS = {
    "创新型中小企业": "1",
    "专精特新中小企业": "2",
    "专精特新企业": "2",
    "专精特新": "2",
    "专精特新小巨人企业": "3",
    "专精特新小巨人": "3",
    "小巨人企业": "3",
    "小巨人": "3",
    "制造业单项冠军企业": "4",
    "制造业单项冠军示范企业": "4",
    "制造业单项冠军": "4",
    "单项冠军企业": "4",
    "单项冠军示范企业": "4",
    "单项冠军": "4",
    "innovativesme": "1",
    "specialisedsme": "2",
    "littlegiant": "3",
    "singlechampion": "4",
    **{tier: tier for tier in RECOGNITION_TIERS},
}
# Ranks under which a title is one of the ministry's scheme; a city's specialised firm is below its province's.
_RANKED = {
    "2": ("", "省级", "省", "自治区级", "自治区"),
    "3": ("", "国家级", "国家", "工信部", "重点", "国家级重点", "国家重点"),
    "4": ("", "国家级", "国家", "工信部"),
}
_YEARS = re.compile("([1-9])年|([一二三四五六七八九])年")
_NUMERALS = "〇一二三四五六七八九"


def tier_of(word: str) -> str:
    """Return the tier of a title; a title that is not known stays as it is.

    Examples
    --------
    >>> tier_of("国家级专精特新“小巨人”企业（第三批）"), tier_of("省级专精特新企业"), tier_of("市级专精特新企业")
    ('3', '2', '市级专精特新企业')
    """
    text = _ASIDE.sub("", _QUOTES.sub("", plain(word)))
    ranks = "".join(_RANKS.findall(text))
    tier = _STEMS.get(_RANKS.sub("", text), "")
    return tier if tier and ranks in _RANKED.get(tier, ("",)) else word


def title_end(awarded: str, until: str) -> str:
    """Return the last day of a title; what cannot be read stays as it is, for the contract to refuse.

    Parameters
    ----------
    awarded
        The day of the award, ISO.
    until
        The day on which it ends, a term such as ``三年``, or nothing, for the term of the ministry's measures.

    Examples
    --------
    >>> title_end("2021-07-19", ""), title_end("2021-07-19", "五年")
    ('2024-07-19', '2026-07-19')
    """
    term = _YEARS.fullmatch(until)
    if until and not term:
        return until
    months = TITLE_MONTHS if term is None else 12 * int(term[1] or _NUMERALS.index(term[2]))
    try:
        day = day_number(date.fromisoformat(awarded))
    except ValueError:
        return ""  # the record is quarantined for its award's date
    return str(add_months(np.array([day]), months).astype("datetime64[D]")[0])
