"""Rows that break the contract: quarantined with table, row, column, code and value, and counted.

The one promise is arithmetic: rows read = rows used + rows quarantined, for every table, always.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import most_frequent

CODES: dict[str, str] = {
    "blank_row": "every field of the row is empty",
    "ragged_row": "the row has more or fewer fields than the header",
    "undecodable_text": "the row's bytes are not valid text in the file's encoding",
    "missing_key": "an id, or another part of the key, is empty",
    "missing_date": "the date of the event is empty",
    "missing_value": "a required value is empty",
    "missing_currency": "an amount stands without its currency",
    "impossible_date": "not an ISO date (YYYY-MM-DD) between 1900-01-02 and 2100-12-31",
    "unterminated_quote": "a quoted field never ends: the rest of the file lies within it",
    "not_a_number": "not a plain finite decimal number",
    "not_a_count": "not a whole number",
    "negative_amount": "an amount or count below zero, in a column that cannot be",
    "amount_too_large": "an amount above 10^15 US cents; check the unit",
    "share_out_of_range": "a share outside 0 to 1",
    "unknown_value": "not one of the allowed values",
    "unknown_currency": "not an ISO 4217 code that exchange rates are known for",
    "no_exchange_rate": "the last rate published before the event is older than three years (if supplied: 400 days)",
    "no_price_index": "no index of consumer prices had been published within three years before the event",
    "impossible_rate": "an exchange rate of zero",
    "control_character": "text with a control character",
    "text_too_long": "text of more than 1,000 characters",
    "orphan_event": "the firm_id is not in the firms table",
    "duplicate_row": "the very same row again; the first copy is used",
    "duplicate_conflict": "two rows with one key, known on the same day, say different things; none is used",
    "undated_outcome": "an outcome without a date cannot be placed in time",
    "unmatched_firm": "no firm of the other source fits",
    "ambiguous_firm": "several firms of the other source fit; a wrong match is worse than none",
    "uncertain_match": "a firm bears the name, and nothing else says whether it is the one that is meant",
    "generic_name": "the name is too short to tell one firm from another",
    "implausible_match": "the firm of that name was founded more than a year after its first award or filing",
    "malformed_id": "an id that is not of the register's form; a spreadsheet may have rounded it",
    "missing_record": "the record of the source's other file that this one refers to is not there or not usable",
    "source_excluded": "the source's row is of a kind that this import does not use",
    "no_firm": "the record names no firm: neither a registration number nor a name",
    "numeric_id": "an id that a spreadsheet held as a number: zeros and digits may be lost; store it as text",
    "serial_date": "a bare number in the place of a date, as spreadsheets count days; make the cell a date",
    "formula_cell": "a spreadsheet formula or its error; formulas are not evaluated, so store the value",
    "ends_before_start": "the title ends before the day it was awarded",
}
RECORD_COLUMNS = ("table", "row", "column", "code", "value")
_SHOWN = 200


@dataclass(slots=True)
class Quarantine:
    """The violations found while a set of tables was read.

    Examples
    --------
    >>> quarantine = Quarantine()
    >>> quarantine.add("rounds", [3], "amount", "negative_amount", ["-5"])
    >>> quarantine.frame().to_dict("records")
    [{'table': 'rounds', 'row': 3, 'column': 'amount', 'code': 'negative_amount', 'value': '-5'}]
    """

    _parts: list[pd.DataFrame] = field(default_factory=list)

    @classmethod
    def of(cls, records: pd.DataFrame) -> "Quarantine":
        """Return the quarantine of records that another's `frame` gave."""
        return cls([records] if len(records) else [])

    def add(
        self, table: str, rows: Sequence[int] | npt.NDArray[np.int64], column: str, code: str, values: Iterable[object]
    ) -> None:
        """Record rows of a table under one code.

        Parameters
        ----------
        table
            The table.
        rows
            Record numbers in the source, counted from 1 without the header.
        column
            The column that breaks the contract.
        code
            One of `CODES`.
        values
            The value of each row, of which the first 200 characters are kept.

        Raises
        ------
        KeyError
            If ``code`` is not one of `CODES`.
        """
        CODES[code]
        if len(rows) == 0:
            return
        source = pd.Series(list(values), dtype=object)
        text = ["" if missing else str(value)[:_SHOWN] for value, missing in zip(source, source.isna(), strict=True)]
        columns = {"table": table, "row": np.asarray(rows, np.int64), "column": column, "code": code, "value": text}
        self._parts.append(pd.DataFrame(columns).astype({"value": "str"}))

    def extend(self, other: "Quarantine") -> None:
        """Take over another quarantine's records."""
        self._parts.extend(other._parts)

    def frame(self) -> pd.DataFrame:
        """Return every record, ordered by table and row: columns ``table, row, column, code, value``."""
        if not self._parts:
            return pd.DataFrame({name: [] for name in RECORD_COLUMNS}).astype({"row": "int64"})
        return pd.concat(self._parts).sort_values(["table", "row", "column", "code"], kind="stable", ignore_index=True)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The arithmetic of one table: ``read == used + quarantined``.

    Raises
    ------
    TableError
        On construction, if the sum does not hold.
    """

    table: str
    read: int
    used: int
    quarantined: int
    by_code: dict[str, int]
    ignored_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.read != self.used + self.quarantined:
            sums = f"{self.used:,} used + {self.quarantined:,} quarantined"
            raise TableError(f"{self.table}: {self.read:,} rows read, but {sums}; this is a defect, please report it")

    def __add__(self, other: "Reconciliation") -> "Reconciliation":
        """Return the sums of two parts of one table."""
        codes = dict.fromkeys([*self.by_code, *other.by_code])
        return Reconciliation(
            self.table,
            self.read + other.read,
            self.used + other.used,
            self.quarantined + other.quarantined,
            most_frequent({code: self.by_code.get(code, 0) + other.by_code.get(code, 0) for code in codes}),
            tuple(sorted({*self.ignored_columns, *other.ignored_columns})),
        )

    def __str__(self) -> str:
        codes = ", ".join(f"{code} {count:,}" for code, count in sorted(self.by_code.items()))
        tail = f" ({codes})" if codes else ""
        return f"{self.table}: {self.read:,} read = {self.used:,} used + {self.quarantined:,} quarantined{tail}"
