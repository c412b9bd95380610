"""Names of firms made comparable between registers that share no id.

The rule: two names agree when they are equal once compatibility forms, case, accents, punctuation, invisible
characters, ``&``/``and``, a leading or trailing "the" and the legal form are left out, and traditional Chinese
characters are simplified one by one; blanks and brackets between Chinese characters do not count. Nothing is
approximate, and a word that describes the firm is never dropped: 集团 ("group") is such a word, since a group and its
subsidiary are two firms.
"""

import re
import unicodedata
from functools import cache

import pandas as pd
from opencc import OpenCC

from littlegiants.ingest.entities.legal_forms import (
    ABBREVIATED,
    GLUED,
    GLUED_LEADING,
    LEADING,
    LONGEST,
    TRAILING,
)

_GLUED_FORM = re.compile(f"(?<=.)({'|'.join(GLUED)})$")
_GLUED_START = re.compile(f"^({'|'.join(GLUED_LEADING)})(?=.)")
_ABBREVIATED = re.compile("|".join(map(re.escape, ABBREVIATED)))
_ACCENTS = re.compile("[\u0300-\u036f]")
_UNWRITTEN = re.compile(
    "['’`.\u00ad\u061c\u115f\u1160\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_WORD = re.compile(r"[^\W_]+")
_HAN = "\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_IS_HAN = re.compile(f"[{_HAN}]")
_HAN_GAP = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_SHORT = 4
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")


def match_key(name: str) -> str:
    """Return the name as it is compared; empty if it has neither letter nor digit.

    Examples
    --------
    >>> match_key("The Müller & Söhne Co., Inc."), match_key("MULLER AND SOHNE")
    ('muller and sohne', 'muller and sohne')
    >>> match_key("深圳（某某）科技有限公司"), match_key("深圳某某科技股份有限公司")
    ('深圳某某科技', '深圳某某科技')
    """
    return split_name(name)[0]


def match_keys(names: pd.Series) -> pd.Series:
    """Return `match_key` of every name in a column, computed once for each distinct name."""
    return names.map({name: match_key(name) for name in names.unique()}).astype("str")


def has_two_forms(names: pd.Series, *by: pd.Series) -> pd.Series:
    """Say which names stand in a group with two legal forms: perhaps two firms. A name without a form fits any.

    Parameters
    ----------
    names
        A column of names.
    *by
        Columns with the same index, by which names are grouped.

    Examples
    --------
    >>> names = pd.Series(["Acme Inc.", "Acme", "Acme LLC", "Bolt Inc.", "Bolt"])
    >>> has_two_forms(names, names.str[:4]).tolist()
    [True, True, True, False, False]
    """
    forms = names.map({name: legal_form(name) for name in names.unique()}).astype("str")
    return forms.mask(forms == "").groupby(list(by)).transform("nunique") > 1


def legal_form(name: str) -> str:
    """Return the legal form that ends the name, one spelling for each; empty if it states none.

    Examples
    --------
    >>> legal_form("Exact Corporation"), legal_form("Exact L.L.C."), legal_form("Exact")
    ('corp', 'llc', '')
    """
    return split_name(name)[1]


def is_generic(key: str) -> bool:
    """Say whether a key is one word of fewer than four characters: initials, which unrelated firms share."""
    return " " not in key and len(key) < _SHORT


def is_han(key: str) -> bool:
    """Say whether a key holds Chinese characters, of which a single other one names another firm."""
    return _IS_HAN.search(key) is not None


def is_suspect(name: str) -> bool:
    """Say whether a name looks like another: letters of two alphabets in one word, or text that runs backwards.

    Examples
    --------
    >>> is_suspect("Acme"), is_suspect("Асme"), is_suspect("АКМЕ 3D")
    (False, True, False)
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", name))
    return _OVERRIDES.search(name) is not None or any(len(_alphabets(word)) > 1 for word in words)


def split_name(name: str) -> tuple[str, str]:
    """Return `match_key` and `legal_form` of a name."""
    words = _WORD.findall(_and_glued_forms(_bare(name)))
    form = ""
    while len(words) > 1:
        length, found = _trailing(words)
        if length == 0:
            break
        form = form or found
        words = words[:-length]
    while len(words) > 1 and (length := _leading(words)):
        form = form or TRAILING.get(tuple(words[:length]), GLUED.get(words[0], ""))
        words = words[length:]
    return _HAN_GAP.sub("", " ".join(words)), form


def _bare(name: str) -> str:
    # Only European accents are taken off; Korean syllables and Japanese が are put together again.
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", name).casefold())
    text = unicodedata.normalize("NFC", _UNWRITTEN.sub("", text)).translate(_LETTERS)
    return "".join(map(_simplified, text)) if _IS_HAN.search(text) else text


def _and_glued_forms(text: str) -> str:
    text = _ABBREVIATED.sub(lambda found: f" {ABBREVIATED[found[0]]} ", text).replace("&", " and ").strip()
    text = _HAN_GAP.sub("", " ".join(_WORD.findall(text)))
    return _GLUED_START.sub(r"\1 ", _GLUED_FORM.sub(r" \1", text))


def _trailing(words: list[str]) -> tuple[int, str]:
    """Return how many of the last words say no more than the legal form, and that form."""
    for length in range(min(LONGEST, len(words) - 1), 0, -1):
        form = TRAILING.get(tuple(words[-length:]))
        if form:
            # "Müller and Co" is Müller, as "Müller GmbH and Co KG" is.
            also = length + 1 < len(words) and words[-length - 1] == "and"
            return length + also, form
    if words[-1] in GLUED:
        return 1, GLUED[words[-1]]
    return (1, "") if words[-1] == "the" else (0, "")


def _leading(words: list[str]) -> int:
    if words[0] == "the" or words[0] in GLUED_LEADING:
        return 1
    return next((length for length in (1, 2) if len(words) > length and tuple(words[:length]) in LEADING), 0)


@cache
def _simplified(character: str) -> str:
    # One by one, so that neither blanks nor brackets inside a name change what a character becomes.
    return _converter().convert(character) if _IS_HAN.match(character) else character


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def _alphabets(word: str) -> set[str]:
    names = (unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha())
    return {name for name in names if name in ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")}
