"""A day is written in one way."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.tables.iso_date import parse_day


@given(st.dates(), st.text(" \t\n", max_size=3))
def test_iso_dates_are_read_whatever_blanks_are_around_them(day, blanks):
    assert parse_day(f"{blanks}{day.isoformat()}{blanks}") == day


@pytest.mark.parametrize("text", ["20231231", "2023-W52-7", "2023-2-3", "2023-02-29", "２０２３-01-01", "", "today"])
def test_nothing_else_is_a_day(text):
    assert parse_day(text) is None
    assert parse_day("2023-12-31") == date(2023, 12, 31)
