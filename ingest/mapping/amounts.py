"""Amounts as cells write them: a number of some form, with a unit and a currency before it or behind."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from littlegiants.ingest.mapping.units import SHARED_SIGNS, currency_code, power, scaled, stated
from littlegiants.ingest.sources.common.amounts import AmountForm, plain_amount

_CELL = re.compile(
    r"(?P<before>[^0-9+\-.,']*?)\s*(?P<sign>[-+]?)(?P<number>[0-9][0-9.,'’\u00a0\u202f\u2009 ]*|\.[0-9]+)"
    r"(?P<after>[^0-9]*)"
)
_FORMS: tuple[AmountForm, ...] = get_args(AmountForm)
# What is nothing but a plain number needs no taking apart.
_BARE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_LEADING_ZERO = re.compile(r"0[.,' ][0-9]{3}")
# Words beside an amount that say nothing of it.
_ASIDE = re.compile(r"^(?:about|approx\.?|est\.?|约|近|~)\s*|\s*(?:only|/-|整)$")


@dataclass(frozen=True, slots=True)
class Cell:
    """An amount as a cell writes it: its number, unit and currency, or the sign that several currencies have."""

    number: str
    unit: str = ""
    currency: str = ""
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts that were read: plain text, the currencies that cells state, and which cells cannot be read.

    Attributes
    ----------
    texts, currencies
        By distinct cell: the amount in units of its currency, and the currency that the cell states, or nothing.
    wrong
        Which are no amounts of the form.
    """

    texts: list[str]
    currencies: list[str]
    wrong: list[bool]


def split_cell(text: str) -> Cell | None:
    """Return the parts of a cell; None for one that is no amount.

    Examples
    --------
    >>> split_cell("US$ 2.5m"), split_cell("1000万人民币")
    (Cell(number='2.5', unit='m', currency='USD', sign=''), Cell(number='1000', unit='万', currency='CNY', sign=''))
    >>> split_cell("$470000"), split_cell("undisclosed")
    (Cell(number='470000', unit='', currency='', sign='$'), None)
    """
    if _BARE.fullmatch(text) and text.isascii():
        return Cell(text)
    plain = _ASIDE.sub("", unicodedata.normalize("NFKC", text).strip())
    negative = plain.startswith("(") and plain.endswith(")")
    found = _CELL.fullmatch(plain.strip("()") if negative else plain)
    if not found:
        return None
    number = (("-" if negative else "") or found["sign"].strip("+")) + found["number"].strip()
    unit = currency = sign = ""
    for word in (found["before"].strip(), found["after"].strip()):
        if word in SHARED_SIGNS:
            sign = word
            continue
        if word.startswith(SHARED_SIGNS) or (word.endswith(SHARED_SIGNS) and not any(stated(word))):
            sign, word = next(one for one in SHARED_SIGNS if one in word), word.strip("".join(SHARED_SIGNS)).strip()
        said = stated(word) if word else ("", "")
        if word and not any(said):
            return None
        unit, currency = unit or said[0], currency or said[1]
    return Cell(number, unit, currency, sign)


def find_number_forms(texts: Iterable[str]) -> list[AmountForm]:
    """Return the forms that the numbers of a column can have: one, or several that differ in what they read.

    Parameters
    ----------
    texts
        The distinct cells.

    Examples
    --------
    >>> find_number_forms(["1,234,567", "250"]), find_number_forms(["1,234"]), find_number_forms(["1.234,5"])
    (['grouped'], ['comma', 'grouped'], ['comma'])
    """
    numbers = sorted({cell.number.lstrip("-") for text in texts if text and (cell := split_cell(text))})
    # Most columns have nothing to find out.
    doubtful = [number for number in numbers if not number.isdecimal()]
    if not doubtful:
        return ["plain"]
    if all(map(_BARE.fullmatch, doubtful)) and any(_number(number, "comma") is None for number in doubtful):
        return ["plain"]
    readings: dict[tuple[str, ...], AmountForm] = {}
    best = 0
    for form in _FORMS:
        read = [_number(number, form) for number in doubtful]
        count = sum(number is not None for number in read)
        if count > best:
            best, readings = count, {}
        if count == best and count:
            readings.setdefault(tuple(number or "" for number in read), form)
    return sorted(readings.values())


def read_amounts(texts: Sequence[str], form: AmountForm, unit: str) -> Amounts:
    """Return the amounts of distinct cells.

    Parameters
    ----------
    texts
        The cells; empty ones are missing.
    form
        How their numbers are written.
    unit
        What a cell that does not say it is counted in.
    """
    found = Amounts([], [], [])
    for text in texts:
        cell = split_cell(text) if text else None
        number = None if cell is None else _number(cell.number, form)
        found.wrong.append(bool(text) and number is None)
        found.currencies.append(currency_code(cell.currency) if cell and number else "")
        found.texts.append("" if cell is None or number is None else scaled(number, power(cell.unit or unit)))
    return found


def _number(text: str, form: AmountForm) -> str | None:
    if form != "plain" and _LEADING_ZERO.match(text.lstrip("-")):
        return None
    return plain_amount(text, form)
