"""Frames as workbooks: the same rows, the same bytes on any day, and no cell that a spreadsheet would run."""

import io
import math
from datetime import datetime
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.extras import require_extra
from littlegiants.ingest.files.formula_guard import guard

MOST_ROWS = 1_048_575  # of a sheet, without its header
_SHEET = "rows"
_DAY = datetime(1980, 1, 1)  # noqa: DTZ001 - the first that a zip file can state, without a zone


def check_workbook() -> None:
    """Check that workbooks can be written.

    Raises
    ------
    MissingExtraError
        If openpyxl is not installed.
    """
    require_extra("import", "an .xlsx file")


class WorkbookWriter:
    """Writes frames of the columns of a first one as the rows of one sheet.

    Parameters
    ----------
    file
        Takes the workbook when it is closed.
    first
        Names the columns.
    """

    def __init__(self, file: BinaryIO, first: pd.DataFrame) -> None:
        check_workbook()
        from openpyxl import Workbook

        self._file, self._rows = file, 0
        self._book = Workbook(write_only=True)
        self._book.properties.created = self._book.properties.modified = _DAY
        self._sheet = self._book.create_sheet(_SHEET)
        self._sheet.append([self._cell(str(name)) for name in first.columns])

    def add(self, rows: pd.DataFrame) -> None:
        """Add rows.

        Raises
        ------
        ConfigError
            If a sheet cannot hold them, or a text has a character that no workbook can hold.
        """
        from openpyxl.utils.exceptions import IllegalCharacterError

        self._rows += len(rows)
        if self._rows > MOST_ROWS:
            raise ConfigError(f"a sheet has {MOST_ROWS:,} rows at most; write more of them as .csv or .parquet")
        columns = [self._cells(column) for _, column in rows.items()]
        try:
            for row in zip(*columns, strict=True):
                self._sheet.append([self._cell(value) for value in row])
        except IllegalCharacterError:
            raise ConfigError("a text has a control character, which no workbook can hold; write .csv") from None

    def close(self) -> None:
        """Write the workbook."""
        from openpyxl.writer.excel import ExcelWriter

        # Workbook.save would state the time of day, and so does each entry of the file that it makes.
        made = io.BytesIO()
        ExcelWriter(self._book, ZipFile(made, "w")).save()
        with ZipFile(made) as dated, ZipFile(self._file, "w") as undated:
            for entry in dated.infolist():
                undated.writestr(ZipInfo(entry.filename, _DAY.timetuple()[:6]), dated.read(entry), ZIP_DEFLATED)

    def _cells(self, column: pd.Series) -> list[Any]:
        if pd.api.types.is_bool_dtype(column.dtype) or pd.api.types.is_integer_dtype(column.dtype):
            return column.tolist()
        if pd.api.types.is_float_dtype(column.dtype):
            return [None if math.isnan(value) else value for value in column.astype(float).tolist()]  # an empty cell
        return column.astype("str").fillna("").tolist()

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._typed(guard(value), "s")  # whatever the library would take it for
        return self._typed(repr(value), "n") if isinstance(value, float) else value  # it would write 16 digits

    def _typed(self, text: str, kind: str) -> Any:
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = kind
        return cell
