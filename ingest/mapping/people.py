"""Columns about people: contacts, founders, their addresses and numbers. They are recognised and never read."""

import re

from littlegiants.ingest.sources.common.headers import plain

# Letters that stand alone, and not within another word ("hotel").
_ALONE = r"(?<![a-z])(?:{})(?![a-z])"
_LATIN = re.compile(
    r"contact|founders?(?!ed|ing)|e-?mail|phone|mobile|whatsapp|director|surname|(?:first|last|other|full) ?names?"
    r"|orcid|persons?(?![a-z])|people|link ?to ?employee|employee ?name|gender"
    r"|management ?team|board ?member|team ?member"
    r"|inventor|investigator|legal ?representative|" + _ALONE.format("tel|fax|ceo|cto|cfo|pi ?id|pi ?name|executives?")
)
_CHINESE = re.compile(
    "法定代表人|法人代表|负责人|联系人|联系方式|电话|手机|邮箱|邮件|传真|高管|董事|监事|创始人|股东|姓名|微信|实际控制人|发明人"
)
# A count of people names nobody.
_COUNT = re.compile(r"^(?:number|no\.?|#) ?(?:of)? ?(?:founders|employees|contacts|people|alumni)$|^num founders$")


def is_about_people(header: str) -> bool:
    """Return whether a column is about people, by its name.

    Examples
    --------
    >>> [is_about_people(name) for name in ("Primary Contact", "Founders' Info", "法定代表人", "TEL", "fullname")]
    [True, True, True, True, True]
    >>> [is_about_people(name) for name in ("Number of Founders", "Hotel chain", "Founded Year")]
    [False, False, False]
    """
    text = header.casefold().replace("_", " ").strip()
    if _COUNT.search(text):
        return False
    return bool(_LATIN.search(text) or _CHINESE.search(plain(header)))
