"""The cells of one column as a table of the contract writes them, and which of them cannot be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.mapping.amounts import find_number_forms, read_amounts
from littlegiants.ingest.mapping.date_forms import ISO, find_date_forms
from littlegiants.ingest.mapping.event_kinds import kind_of
from littlegiants.ingest.mapping.mapping import ColumnRule
from littlegiants.ingest.mapping.sheets import TextColumn
from littlegiants.ingest.mapping.units import currency_code
from littlegiants.ingest.sources.common.dates import iso_dates
from littlegiants.ingest.sources.common.titles import tier_of
from littlegiants.ingest.tables.contract import (
    GRANT_LEVELS,
    NUMBERS,
    OUTCOME_KINDS,
    RECOGNITION_TIERS,
    ROUND_KINDS,
    Column,
    Kind,
)

Texts = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
# Words of a cell of a date or an amount that say that there is none.
ABSENT = frozenset(
    (
        "n/a",
        "na",
        "-",
        "--",
        "—",
        "null",
        "none",
        "nan",
        "nat",
        "undisclosed",
        "unknown",
        "未披露",
        "未公开",
        "无",
        "暂无",
        "不详",
    )
)
_TABLE_OF = {**dict.fromkeys(ROUND_KINDS, "rounds"), **dict.fromkeys(OUTCOME_KINDS, "outcomes"), "grant": "grants"}
_LEVELS = {
    **{level: level for level in GRANT_LEVELS},
    "国家级": "national",
    "省级": "provincial",
    "市级": "local",
    "区级": "local",
    "federal": "national",
    "eu": "supranational",
    "state": "provincial",
    "regional": "provincial",
    "european": "supranational",
    "municipal": "local",
}


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of a table, as its distinct values and, for each row, which of them it has.

    Attributes
    ----------
    codes : ndarray of int64, shape (rows,)
        The index of each row's value.
    texts : ndarray of object
        The distinct values as the table has them; what cannot be read stays as it is written.
    code, bad
        Why some values cannot be read, and which; no code if all can.
    currency
        The currency that the cell of an amount states, or nothing; None for other columns.
    """

    codes: npt.NDArray[np.int64]
    texts: Texts
    code: str
    bad: Mask
    currency: Texts | None = None

    @classmethod
    def constant(cls, value: str, count: int) -> "Cells":
        """Return a column that has one value in every row."""
        return cls(np.zeros(count, np.int64), np.array([value], object), "", np.zeros(1, bool))

    @property
    def filled(self) -> Mask:
        """Say which rows have anything in them."""
        filled: Mask = (self.texts != "")[self.codes]
        return filled

    @property
    def readable(self) -> Texts:
        """The distinct values, without those that cannot be read."""
        return np.where(self.bad, "", self.texts)


def read_cells(column: TextColumn, rule: ColumnRule, spec: Column) -> Cells:
    """Return the cells of a column.

    Parameters
    ----------
    column
        The sheet's column.
    rule
        How it is read.
    spec
        The column of the table that it becomes.
    """
    texts = [_picked(text, rule) for text in column.texts] if rule.position else column.texts
    meant = [rule.vocabulary.get(text, text) for text in texts] if rule.vocabulary else texts
    if spec.kind is Kind.DATE:
        return _dates(column, meant, rule)
    if spec.kind in NUMBERS and spec.name != "tier":
        return _numbers(column, meant, rule, spec)
    read, code = _WORDS.get(spec.name, (None, "")) if spec.kind is not Kind.MONEY else (None, "")
    if spec.kind is Kind.LIST:
        return _cells(column, [_list(text, rule.separator) for text in meant])
    if read is None:
        return _cells(column, meant)
    found = [read(text) if text else "" for text in meant]
    return _cells(
        column,
        [one or text for one, text in zip(found, meant, strict=True)],
        code,
        [bool(text) and not one for one, text in zip(found, meant, strict=True)],
    )


def routes(column: TextColumn, rule: ColumnRule) -> list[tuple[str, str] | None]:
    """Return the table and kind of the event that each distinct word of a column names; None for one not known.

    Parameters
    ----------
    column
        The sheet's column.
    rule
        Its rule, whose vocabulary goes before all else.
    """
    return [_route(rule.vocabulary.get(text, text), text in rule.vocabulary) for text in column.texts]


def _route(word: str, declared: bool) -> tuple[str, str] | None:
    return (_TABLE_OF[word], word) if declared and word in _TABLE_OF else kind_of(word)


def _picked(text: str, rule: ColumnRule) -> str:
    parts = [part.strip() for part in text.split(rule.separator)] if rule.separator else [text]
    at = rule.position - 1 if rule.position > 0 else rule.position
    return parts[at] if -len(parts) <= at < len(parts) else ""


def _list(text: str, separator: str) -> str:
    text = text.replace("；", ";")
    if not separator or separator == ";":
        return text
    # A semicolon inside a name would make two of it.
    return ";".join(part for part in (part.strip() for part in text.replace(";", ",").split(separator)) if part)


def _dates(column: TextColumn, texts: Sequence[str], rule: ColumnRule) -> Cells:
    forms = rule.dates or find_date_forms(text for text in texts if text.casefold() not in ABSENT).forms
    iso_first = [] if any(form.startswith("%Y-%d") for form in forms) else [ISO]
    present = ["" if text.casefold() in ABSENT else text for text in texts]
    read = iso_dates(present, dict.fromkeys([*iso_first, *forms]))
    wrong = [bool(text) and day == text and not _is_iso(day) for text, day in zip(present, read, strict=True)]
    return _cells(column, read, "impossible_date", wrong)


def _is_iso(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text.isascii()


def _numbers(column: TextColumn, texts: Sequence[str], rule: ColumnRule, spec: Column) -> Cells:
    present = ["" if text.casefold() in ABSENT else text for text in texts]
    forms = [rule.numbers] if rule.numbers else find_number_forms(present)
    read = read_amounts(present, forms[0] if forms else "plain", rule.unit)
    # What could be either is not read.
    wrong = [bool(text) for text in present] if len(forms) > 1 else read.wrong
    shown = [text if bad else value for text, bad, value in zip(present, wrong, read.texts, strict=True)]
    cells = _cells(column, shown, "not_a_number", wrong)
    return replace(cells, currency=np.array(read.currencies, object)) if spec.kind is Kind.MONEY else cells


def _cells(column: TextColumn, texts: Sequence[str], code: str = "", wrong: Sequence[bool] = ()) -> Cells:
    bad = np.array(wrong, bool) if any(wrong) else np.zeros(len(texts), bool)
    return Cells(column.codes, np.array(list(texts), object), code if bad.any() else "", bad)


def _tier(word: str) -> str:
    found = tier_of(word)
    return found if found in RECOGNITION_TIERS else ""


_WORDS: dict[str, tuple[Callable[[str], str] | None, str]] = {
    "tier": (_tier, "unknown_value"),
    "level": (lambda word: _LEVELS.get(word.casefold(), ""), "unknown_value"),
    "currency": (currency_code, "unknown_currency"),
}
