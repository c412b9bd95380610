"""Dates that are not written in ISO form, read by the forms that a source declares and never guessed."""

import re
from calendar import monthrange
from datetime import date, datetime

import pandas as pd

from littlegiants.ingest.errors import ConfigError

_DIRECTIVE = re.compile("%(.?)")
_GLUED = re.compile("%[Ymd]%[Ymd]")
_MONTHS = ("m", "B")


def to_iso(texts: pd.Series, *forms: str | None) -> pd.Series:
    """Return dates as ISO text; a date of another form stays as it is, and the contract judges it.

    A form without a day or month gives the last day of the month or year, by which the event has surely happened.

    Parameters
    ----------
    texts
        Dates as the source writes them.
    *forms
        Built of ``%Y``, ``%m`` (or ``%B``, the month's English name) and ``%d``, such as ``%d.%m.%Y`` or ``%Y年%m月``;
        None for ISO dates.

    Raises
    ------
    ConfigError
        If a form has no year or other directives.

    Examples
    --------
    >>> to_iso(pd.Series(["3/9/2024", "31/4/2024", ""]), "%d/%m/%Y").tolist()
    ['2024-09-03', '31/4/2024', '']
    >>> to_iso(pd.Series(["2024年2月"]), "%Y年%m月").tolist()
    ['2024-02-29']
    >>> to_iso(pd.Series(["25.05.2020 00:00", "May 3, 2020"]), "%d.%m.%Y 00:00", "%B %d, %Y").tolist()
    ['2020-05-25', '2020-05-03']
    """
    declared = [form for form in forms if form is not None]
    for form in declared:
        parts = sorted("m" if part in _MONTHS else part for part in _DIRECTIVE.findall(form))
        if parts not in (["Y"], ["Y", "m"], ["Y", "d", "m"]):
            raise ConfigError(f"date format {form!r} is not built of %Y, %m and %d, each once; such as '%d.%m.%Y'")
    if not declared:
        return texts
    return texts.map({text: _read(text, declared) for text in texts.unique()}).astype("str")


def end_of_year(years: pd.Series) -> pd.Series:
    """Return the last day of each year of four digits; other text stays as it is, for the contract to judge."""
    return years.mask(years.str.fullmatch("[0-9]{4}"), years + "-12-31")


def _read(text: str, forms: list[str]) -> str:
    # Python would also read the digits of any other script.
    if any(letter.isdigit() and not letter.isascii() for letter in text):
        return text
    for form in forms:
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar date has no zone
        except ValueError:
            continue
        if not (_GLUED.search(form) and day.strftime(form) != text):  # 2024111 could be split in two ways
            return _last_day(day, form).isoformat()
    return text


def _last_day(day: date, form: str) -> date:
    if "%d" in form:
        return day
    month = day.month if "%m" in form or "%B" in form else 12
    return date(day.year, month, monthrange(day.year, month)[1])
