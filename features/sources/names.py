"""Names of firms made comparable between registers that share no id.

The rule: two names agree when they are equal once compatibility forms, case, accents, punctuation, invisible
characters, ``&``/``and``, a leading or trailing "the" and trailing legal forms are set aside. Nothing is approximate; a
word that describes the firm is never dropped; simplified and traditional Chinese characters stay different.
"""

import re
import unicodedata

# "Corpon" is how old NSF lists cut CORPORATION.
_FORMS = {
    "inc": "inc",
    "incorporated": "inc",
    "corp": "corp",
    "corporation": "corp",
    "corpon": "corp",
    "co": "co",
    "company": "co",
    "llc": "llc",
    "lc": "llc",
    "ltd": "ltd",
    "limited": "ltd",
    "llp": "llp",
    "lp": "lp",
    "pbc": "pbc",
    "plc": "plc",
    "gmbh": "gmbh",
    "股份有限公司": "股份有限公司",
    "有限责任公司": "有限公司",
    "有限公司": "有限公司",
}
_GLUED_FORM = re.compile("(?<=.)(股份有限公司|有限责任公司|有限公司)$")
_ACCENTS = re.compile("[\u0300-\u036f]")
_UNWRITTEN = re.compile("['’`.\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORD = re.compile(r"[^\W_]+")
_SHORT = 4


def match_key(name: str) -> str:
    """Return the name as it is compared; empty if it has neither letter nor digit.

    Examples
    --------
    >>> match_key("The Müller & Söhne Co., Inc."), match_key("MULLER AND SOHNE")
    ('muller and sohne', 'muller and sohne')
    >>> match_key("深圳（某某）科技有限公司")
    '深圳 某某 科技'
    """
    return " ".join(_split(name)[0])


def legal_form(name: str) -> str:
    """Return the legal form that ends the name, one spelling for each; empty if it states none.

    Examples
    --------
    >>> legal_form("Exact Corporation"), legal_form("Exact L.L.C."), legal_form("Exact")
    ('corp', 'llc', '')
    """
    return _split(name)[1]


def is_generic(key: str) -> bool:
    """Say whether a key is one word of fewer than four characters: initials, which unrelated firms share."""
    return " " not in key and len(key) < _SHORT


def _split(name: str) -> tuple[list[str], str]:
    # Only European accents are taken off; Korean syllables and Japanese が are put together again.
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", name).casefold())
    text = unicodedata.normalize("NFC", _UNWRITTEN.sub("", text).replace("&", " and "))
    words = _WORD.findall(_GLUED_FORM.sub(r" \1", text))
    form = ""
    while len(words) > 1 and (words[-1] in _FORMS or words[-1] == "the"):
        form = form or _FORMS.get(words[-1], "")
        words.pop()
    return (words[1:] if len(words) > 1 and words[0] == "the" else words), form
