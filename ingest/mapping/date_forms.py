"""The forms that the dates of a column have, found out from all of its values.

A form is taken where it can be no other. Where day and month could be exchanged, one value above twelve decides for the
column; if none does, the column is not read before its form is declared.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from littlegiants.ingest.sources.common.dates import form_reader

ISO = "%Y-%m-%d"
_MIDNIGHT = ("00:00:00", "0:00:00", "00:00", "0:00", "00:00:00.000", "00:00:00.000000")
# Digits and letters as kinds of characters, so that a form is looked for once for all days of one pattern.
_PATTERN = str.maketrans("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0" * 10 + "a" * 52)
_TOKEN = re.compile(r"[0-9]+|[A-Za-z]+")
_BY_SHAPE = {
    "Y-N-N": (ISO,),
    "Y/N/N": ("%Y/%m/%d",),
    "Y.N.N": ("%Y.%m.%d",),
    "Y N N": ("%Y %m %d",),
    "8": ("%Y%m%d",),
    "6": ("%Y%m",),
    "Y": ("%Y",),
    "Y-N": ("%Y-%m",),
    "Y/N": ("%Y/%m",),
    "Y.N": ("%Y.%m",),
    "N/Y": ("%m/%Y",),
    "N-Y": ("%m-%Y",),
    "N.Y": ("%m.%Y",),
    "Y年N月N日": ("%Y年%m月%d日",),
    "Y年N月N": ("%Y年%m月%d",),
    "Y年N月": ("%Y年%m月",),
    "Y年": ("%Y年",),
    "N-B-Y": ("%d-%b-%Y",),
    "N B Y": ("%d %b %Y",),
    "N B, Y": ("%d %b, %Y",),
    "N/B/Y": ("%d/%b/%Y",),
    "N.B.Y": ("%d.%b.%Y",),
    "N-B-N": ("%d-%b-%y",),
    "N B N": ("%d %b %y",),
    "B N, Y": ("%b %d, %Y",),
    "B N Y": ("%b %d %Y",),
    "Y-B-N": ("%Y-%b-%d",),
    "B Y": ("%b %Y",),
    "B, Y": ("%b, %Y",),
    "B-Y": ("%b-%Y",),
    "B/Y": ("%b/%Y",),
    "B-N": ("%b-%y",),
    # Nobody who writes points puts the month first.
    "N.N.Y": ("%d.%m.%Y",),
    "N.N.N": ("%d.%m.%y",),
    "N/N/Y": ("%d/%m/%Y", "%m/%d/%Y"),
    "N-N-Y": ("%d-%m-%Y", "%m-%d-%Y"),
    "N/N/N": ("%d/%m/%y", "%m/%d/%y"),
    "N-N-N": ("%d-%m-%y", "%m-%d-%y"),
}


@dataclass(frozen=True, slots=True)
class DateForms:
    """What was found out of a column of dates.

    Attributes
    ----------
    forms
        Those that its values have, the most frequent first.
    doubtful
        Forms of which any one could be meant; none is among ``forms``.
    read
        How many of the distinct values the forms read.
    """

    forms: tuple[str, ...]
    doubtful: tuple[str, ...]
    read: int


def find_date_forms(texts: Iterable[str]) -> DateForms:
    """Return the forms of a column's dates.

    Parameters
    ----------
    texts
        Its distinct values.

    Examples
    --------
    >>> find_date_forms(["09-Aug-2023", "2021"]).forms, find_date_forms(["25/12/2020", "3/4/2020"]).forms
    (('%d-%b-%Y', '%Y'), ('%d/%m/%Y',))
    >>> find_date_forms(["3/4/2020"]).doubtful
    ('%d/%m/%Y', '%m/%d/%Y')
    """
    patterns: defaultdict[str, list[str]] = defaultdict(list)
    for text in filter(None, texts):
        patterns[text.translate(_PATTERN)].append(text)
    shapes: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for alike in patterns.values():
        # Texts with digits and letters in the same order have one shape, but for their midnight.
        timed = ":" in alike[0]
        for days in [[text] for text in alike] if timed else [alike]:
            day, ending = _without_midnight(days[0])
            shapes[_shape(day), ending] += [day] if timed else days
    forms: list[str] = []
    doubtful: list[str] = []
    count = 0
    for (shape, ending), days in sorted(shapes.items(), key=lambda item: -len(item[1])):
        found = _decide(_BY_SHAPE.get(shape, ()), days)
        if len(found) == 1:
            read = sum(map(bool, map(form_reader(found[0]), days)))
            count += read
            forms += [found[0] + ending] if read else []
        doubtful += [form + ending for form in found] if len(found) > 1 else []
    return DateForms(tuple(dict.fromkeys(forms)), tuple(doubtful), count)


def _decide(candidates: tuple[str, ...], days: list[str]) -> tuple[str, ...]:
    """Return the one form that the days have, or several that could each be meant."""
    if len(candidates) < 2:
        return candidates
    read = [[form_reader(form)(day) for day in days] for form in candidates]
    alone = [sum(bool(one) and not other for one, other in zip(read[at], read[1 - at], strict=True)) for at in (0, 1)]
    if bool(alone[0]) != bool(alone[1]):
        return (candidates[alone.index(max(alone))],)
    return candidates[:1] if read[0] == read[1] else candidates


def _without_midnight(text: str) -> tuple[str, str]:
    for ending in _MIDNIGHT:
        for between in (" ", "T"):
            for zone in ("", "Z"):
                whole = between + ending + zone
                if text.endswith(whole):
                    return text[: -len(whole)], whole
    return text, ""


def _shape(text: str) -> str:
    def token(found: re.Match[str]) -> str:
        part = found[0]
        if part.isalpha():
            return "B"
        return "Y" if len(part) == 4 else "N" if len(part) < 3 else str(len(part))

    return _TOKEN.sub(token, text)
