"""Columns found under the names that sources of one kind give them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import listed

Spellings = Mapping[str, Sequence[str]]
_BRACKETS = re.compile(r"\([^()]*\)$")


def find_columns(header: Sequence[str], spellings: Spellings, required: Sequence[str], file: str) -> dict[str, str]:
    """Return the source's column for each that is present.

    Case, full-width forms, blanks and a bracket at the end, such as a unit, do not count. Where several columns fit,
    the one whose spelling is named first is taken.

    Parameters
    ----------
    header
        The file's columns.
    spellings
        For each column wanted its names, the best one first.
    required, file
        Those that must be there, and the file's name, for the message.

    Raises
    ------
    TableError
        If a required column is absent, or two columns of the file bear the name that is taken.

    Examples
    --------
    >>> spellings = {"name": ["企业名称"], "amount": ["政府补助"]}
    >>> find_columns(["序号", "企业名称", "政府补助（万元）"], spellings, ["name"], "x.csv")
    {'name': '企业名称', 'amount': '政府补助（万元）'}
    """
    bare = [_BRACKETS.sub("", plain(name)) for name in header]
    found: dict[str, str] = {}
    for column, names in spellings.items():
        indices = next((at for name in names if (at := [i for i, had in enumerate(bare) if had == plain(name)])), [])
        if len(indices) > 1 or (not indices and column in required):
            wanted = " or ".join(map(repr, names))
            raise TableError(f"{file}: column {wanted} must stand once in the header, which is {listed(header)}")
        if indices:
            found[column] = header[indices[0]]
    return found


def plain(text: str) -> str:
    """Return text without case, blanks, underscores and full-width forms, as headers and words of a scale compare."""
    return re.sub(r"[\s_]", "", unicodedata.normalize("NFKC", text).casefold())
