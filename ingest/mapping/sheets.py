"""A sheet: the records of one file, or of one sheet of a workbook, as text under the names of its columns."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from littlegiants.ingest.mapping.header_rows import Header, find_header
from littlegiants.ingest.mapping.people import is_about_people
from littlegiants.ingest.sources.common.headers import plain
from littlegiants.ingest.tables.quarantine import Quarantine

# A second table of one sheet is `list.csv#2`.
_FURTHER = "#"
_BRACKET = re.compile(r"\([^()]*\)$")
Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column as its distinct texts and, for each record, which of them it has.

    Attributes
    ----------
    codes : ndarray of int64, shape (records,)
        The index of each record's text.
    texts
        The distinct texts, without the blanks around them.
    """

    codes: npt.NDArray[np.int64]
    texts: list[str]

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Say which records have a text at all."""
        return np.array([text != "" for text in self.texts], bool)[self.codes]

    def all(self) -> npt.NDArray[np.object_]:
        """Return the text of each record."""
        return np.array(self.texts, object)[self.codes]


@dataclass(slots=True)
class Sheet:
    """The records of one sheet.

    Attributes
    ----------
    name
        The file's name, for a sheet of a workbook with its own: ``book.xlsx!Sheet1``.
    header
        Names of its columns, and what else the rows above its records say.
    table
        The text of all columns but those about people.
    rows : ndarray of int64, shape (records,)
        Each record's number, counted from 1 below the header.
    read
        Records there are, the quarantined ones among them.
    encoding, digest
        How the file's bytes were read, and their SHA-256.
    quarantine
        Records that cannot be read at all.
    notes
        What was read otherwise than it stands.
    cells
        Columns that were read already, by their rule.
    formulas
        By column and record, formulas without a stored value and errors, which are empty in the table.
    """

    name: str
    header: Header
    table: pa.Table
    rows: npt.NDArray[np.int64]
    read: int
    encoding: str
    digest: str
    quarantine: Quarantine = field(default_factory=Quarantine)
    notes: list[str] = field(default_factory=list)
    formulas: dict[str, dict[int, str]] = field(default_factory=dict)
    cells: dict[object, object] = field(default_factory=dict)
    _columns: dict[str, TextColumn] = field(default_factory=dict)

    def find(self, wanted: str) -> str | None:
        """Return the column that is meant by a name: one that is equal, but for case, blanks and a bracket at the end.

        A column is known by the name in either row of a header that has two.
        """
        readable = [name for name in self.header.names if name in self.table.column_names]
        for alike in (str, plain, bare):
            for name in readable:
                if alike(wanted) in (alike(name), alike(self.header.titles.get(name, name))):
                    return name
        return None

    def column(self, name: str, missing: Iterable[str] = (), otherwise: str = "") -> TextColumn:
        """Return a column's text.

        Parameters
        ----------
        name
            One of its columns.
        missing
            Values that stand for no value.
        otherwise
            The column that counts where the first is empty; nothing for none.
        """
        if otherwise:
            return _either(self.column(name, missing), self.column(otherwise, missing))
        if name not in self._columns:
            self._columns[name] = _encoded(self.table[name])
        found = self._columns[name]
        absent = set(missing)
        return TextColumn(found.codes, ["" if text in absent else text for text in found.texts]) if absent else found

    def drop(self, wrong: npt.NDArray[np.bool_], code: str) -> None:
        """Quarantine records as a whole.

        Parameters
        ----------
        wrong : ndarray of bool, shape (records,)
            Which ones.
        code
            Why.
        """
        values = [",".join(record.values()) for record in self.table.filter(pa.array(wrong)).to_pylist()]
        self.quarantine.add(self.name, self.rows[wrong], "", code, values)
        self.table, self.rows = self.table.filter(pa.array(~wrong)), self.rows[~wrong]
        self._columns.clear()


def bare(name: str) -> str:
    """Return a column's name as `plain` does, without the bracket at its end.

    Examples
    --------
    >>> bare("Total Funding (USD)"), bare("政府补助（万元）")
    ('totalfunding', '政府补助')
    """
    return _BRACKET.sub("", plain(name))


def readable(names: Sequence[str], titles: Sequence[str]) -> list[int]:
    """Return the indices of the columns that may be read: all but those about people."""
    pairs = zip(names, titles or names, strict=True)
    return [index for index, pair in enumerate(pairs) if not any(map(is_about_people, pair))]


Formulas = Mapping[tuple[int, int], str]


def from_rows(
    name: str,
    rows: Sequence[Row],
    encoding: str,
    digest: str,
    header: Header | None = None,
    formulas: Formulas = MappingProxyType({}),
) -> list[Sheet]:
    """Return the sheets that rows of cells make: more than one where a second table stands below the first.

    Parameters
    ----------
    name
        The name of the file or sheet.
    rows
        Its rows, of whatever lengths.
    encoding, digest
        Of the file.
    header
        Where its header is, if that is known.
    formulas
        By row and column, cells that hold no value but a formula or an error.
    """
    header = header or find_header(rows)
    records = rows[header.first :]
    end = next((at for at, row in enumerate(records) if at and _starts_table(records[at - 1], row)), None)
    sheets = [_from_records(name, header, records[:end], encoding, digest)]
    _keep_formulas(sheets[0], formulas)
    if end is not None:
        label, _, number = name.partition(_FURTHER)
        rest = {(row - header.first - end, at): text for (row, at), text in formulas.items()}
        sheets += from_rows(f"{label}{_FURTHER}{int(number or 1) + 1}", records[end:], encoding, digest, None, rest)
    return sheets


def _keep_formulas(sheet: Sheet, formulas: Formulas) -> None:
    index = {number: at for at, number in enumerate(sheet.rows.tolist())}
    for (row, at), text in formulas.items():
        record = index.get(row - sheet.header.first + 1)
        if record is not None and at < len(sheet.header.names):
            sheet.formulas.setdefault(sheet.header.names[at], {})[record] = text


def _starts_table(before: Row, row: Row) -> bool:
    if any(before):
        return False
    return find_header([row]).known > 1


def _from_records(name: str, header: Header, records: Sequence[Row], encoding: str, digest: str) -> Sheet:
    width = len(header.names)
    own = readable(header.names, [header.titles.get(name, name) for name in header.names])
    # In a ragged row nobody knows which cell is about a person.
    shown = len(own) == width
    last = max((at for at, row in enumerate(records, start=1) if any(row)), default=0)
    numbers, kept = [], []
    unusable: dict[str, dict[int, str]] = {"blank_row": {}, "ragged_row": {}}
    for number, row in enumerate(records[:last], start=1):
        if not any(row):
            unusable["blank_row"][number] = ""
        elif len(row) < width or any(row[width:]):
            unusable["ragged_row"][number] = ",".join(row) if shown else ""
        else:
            numbers.append(number)
            kept.append(row)
    quarantine = Quarantine()
    for code, found in unusable.items():
        quarantine.add(name, list(found), "", code, found.values())
    columns = {header.names[index]: pa.array([row[index] for row in kept], pa.string()) for index in own}
    return Sheet(name, header, pa.table(columns), np.array(numbers, np.int64), last, encoding, digest, quarantine)


def _either(first: TextColumn, second: TextColumn) -> TextColumn:
    codes = np.where(first.filled, first.codes, second.codes + len(first.texts))
    return TextColumn(codes, [*first.texts, *second.texts])


def _encoded(column: pa.ChunkedArray) -> TextColumn:
    encoded = pc.dictionary_encode(column.combine_chunks())
    codes, texts = encoded.indices.to_numpy(zero_copy_only=False), encoded.dictionary.to_pylist()
    stripped = [text.strip() for text in texts]
    if len(set(stripped)) == len(texts):
        return TextColumn(codes.astype(np.int64), stripped)
    number = {text: index for index, text in enumerate(dict.fromkeys(stripped))}
    return TextColumn(np.array([number[text] for text in stripped], np.int64)[codes], list(number))
