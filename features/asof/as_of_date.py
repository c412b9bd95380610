"""As-of dates: the form in which they are written, the range that can be answered for, and the errors that say so."""

from datetime import UTC, date, datetime

from littlegiants.ingest.errors import AsOfError
from littlegiants.ingest.tables.iso_date import parse_day

FIRST_AS_OF, END_AS_OF = date(1980, 1, 1), date(2100, 1, 1)  # the second is the first date that is too late
_SHOWN = 40


def today() -> date:
    """Return the date of now in UTC."""
    return datetime.now(UTC).date()


def parse_date(text: str) -> date:
    """Return a date written as `littlegiants.ingest.tables.iso_date.parse_day` reads it.

    Raises
    ------
    AsOfError
        If the text is not such a date.

    Examples
    --------
    >>> parse_date("2023-12-31")
    datetime.date(2023, 12, 31)
    >>> parse_date("31.12.2023")
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.AsOfError: '31.12.2023' is not a date; write it as YYYY-MM-DD
    """
    if (day := parse_day(text)) is not None:
        return day
    raise AsOfError(f"{text[:_SHOWN]!r} is not a date; write it as YYYY-MM-DD")


def check_as_of_date(day: date, first: date = FIRST_AS_OF, last: date | None = None) -> date:
    """Return an as-of date if it lies within a range.

    Parameters
    ----------
    day
        The date.
    first, last
        The range, its ends included. By default it is all that can be answered for: 1980 to 2099.

    Raises
    ------
    AsOfError
        If the date is out of range, or has a time of day.

    Examples
    --------
    >>> check_as_of_date(date(1979, 12, 31))
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.AsOfError: as-of date 1979-12-31 is out of range; choose one from 1980-01-01 to before \
2100-01-01
    """
    # A time of day would be dropped silently, and with it what became known on the evening of that day.
    if isinstance(day, datetime):
        raise AsOfError(f"as-of date {day} has a time of day; give a date, at whose end the firms are looked at")
    if not first <= day < END_AS_OF or (last is not None and day > last):
        end = f"before {END_AS_OF}" if last is None else str(last)
        raise AsOfError(f"as-of date {day} is out of range; choose one from {first} to {end}")
    return day
