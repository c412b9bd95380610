"""Dates and amounts in the forms that a source declares, rewritten as the contract writes them.

A form that is not declared is left as it stands, so that the contract quarantines it: nothing is guessed.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from littlegiants.features.sources.exports import Export

# What each declared form looks like as a whole: pandas alone would also take "1. 5.20" or read a time away.
_SHAPES: Mapping[str, str] = {
    "%d.%m.%Y 00:00": r"[0-9]{2}\.[0-9]{2}\.[0-9]{4} 00:00",
    "%d.%m.%Y": r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}",
    "%m-%d-%Y": r"[0-9]{2}-[0-9]{2}-[0-9]{4}",
    "%m/%d/%Y": r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}",
    "%B %d, %Y": r"[A-Z][a-z]+ [0-9]{1,2}, [0-9]{4}",
    "%Y-%m-%d 00:00:00": r"[0-9]{4}-[0-9]{2}-[0-9]{2} 00:00:00",
}
_GROUPED = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
# "1,234" is a thousand in one country and a bit more than one in the other.
_COMMA = r"[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})"


def iso_dates(text: pd.Series, forms: Sequence[str]) -> pd.Series:
    """Return dates as ``YYYY-MM-DD`` where they are in one of the forms; all else unchanged.

    Parameters
    ----------
    text
        Text as it stands in the source.
    forms
        The declared forms, in the notation of `datetime.datetime.strptime`.

    Examples
    --------
    >>> iso_dates(pd.Series(["25.05.2020 00:00", "31.02.2020 00:00"]), ["%d.%m.%Y 00:00"]).tolist()
    ['2020-05-25', '31.02.2020 00:00']
    """
    out = text.astype("str")
    for form in forms:
        fits = out.str.fullmatch(_SHAPES[form])
        days = pd.to_datetime(out.loc[fits], format=form, errors="coerce").dt.strftime("%Y-%m-%d").dropna()
        out = out.mask(out.index.isin(days.index), days.reindex(out.index))
    return out


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
    export.set_apart(export.frame[key].duplicated(keep=False), key, "duplicate_conflict")
