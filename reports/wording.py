"""Numbers, reasons and hostile text, in the words that a reader of a report sees."""

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from littlegiants.features.dictionary import Feature, describe
from littlegiants.models.scoring import reasons as scoring_reasons

NOTHING = "–"
# Written out, since calendar.month_name depends on the locale.
_MONTHS = "January February March April May June July August September October November December".split()
_MINUS = "−"
_LONGEST = 160
# Marks that change the direction of the text around them; no name needs them.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in words: what the signal is, its value, and the points by which it moved the score."""

    signal: str
    value: str
    points: int


def visible(text: str) -> str:
    r"""Return text with every character shown that would hide, break the page or turn its direction around.

    Examples
    --------
    >>> visible("Acme\u202eexe.lc")
    'Acme⟨U+202E⟩exe.lc'
    """
    shown = "".join(f"⟨U+{ord(c):04X}⟩" if _is_hidden(c) else c for c in text)
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def percent(share: float, digits: int = 1) -> str:
    """Return a share as a percentage that never rounds to impossible or certain.

    Examples
    --------
    >>> percent(0.2345), percent(0.99999), percent(0.0001), percent(0.0), percent(float("nan"))
    ('23.4%', '>99.9%', '<0.1%', '0%', '–')
    """
    if math.isnan(share) or share == 0:
        return NOTHING if share else "0%"
    smallest = 10.0**-digits
    if 0 < 100 * share < smallest / 2:
        return f"<{smallest:.{digits}f}%"
    if 0 < 100 * (1 - share) < smallest / 2:
        return f">{100 - smallest:.{digits}f}%"
    return f"{number(100 * share, digits)}%"


def number(value: float, digits: int) -> str:
    """Return a number with a true minus sign and thousands separators; zero never has a sign.

    Examples
    --------
    >>> number(-1234.56, 1), number(-0.001, 2)
    ('−1,234.6', '0.00')
    """
    text = f"{value:,.{digits}f}"
    bare = text.removeprefix("-")
    return text if text == bare else (_MINUS + bare if bare.strip("0.,") else bare)


def signed(points: int) -> str:
    """Return points with their sign; zero has none."""
    return f"{points:+d}".replace("-", _MINUS) if points else "0"


def points_of_percent(change: float) -> str:
    """Return a difference of shares in percentage points, signed; one that rounds to zero has no sign.

    Examples
    --------
    >>> points_of_percent(0.0464), points_of_percent(-0.1), points_of_percent(0.0001)
    ('+4.6', '−10.0', '0.0')
    """
    text = number(100 * change, 1)
    return f"+{text}" if change > 0 and text.strip("0.") else text


def sentence(text: str) -> str:
    """Return text that begins with a capital and ends with a full stop.

    Examples
    --------
    >>> sentence("not a whole number"), sentence("Really?")
    ('Not a whole number.', 'Really?')
    """
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")


def day(value: date) -> str:
    """Return a date in words.

    Examples
    --------
    >>> day(date(2023, 12, 31))
    '31 December 2023'
    """
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def dollars(value: float) -> str:
    """Return an amount of US dollars, to three figures.

    Examples
    --------
    >>> dollars(1_000_000.0), dollars(264_200_000.0)
    ('US$ 1 m', 'US$ 264 m')
    """
    for size, word in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return f"US$ {_rounded(value / size)} {word}"
    return f"US$ {_rounded(value)}"


def listed(words: list[str]) -> str:
    """Return words as a sentence lists them.

    Examples
    --------
    >>> listed(["rounds", "grants", "patents"])
    'rounds, grants and patents'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def describe_reason(reason: scoring_reasons.Reason) -> Reason:
    """Return a reason in words. Its value has the four figures of the reason code, so that the two never differ.

    Examples
    --------
    >>> describe_reason(scoring_reasons.Reason("months_since_last_round", 3.9, 14.2))
    Reason(signal='Time since the latest private round', value='3.9 months', points=14)
    >>> describe_reason(scoring_reasons.Reason("grant_share_3y", 0.003433, -8.0))
    Reason(signal='Grants as a share of all money received in the last three years', value='0.3%', points=-8)
    """
    return Reason(feature_title(reason.feature), _value(reason.feature, reason.value), round(reason.points))


def feature_title(name: str) -> str:
    """Return what a column of the feature matrix is, in a few words.

    Examples
    --------
    >>> feature_title("round_overdue"), feature_title("sector_code"), feature_title("a_column_of_the_future")
    ("Time since the latest private round over the firm's own mean gap", 'Main sector', 'a_column_of_the_future')
    """
    known = _features().get(name)
    if known is None:
        return visible(name)
    return re.split("[,:;]" if known.unit == "category" else "[:;]", known.summary, maxsplit=1)[0]


@cache
def _features() -> dict[str, Feature]:
    return {feature.name: feature for feature in describe()}


def _is_hidden(character: str) -> bool:
    return character in _TURNING or unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs")


def _value(name: str, value: float | str | None) -> str:
    if value is None:
        return "not known"
    if isinstance(value, str):
        return visible(value)
    known, text = _features().get(name), f"{value:.4g}"
    return text if known is None or known.unit == "category" else _measured(float(text), known)


def _measured(value: float, feature: Feature) -> str:
    unit = feature.unit.partition(",")[0]
    if unit in _UNITS:
        return _UNITS[unit](value)
    if unit == "ratio":
        return percent(value) if "no growth" in feature.unit else _rounded(value)
    if unit == "ordinal":
        return f"{_rounded(value)} of {feature.unit.rpartition(' ')[2]}"
    return f"{_rounded(value)} {unit}"


def _rounded(value: float) -> str:
    text = number(value, 0) if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", _MINUS)


def _plain(unit: str) -> Callable[[float], str]:
    return lambda value: f"{number(value, 1)} {unit}"


_UNITS: dict[str, Callable[[float], str]] = {
    "US dollars": dollars,
    "US dollars a year": dollars,
    "share": percent,
    "difference of shares": lambda value: f"{number(100 * value, 1)} percentage points",
    "count": _rounded,
    "difference of counts": _rounded,
    "distance": _rounded,
    "flag": lambda value: "yes" if value else "no",
    "months": _plain("months"),
    "years of 365.25 days": _plain("years"),
}
