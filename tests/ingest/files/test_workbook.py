"""Frames as workbooks."""

import time
import zipfile

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from littlegiants.ingest.errors import ConfigError, MissingExtraError
from littlegiants.ingest.files import workbook
from littlegiants.ingest.files.formula_guard import guard
from littlegiants.ingest.files.frames import frame_writer, write_frame

TEXTS = ["=1+1", "@SUM(A1)", "007", "NA", "#N/A", "1E10", "TRUE", "雅安", "", "2020-01-01"]


@pytest.fixture
def frame():
    count = len(TEXTS)
    numbers = [0.1, np.nan, 1 / 3, -0.0, 1e300, 5e-324, 123456789.123456789, 1.0, 2.0, 3.0]
    return pd.DataFrame(
        {"firm_id": TEXTS, "p_market": numbers, "abstained": [True, False] * (count // 2), "rank": range(count)}
    ).astype({"firm_id": "str"})


def cells(path):
    book = load_workbook(path)
    assert book.sheetnames == ["rows"]
    return [[(cell.value, cell.data_type) for cell in row] for row in book["rows"].iter_rows()]


def test_numbers_come_back_with_the_same_bits_and_text_as_text(frame, tmp_path):
    write_frame(frame, tmp_path / "s.xlsx")
    header, *rows = cells(tmp_path / "s.xlsx")
    assert [value for value, _ in header] == list(frame)
    for (text, number, flag, whole), expected in zip(rows, frame.itertuples(index=False), strict=True):
        assert text[0] == (guard(expected.firm_id) or None)
        assert text[1] in ("inlineStr", "s")  # neither formula nor error, number, flag or date
        assert number[0] is None if np.isnan(expected.p_market) else float(number[0]).hex() == expected.p_market.hex()
        assert (flag, whole) == ((expected.abstained, "b"), (expected.rank, "n"))


def test_the_bytes_are_the_same_on_any_day_and_in_any_batches(frame, tmp_path):
    write_frame(frame, tmp_path / "one.xlsx")
    time.sleep(1.1)  # what states the time does so by the second
    with frame_writer(tmp_path / "other.xlsx") as write:
        for first in range(0, len(frame), 3):
            write(frame.iloc[first : first + 3])
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "other.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.xlsx") as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_more_rows_than_a_sheet_has_are_refused_and_no_file_is_left(frame, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 9)
    with pytest.raises(ConfigError, match=r"a sheet has 9 rows at most; write more of them as \.csv or \.parquet"):
        write_frame(frame, tmp_path / "s.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_character_that_no_workbook_can_hold(tmp_path):
    with pytest.raises(ConfigError, match="a text has a control character"):
        write_frame(pd.DataFrame({"value": ["a\x07"]}), tmp_path / "s.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_who_lacks_the_package_is_told_before_any_work(monkeypatch, frame, tmp_path):
    monkeypatch.setattr("littlegiants.ingest.extras.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"an \.xlsx file needs pip install 'littlegiants\[import\]'"):
        write_frame(frame, tmp_path / "s.xlsx")
