"""What amounts are counted in: units and currencies as headers and cells write them.

Only what can be nothing else is taken. ``$`` and ``¥`` alone are of several currencies, and so they are of none here
until one is declared.
"""

import re
import unicodedata
from decimal import Decimal

# Powers of ten.
UNITS = {
    **dict.fromkeys(("k", "thousand", "thousands", "千", "千元"), 3),
    **dict.fromkeys(("万", "万元"), 4),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "十万"), 5),
    **dict.fromkeys(("m", "mn", "mm", "mln", "mil", "million", "millions", "百万", "百万元"), 6),
    **dict.fromkeys(("crore", "crores", "cr", "千万"), 7),
    **dict.fromkeys(("亿", "亿元"), 8),
    **dict.fromkeys(("b", "bn", "billion", "billions", "十亿"), 9),
    "元": 0,
    "one": 0,
}
_CURRENCY_WORDS = {
    **dict.fromkeys(("usd", "us$", "us dollars", "us dollar", "美元", "美金", "$us"), "USD"),
    **dict.fromkeys(("eur", "€", "euro", "euros", "欧元"), "EUR"),
    **dict.fromkeys(("gbp", "£", "pound", "pounds", "pounds sterling", "英镑"), "GBP"),
    **dict.fromkeys(("cny", "rmb", "人民币", "元", "元人民币", "cn¥", "rmb¥", "人民币元"), "CNY"),
    **dict.fromkeys(("inr", "₹", "rs", "rs.", "rupees", "印度卢比"), "INR"),
    **dict.fromkeys(("hkd", "hk$", "港元", "港币"), "HKD"),
    **dict.fromkeys(("jpy", "jp¥", "yen", "日元"), "JPY"),
    **dict.fromkeys(("krw", "₩", "won", "韩元"), "KRW"),
    **dict.fromkeys(("twd", "nt$", "新台币"), "TWD"),
    **dict.fromkeys(("aud", "a$", "au$", "澳元"), "AUD"),
    **dict.fromkeys(("cad", "c$", "ca$", "加元"), "CAD"),
    **dict.fromkeys(("sgd", "s$", "sg$", "新加坡元"), "SGD"),
    **dict.fromkeys(("chf", "sfr", "fr.", "瑞士法郎"), "CHF"),
    **dict.fromkeys(("ils", "₪", "nis"), "ILS"),
    **dict.fromkeys(("brl", "r$"), "BRL"),
    **{code.lower(): code for code in ("SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RUB", "MXN", "ZAR", "NZD", "THB")},
    **{code.lower(): code for code in ("MYR", "IDR", "PHP", "TRY", "VND", "AED", "SAR", "RON", "BGN", "ISK")},
}
# Signs that several currencies have.
SHARED_SIGNS = ("$", "¥", "￥")
_CHINESE = re.compile(
    "(千万|百万|十万|十亿|[千万亿])?(元人民币|人民币元?|美元|美金|欧元|港元|港币|日元|英镑|新台币|元)"
)
_NO_UNIT = ("没有单位", "无", "无单位", "-", "n/a", "none")
_OTHER_UNITS = ("%", "％", "股", "人", "年", "月", "日", "家", "个", "项", "件", "倍", "元/股")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_IN_UNITS = re.compile(r"\bin (thousands?|millions?|billions?|lakhs?|crores?)\b")


def is_unit(cell: str) -> bool:
    """Return whether a cell says what a column is counted in, and nothing else.

    Examples
    --------
    >>> [is_unit(cell) for cell in ("没有单位", "万元", "USD m", "%", "某某公司", "2020")]
    [True, True, True, True, False, False]
    """
    text = unicodedata.normalize("NFKC", cell).casefold().strip()
    return text in (*_NO_UNIT, *_OTHER_UNITS) or any(stated(text))


def stated(text: str) -> tuple[str, str]:
    """Return the unit and the currency that a text states and is all of, such as a unit's cell or a bracket.

    Examples
    --------
    >>> stated("USD MN"), stated("万美元"), stated("€m"), stated("million"), stated("of which debt")
    (('mn', 'USD'), ('万', 'USD'), ('m', 'EUR'), ('million', ''), ('', ''))
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if found := _CHINESE.fullmatch(plain):
        return found[1] or ("元" if found[2] == "元" else ""), _CURRENCY_WORDS[found[2]]
    if plain in UNITS:
        return plain, ""
    if plain in _CURRENCY_WORDS:
        return "", _CURRENCY_WORDS[plain]
    for word in sorted(_CURRENCY_WORDS, key=len, reverse=True):
        for rest in (plain.removeprefix(word), plain.removesuffix(word)):
            if rest != plain and (rest := rest.strip(" ,'/")) in UNITS:
                return rest, _CURRENCY_WORDS[word]
    return "", ""


def of_header(name: str) -> tuple[str, str]:
    """Return the unit and the currency that the name of a column states, each empty if it does not.

    Examples
    --------
    >>> of_header("TOTAL AMOUNT RAISED (USD MN)"), of_header("raised_amount_usd"), of_header("政府补助（万元）")
    (('mn', 'USD'), ('', 'USD'), ('万', 'CNY'))
    >>> of_header("AmountInUSD"), of_header("Award Offered (£)"), of_header("Deal Size"), of_header("AwardPounds")
    (('', 'USD'), ('', 'GBP'), ('', ''), ('', 'GBP'))
    """
    text = unicodedata.normalize("NFKC", name)
    unit, currency = "", ""
    for bracket in re.findall(r"\(([^()]*)\)", text):
        for part in (bracket, *re.split(r" - |[,:;]", bracket)):
            said = stated(part.removeprefix("in ").removeprefix("单位"))
            unit, currency = unit or said[0], currency or said[1]
    if found := _CHINESE.search(text):
        unit, currency = unit or found[1] or "", currency or _CURRENCY_WORDS[found[2]]
    lower = _CAMEL.sub(" ", text).casefold()
    if not unit and (said_unit := _IN_UNITS.search(lower)):
        unit = said_unit[1]
    tokens = [token for token in re.split(r"[^a-z$€£₹]+", lower) if token]
    named = [_CURRENCY_WORDS[token] for token in tokens if token in _CURRENCY_WORDS and token not in ("won", "try")]
    return unit, currency or (named[-1] if named else "")


def power(unit: str) -> int:
    """Return the power of ten of a unit; nothing is one.

    Raises
    ------
    KeyError
        If it is none of `UNITS`, with or without 元.
    """
    return UNITS[unit.casefold()] if unit else 0


def currency_code(word: str) -> str:
    """Return the ISO 4217 code of a currency's word, sign or code; other text stays as it is.

    Examples
    --------
    >>> currency_code("RMB"), currency_code("us$"), currency_code("¥"), currency_code("XTS")
    ('CNY', 'USD', '¥', 'XTS')
    """
    plain = unicodedata.normalize("NFKC", word).casefold().strip()
    return _CURRENCY_WORDS.get(plain, word.strip().upper() if len(plain) == 3 and plain.isalpha() else word)


def scaled(text: str, exponent: int) -> str:
    """Return a plain number times ten to the exponent, exactly."""
    return format(Decimal(text).scaleb(exponent), "f") if exponent else text
