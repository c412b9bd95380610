"""Days as numbers."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.tables.days import add_months, day_number


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2019-08-31", 18, "2021-02-28"),
        ("2018-08-31", 18, "2020-02-29"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2020-02-29", 48, "2024-02-29"),
        ("2020-03-31", -1, "2020-02-29"),
        ("2020-01-15", -12, "2019-01-15"),
        ("1970-01-01", -1, "1969-12-01"),
        ("1969-12-31", 2, "1970-02-28"),
    ],
)
def test_add_months_keeps_the_day_or_takes_the_month_s_last(start, months, expected):
    later = add_months(np.array([day_number(date.fromisoformat(start))]), months)
    assert later.tolist() == [day_number(date.fromisoformat(expected))]


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(-600, 600))
def test_add_months_lands_in_the_month_asked_for(start, months):
    (later,) = add_months(np.array([day_number(start)]), months).astype("datetime64[D]").astype(object)
    assert (later.year * 12 + later.month) - (start.year * 12 + start.month) == months
    assert later.day <= start.day
    assert later.day == start.day or start.day > 28


def test_an_empty_column_stays_empty():
    assert add_months(np.array([], np.int32), 18).tolist() == []
