"""Limits of what is read, applied by each parser to what it has read itself, and of what may be lost of it."""

from dataclasses import dataclass

from littlegiants.ingest.errors import TooMuchError


@dataclass(frozen=True, slots=True)
class Limits:
    """The most rows and columns that a table may have.

    A guard that splits a file by rules of its own is passed by what the parser reads otherwise: a line end within
    quotes, a dimension that is stated falsely. So each reader checks the header and the records that it has parsed.

    Examples
    --------
    >>> Limits(rows=2, columns=3).check("firms.csv", 3, 2)
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.TooMuchError: firms.csv has more than 2 rows or 3 columns; send less at a time
    """

    rows: int
    columns: int

    def check(self, name: str, rows: int, columns: int) -> None:
        """Refuse a table with more rows or columns.

        Parameters
        ----------
        name
            What is read, for the message.
        rows, columns
            What was counted so far.

        Raises
        ------
        TooMuchError
            Naming both limits.
        """
        if rows > self.rows or columns > self.columns:
            raise TooMuchError(
                f"{name} has more than {self.rows:,} rows or {self.columns} columns; send less at a time"
            )


# Where nothing else is said.
UNLIMITED = Limits(1 << 62, 1 << 62)
# The share of a table's rows that may be quarantined. No honest export loses more: it is a column in another form, a
# currency without rates, a wrong table.
MAX_QUARANTINED = 0.2
