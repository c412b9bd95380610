"""Text and tables of a Markdown page, which may hold text from anybody's tables."""

import re
from collections.abc import Iterable, Sequence

from littlegiants.reports.wording import visible

_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


def plain(text: str) -> str:
    r"""Return text that Markdown leaves as it is.

    Examples
    --------
    >>> plain("a|b <i>")
    'a\\|b \\<i\\>'
    """
    return _MARKUP.sub(r"\\\1", visible(text))


def plain_sentence(text: str) -> str:
    """Return a sentence with text from the tables, escaped so that Markdown leaves it as it is."""
    return " ".join(plain(word) for word in text.split(" "))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; its cells are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
