"""As-of dates have one form, one range and one sentence for each way to miss them."""

from datetime import date, datetime

import pytest

from littlegiants.features.asof.as_of_date import check_as_of_date, parse_date
from littlegiants.ingest.errors import AsOfError


def test_date():
    assert parse_date("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "2023-02-29",
        "2024-2-29",
        "20240229",
        "2024-W09-4",
        "29/02/2024",
        "２０２４-02-29",
        "now",
    ],
)
def test_date_in_another_form(text):
    with pytest.raises(AsOfError, match=f"'{text}' is not a date; write it as YYYY-MM-DD"):
        parse_date(text)


def test_long_text_is_cut():
    with pytest.raises(AsOfError, match=f"^'{'9' * 40}' is not a date"):
        parse_date("9" * 1_000)


@pytest.mark.parametrize("day", [date(1980, 1, 1), date(2099, 12, 31)])
def test_both_ends_of_the_range_can_be_answered_for(day):
    assert check_as_of_date(day) == day


@pytest.mark.parametrize("day", [date.min, date(1979, 12, 31), date(2100, 1, 1), date.max])
def test_date_out_of_range(day):
    with pytest.raises(AsOfError, match=f"as-of date {day} is out of range; choose one from 1980-01-01 to before 2100"):
        check_as_of_date(day)


@pytest.mark.parametrize("day", [date(2011, 12, 31), date(2012, 2, 2)])
def test_range_of_a_service(day):
    first, last = date(2012, 1, 1), date(2012, 2, 1)
    assert [check_as_of_date(end, first, last) for end in (first, last)] == [first, last]
    with pytest.raises(AsOfError, match=f"{day} is out of range; choose one from 2012-01-01 to 2012-02-01$"):
        check_as_of_date(day, first, last)


def test_time_of_day_is_refused():
    with pytest.raises(AsOfError, match="has a time of day; give a date"):
        check_as_of_date(datetime(2025, 12, 31))
