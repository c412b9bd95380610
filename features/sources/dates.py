"""Dates of sources that do not write them in ISO form: read by a declared format, never guessed."""

import re
from datetime import date, datetime, timedelta

import pandas as pd

from littlegiants.features.errors import ConfigError

_DIRECTIVE = re.compile("%(.?)")
_GLUED = re.compile("%[Ymd]%[Ymd]")


def to_iso(texts: pd.Series, form: str | None) -> pd.Series:
    """Return dates as ISO text; what is not of the form stays as it is, for the contract to judge.

    A form without a day, or without a month, gives the last day of the month or year: the first day on which the
    event has surely happened.

    Parameters
    ----------
    texts
        Dates as the source writes them.
    form
        Built of ``%Y``, ``%m`` and ``%d``, such as ``%d.%m.%Y`` or ``%Y年%m月``; None for ISO dates.

    Raises
    ------
    ConfigError
        If the form has no year or other directives.

    Examples
    --------
    >>> to_iso(pd.Series(["3/9/2024", "31/4/2024", ""]), "%d/%m/%Y").tolist()
    ['2024-09-03', '31/4/2024', '']
    >>> to_iso(pd.Series(["2024年2月"]), "%Y年%m月").tolist()
    ['2024-02-29']
    """
    if form is None:
        return texts
    found = _DIRECTIVE.findall(form)
    if sorted(found) not in (["Y"], ["Y", "m"], ["Y", "d", "m"]):
        raise ConfigError(f"date format {form!r} is not built of %Y, %m and %d, each once; such as '%d.%m.%Y'")
    return texts.map({text: _read(text, form) for text in texts.unique()}).astype("str")


def end_of_year(years: pd.Series) -> pd.Series:
    """Return the last day of each year of four digits; other text stays as it is, for the contract to judge."""
    return years.mask(years.str.fullmatch("[0-9]{4}"), years + "-12-31")


def _read(text: str, form: str) -> str:
    try:
        day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        return text
    if _GLUED.search(form) and day.strftime(form) != text:
        return text  # 2024111 could be split in two ways
    return _last_day(day, form).isoformat()


def _last_day(day: date, form: str) -> date:
    if "%d" in form:
        return day
    if "%m" not in form:
        return day.replace(month=12, day=31)
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
