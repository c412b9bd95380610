"""How much of what others wrote is shown again: values, names of columns and files, and messages that quote them.

A list in full is in the quarantine file; everywhere else the counts come first, and then the first records.
"""

from collections.abc import Iterable, Mapping, Sequence

VALUE = 80  # characters of a value or a name
NAMES = 20  # names of a list
RECORDS = 100  # records of a list
MESSAGE = 1_000  # characters of a message


def excerpt(text: str, most: int = VALUE) -> str:
    """Return the beginning of a text, with a mark if that is not all of it.

    Parameters
    ----------
    text
        A value, a name, or a message.
    most
        Characters of the excerpt, the mark included.

    Examples
    --------
    >>> excerpt("Acme"), excerpt("A" * 100, most=5)
    ('Acme', 'AAAA…')
    """
    kept = most if len(text) <= most else most - 1
    # Characters that take many bytes, such as those that JSON escapes, count for several.
    while kept > 1 and not (text[:kept].isascii() and text[:kept].isprintable()) and _size(text[:kept]) > 3 * most:
        kept = kept * 3 // 4
    return text if kept >= len(text) else f"{text[:kept]}…"


def _size(text: str) -> int:
    """Return the bytes of a text in JSON."""
    return sum(6 if character < " " else len(character.encode(errors="replace")) for character in text)


def listed(names: Iterable[object], most: int = NAMES) -> str:
    """Return names as a list, cut short after some of them.

    Parameters
    ----------
    names
        Names of columns, files or sheets.
    most
        How many are named.

    Examples
    --------
    >>> listed(["firm_id", "name"]), listed(range(30_000), most=2)
    ('firm_id, name', '0, 1 and 29,998 more')
    """
    found = [str(name) for name in names]
    text = ", ".join(map(excerpt, found[:most]))
    return f"{text} and {len(found) - most:,} more" if len(found) > most else text


def shortened(notes: Sequence[str], most: int = NAMES) -> list[str]:
    """Return sentences, each cut short, and after some of them how many more there are.

    Parameters
    ----------
    notes
        Sentences that may quote names.
    most
        How many are given.

    Examples
    --------
    >>> shortened(["sheet 'a' is not read", "sheet 'b' is not read", "sheet 'c' is not read"], most=1)
    ["sheet 'a' is not read", 'and 2 notes more']
    """
    found = [excerpt(note, 2 * VALUE) for note in notes[:most]]
    return [*found, f"and {len(notes) - most:,} notes more"] if len(notes) > most else found


def most_frequent(counts: Mapping[str, int]) -> dict[str, int]:
    """Return counts by code, the greatest first, those that are equal by the alphabet.

    Examples
    --------
    >>> most_frequent({"b": 1, "c": 2, "a": 1})
    {'c': 2, 'a': 1, 'b': 1}
    """
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
