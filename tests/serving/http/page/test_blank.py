"""The templates: every table and column of the contract, readable as they stand, ids as text."""

import io
import zipfile

from openpyxl import load_workbook

from littlegiants.ingest.tables.contract import TABLES
from littlegiants.serving.http.page import blank
from littlegiants.serving.uploaded_tables import read_upload
from littlegiants.serving.uploads import Upload


def book():
    return load_workbook(io.BytesIO(blank.workbook()))


def test_workbook_has_a_sheet_a_table_with_all_columns():
    found = book()
    assert found.sheetnames == ["notes", *TABLES]
    for table in TABLES.values():
        header = [cell.value for cell in found[table.name][1]]
        assert header == ["firm_id", *(column.name for column in table.columns), "known_on"]


def test_ids_are_text_and_dates_are_dates():
    found = book()
    assert found["rounds"].column_dimensions["A"].number_format == "@"
    assert found["rounds"].column_dimensions["B"].number_format == "@"
    assert found["rounds"].column_dimensions["C"].number_format == "yyyy-mm-dd"


def test_choices_are_offered():
    (allowed,) = book()["outcomes"].data_validations.dataValidation
    assert allowed.formula1 == '"ipo,acquisition,closure"'
    for sheet in book().worksheets:
        # Excel takes a list of at most 255 characters.
        assert all(len(rule.formula1) <= 257 for rule in sheet.data_validations.dataValidation)


def test_notes_name_every_column():
    notes = [[cell.value for cell in row] for row in book()["notes"].iter_rows()]
    named = {(row[0], row[1]) for row in notes}
    assert {(t.name, c.name) for t in TABLES.values() for c in blank.columns(t)} <= named
    assert ["rounds", "announced_on", "yes", "date, YYYY-MM-DD"] in notes


def test_empty_templates_are_read_as_they_stand():
    with zipfile.ZipFile(io.BytesIO(blank.archive())) as archive:
        assert archive.namelist() == [*(f"{name}.csv" for name in TABLES), "notes.txt"]
        names = [name for name in archive.namelist() if name.endswith(".csv")]
        csv = read_upload([Upload(name, io.BytesIO(archive.read(name))) for name in names])
    xlsx = read_upload([Upload("template.xlsx", io.BytesIO(blank.workbook()))])
    for uploaded in (csv, xlsx):
        assert [(sums.table, sums.read) for sums in uploaded.sums] == [(name, 0) for name in TABLES]
    assert xlsx.notes == ("sheet 'notes' is no table of the contract: not read",)
