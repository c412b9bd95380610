"""Amounts in the form that a source declares, rewritten as the contract writes them.

Nothing is guessed: an amount of another form stays as it is, and the contract quarantines it.
"""

import re
from typing import Literal

import pandas as pd

from littlegiants.ingest.sources.common.exports import Export

AmountForm = Literal["plain", "comma", "grouped", "lakh", "spaced"]
_PLAIN = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
# "1,234" is a thousand in one country and a bit more than one in the other.
_COMMA = r"[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})"

# What a declared form can be: the characters that group thousands, and those that mark the decimals.
_FORMS = {
    "comma": (r"-?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]+)?", str.maketrans(",", ".", ".")),
    "grouped": (r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?", str.maketrans("", "", ",")),
    # India groups the last three digits, and before them pairs.
    "lakh": (r"-?(?:[0-9]+|[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3})(?:\.[0-9]+)?", str.maketrans("", "", ",")),
    # Blanks of any width, or apostrophes as in Switzerland.
    "spaced": (
        r"-?(?:[0-9]+|[0-9]{1,3}(?:[ '’\u00a0\u202f\u2009][0-9]{3})+)(?:[.,][0-9]+)?",
        str.maketrans(",", ".", " '’\u00a0\u202f\u2009"),
    ),
}


def plain_amounts(text: pd.Series, form: AmountForm) -> tuple[pd.Series, pd.Series]:
    """Return amounts of one declared form as the contract writes them, and which are of another form.

    Parameters
    ----------
    text
        Amounts as written, empty where missing.
    form
        ``plain`` for 1234.56, ``comma`` for 1.234,56, ``grouped`` for 1,234.56, ``lakh`` for 1,20,00,000 and ``spaced``
        for 1 234,56 or 1'234.56. The contract itself judges ``plain`` amounts.

    Returns
    -------
    tuple of Series of str and Series of bool
        The amounts, and which are neither empty nor of the form; these are left as they stand.

    Examples
    --------
    >>> amounts, other = plain_amounts(pd.Series(["1.234,56", "1234", "12.34"]), "comma")
    >>> amounts.tolist(), other.tolist()
    (['1234.56', '1234', '12.34'], [False, False, True])
    """
    if form == "plain":
        return text, pd.Series(False, text.index)
    pattern, separators = _FORMS[form]
    fits = text.str.fullmatch(pattern).astype(bool)
    return text.mask(fits, text.str.translate(separators)), ~fits & (text != "")


def plain_amount(text: str, form: AmountForm) -> str | None:
    """Return one amount of a declared form as the contract writes it; None if it is of another form.

    Parameters
    ----------
    text, form
        As of `plain_amounts`.

    Examples
    --------
    >>> plain_amount("1,20,00,000", "lakh"), plain_amount("12.34", "comma")
    ('12000000', None)
    """
    if form == "plain":
        return text if _PLAIN.fullmatch(text) else None
    pattern, separators = _FORMS[form]
    return text.translate(separators) if re.fullmatch(pattern, text) else None


def decimal_comma(text: pd.Series) -> pd.Series:
    """Return amounts with a decimal point where they have a decimal comma; "1,234" could be either and stays.

    Examples
    --------
    >>> decimal_comma(pd.Series(["149998,75", "50000", "1,234", "1.234,56"])).tolist()
    ['149998.75', '50000', '1,234', '1.234,56']
    """
    return text.mask(text.str.fullmatch(_COMMA), text.str.replace(",", "."))


def grouped_thousands(text: pd.Series) -> pd.Series:
    """Return amounts without the commas that group their thousands, as American sources write them.

    Examples
    --------
    >>> grouped_thousands(pd.Series(["1,750,000.00", "12,34"])).tolist()
    ['1750000.00', '12,34']
    """
    return text.mask(text.str.fullmatch(_GROUPED), text.str.replace(",", ""))


def keep_dated(export: Export, key: str, day: str) -> None:
    """Quarantine the records of an export that have no possible date, or no key of their own alone.

    Parameters
    ----------
    export
        Records that others refer to, such as the projects of a list of participants.
    key, day
        Its columns.
    """
    rows = pd.DataFrame({"firm_id": export.frame[key], "grant_id": export.frame[key], "awarded_on": export.frame[day]})
    export.keep_valid("grants", rows, {"firm_id": key, "grant_id": key, "awarded_on": day})
    # A register of events may correct a date later; here nothing says which of two dates is the later word.
    export.reject(export.frame[key].duplicated(keep=False), key, "duplicate_conflict")
