"""What the names of columns mean, in English and Chinese: for a file of no known layout.

A name is compared without case, blanks, underscores, hyphens and the bracket at its end.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files

from littlegiants.ingest.sources.common.headers import plain

# The groups of columns: the firm itself, and kinds of events, each of one table.
EVENT_GROUPS = {
    "round": "rounds",
    "first round": "rounds",
    "last round": "rounds",
    "grant": "grants",
    "recognition": "recognitions",
    "accounts": "financials",
    "patent": "patents",
    "ipo": "outcomes",
    "acquisition": "outcomes",
    "closure": "outcomes",
}
FIRM, STATUS, ANY, SUM = "firm", "status", "any event", "sum"
# Titles are announced in batches; a batch says when only by a table of its days.
BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column is: a column of one group, such as ``announced_on`` of the ``last round``."""

    group: str
    column: str


_SEPARATORS = re.compile(r"[-'’‘.:：*#]")
_TAIL = re.compile(r"[(\[][^()\[\]]*[)\]]$")


def key(name: str) -> str:
    """Return the name of a column as it is compared.

    Examples
    --------
    >>> key("Founded_On "), key("Post-Money Valuation (USD)"), key("政府补助（万元）")
    ('foundedon', 'postmoneyvaluation', '政府补助')
    """
    return _SEPARATORS.sub("", _TAIL.sub("", plain(name)))


def _meanings() -> dict[str, Meaning]:
    text = (files("littlegiants.ingest.mapping") / "data" / "column_names.toml").read_text(encoding="utf-8")
    groups: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return {
        key(name): Meaning(group, column)
        for group, columns in groups.items()
        for column, names in columns.items()
        for name in names
    }


MEANINGS: Mapping[str, Meaning] = _meanings()


def meaning_of(*names: str) -> Meaning | None:
    """Return what a column means by the first of its names that is known; None if none is.

    Examples
    --------
    >>> meaning_of("Founded Date"), meaning_of("Fn05602", "本期发生额").column, meaning_of("colour")
    (Meaning(group='firm', column='founded_on'), 'subsidy_income', None)
    """
    return next((found for name in names if (found := MEANINGS.get(key(name)))), None)


def is_known(name: str) -> bool:
    """Return whether a name of a column is known to mean something."""
    return bool(name) and key(name) in MEANINGS


def target_of(meaning: Meaning) -> str:
    """Return the table and column of a meaning as text; nothing for a column whose table the others decide.

    Examples
    --------
    >>> target_of(Meaning("last round", "amount")), target_of(Meaning("any event", "amount"))
    ('rounds.amount', '')
    """
    table = "firms" if meaning.group == FIRM else EVENT_GROUPS.get(meaning.group, "")
    return f"{table}.{meaning.column}" if table else ""


def resembled(name: str) -> str:
    """Return the table's column whose names one resembles, as text; nothing if none does.

    Examples
    --------
    >>> resembled("fouded_date"), resembled("colour")
    ('firms.founded_on', '')
    """
    letters = key(name)
    found = get_close_matches(letters, MEANINGS, n=1, cutoff=0.86) if len(letters) > 3 else []
    return target_of(MEANINGS[found[0]]) if found else ""
