"""Days as they are written. Every command reads dates, so that this loads no library."""

import re
from datetime import date

# The one way to write a day, in a table, an option, a form, a request or a file of settings.
ISO_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"


def parse_day(text: str) -> date | None:
    """Return the day that a text names as YYYY-MM-DD, blanks around it aside; None if it names none.

    Python itself also reads 20231231 and 2023-W52-7.

    Examples
    --------
    >>> print(parse_day(" 2023-12-31"), parse_day("20231231"), parse_day("2023-02-29"))
    2023-12-31 None None
    """
    written = text.strip()
    try:
        return date.fromisoformat(written) if re.fullmatch(ISO_DATE, written) else None
    except ValueError:
        return None
