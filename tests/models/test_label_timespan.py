"""The length of a label window: counted in months or days, and read back as it was written."""

import re
from datetime import date

import pytest

from littlegiants.models.label_timespan import WRITTEN, LabelTimespan, months_before


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2021-03-31", 1, "2021-02-28"),
        ("2021-02-28", 1, "2021-01-31"),
        ("2020-02-28", 1, "2020-01-28"),
        ("2020-02-29", 12, "2019-02-28"),
        ("2021-02-28", 12, "2020-02-29"),
        ("2021-01-15", 1, "2020-12-15"),
        ("2021-12-31", 6, "2021-06-30"),
        ("2021-06-30", 6, "2020-12-31"),
        ("2021-05-30", 3, "2021-02-28"),
    ],
)
def test_months_before(day, months, expected):
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("timespan", "words"), [(LabelTimespan(24), "24 months"), (LabelTimespan(24, 793), "793 days")]
)
def test_a_timespan_is_what_its_words_say(timespan, words):
    assert str(timespan) == words
    assert re.fullmatch(WRITTEN, words)
    read, as_of = LabelTimespan.parse(words), date(2013, 10, 1)
    assert (str(read), read.end(as_of), read.latest_before(as_of)) == (
        words,
        timespan.end(as_of),
        timespan.latest_before(as_of),
    )


@pytest.mark.parametrize(
    "words", ["", "24", "0 months", "24 years", "99999 days", "-1 days", "24 months later", "２ days"]
)
def test_other_words_are_no_timespan(words):
    assert not re.fullmatch(WRITTEN, words)
