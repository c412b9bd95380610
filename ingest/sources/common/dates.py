"""Dates that are not written in ISO form, read by the forms that a source declares and never guessed."""

import re
from calendar import month_abbr, month_name, monthrange
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache

import pandas as pd

from littlegiants.ingest.errors import ConfigError

_DIRECTIVE = re.compile("%(.?)")
_GLUED = re.compile("%[Ymd]%[Ymd]")
# English names, whatever language the machine speaks.
_MONTHS = {name.casefold(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}
_MONTHS["sept"] = 9
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
# What a directive of each letter reads; "b" and "B" are one.
_PATTERNS = {
    "Y": "(?P<Y>[0-9]{4})",
    "y": "(?P<y>[0-9]{2})",
    "m": "(?P<m>[0-9]{1,2})",
    "b": f"(?P<b>{_NAMES})",
    "B": f"(?P<b>{_NAMES})",
    "d": "(?P<d>[0-9]{1,2})",
}
_BUILT_OF = (["Y"], ["Y", "m"], ["Y", "d", "m"])
# As POSIX has it: 69 to 99 are of the last century.
_CENTURY_TURNS = 69


def to_iso(texts: pd.Series, *forms: str | None) -> pd.Series:
    """Return dates as ISO text; a date of another form stays as it is, and the contract judges it.

    A form without a day or month gives the last day of the month or year, by which the event has surely happened.

    Parameters
    ----------
    texts
        Dates as the source writes them.
    *forms
        Built of ``%Y`` (or ``%y``, the last two digits), ``%m`` (or ``%b``, the month's English name or its
        beginning) and ``%d``, such as ``%d.%m.%Y``, ``%d-%b-%Y`` or ``%Y年%m月``; None for ISO dates.

    Raises
    ------
    ConfigError
        If a form has no year or other directives.

    Examples
    --------
    >>> to_iso(pd.Series(["3/9/2024", "31/4/2024", ""]), "%d/%m/%Y").tolist()
    ['2024-09-03', '31/4/2024', '']
    >>> to_iso(pd.Series(["2024年2月", "09-Aug-2023"]), "%Y年%m月", "%d-%b-%Y").tolist()
    ['2024-02-29', '2023-08-09']
    >>> to_iso(pd.Series(["25.05.2020 00:00", "May 3, 2020"]), "%d.%m.%Y 00:00", "%B %d, %Y").tolist()
    ['2020-05-25', '2020-05-03']
    """
    declared = [form for form in forms if form is not None]
    if not declared:
        return texts
    distinct = texts.unique()
    return texts.map(dict(zip(distinct, iso_dates(distinct, declared), strict=True))).astype("str")


def iso_dates(texts: Iterable[str], forms: Iterable[str]) -> list[str]:
    """Return each date as `to_iso` does, by the first form that reads it.

    Parameters
    ----------
    texts
        Dates as the source writes them, best each once.
    forms
        As of `to_iso`.

    Raises
    ------
    ConfigError
        As `to_iso`.
    """
    readers = [form_reader(form) for form in forms]
    return [next((day for read in readers if (day := read(text))), text) for text in texts]


@cache
def form_reader(form: str) -> Callable[[str], str]:
    """Return the function that reads dates of one form as ISO text, and gives empty text for anything else.

    Raises
    ------
    ConfigError
        As `to_iso`.
    """
    kinds = {"b": "m", "B": "m", "y": "Y"}
    parts = sorted(kinds.get(part, part) for part in _DIRECTIVE.findall(form))
    if parts not in [sorted(built) for built in _BUILT_OF]:
        raise ConfigError(f"date format {form!r} is not built of %Y, %m and %d, each once; such as '%d.%m.%Y'")
    pattern = re.compile(_pattern(form), re.IGNORECASE)

    def read(text: str) -> str:
        found = pattern.fullmatch(text)
        return _iso(found.groupdict()) if found else ""

    return read


def end_of_year(years: pd.Series) -> pd.Series:
    """Return the last day of each year of four digits; other text stays as it is, for the contract to judge."""
    return years.mask(years.str.fullmatch("[0-9]{4}"), years + "-12-31")


def _pattern(form: str) -> str:
    pieces = _DIRECTIVE.split(form)
    literals = [re.sub(r"(\\ )+", " +", re.escape(text)) for text in pieces[::2]]
    read = [_PATTERNS[letter] for letter in pieces[1::2]]
    if _GLUED.search(form):  # 2024111 could be split in two ways
        read = [pattern.replace("{1,2}", "{2}") for pattern in read]
    return "".join(part for pair in zip(literals, [*read, ""], strict=True) for part in pair)


def _iso(found: dict[str, str]) -> str:
    short = int(found.get("y", 0))
    year = int(found["Y"]) if "Y" in found else short + (1900 if short >= _CENTURY_TURNS else 2000)
    month = _MONTHS[found["b"].casefold()] if "b" in found else int(found.get("m", 12))
    if not (year and 1 <= month <= len(month_name) - 1):
        return ""
    last = monthrange(year, month)[1]
    day = int(found.get("d", last))
    return date(year, month, day).isoformat() if 1 <= day <= last else ""
