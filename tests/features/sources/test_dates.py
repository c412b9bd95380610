"""Dates of a declared form, and nothing guessed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.features.errors import ConfigError
from littlegiants.features.sources.dates import end_of_year, to_iso


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (None, "2024-09-03", "2024-09-03"),
        (None, "2024/9/3", "2024/9/3"),
        ("%d.%m.%Y", "03.09.2024", "2024-09-03"),
        ("%Y年%m月%d日", "2024年9月3日", "2024-09-03"),
        ("%m/%d/%Y", "13/09/2024", "13/09/2024"),
        ("%Y%m%d", "20240903", "2024-09-03"),
        ("%Y%m%d", "2024111", "2024111"),
        ("%Y-%m", "2024-02", "2024-02-29"),
        ("%Y年%m月", "2023年12月", "2023-12-31"),
        ("%Y", "2024", "2024-12-31"),
        ("%d.%m.%Y", "", ""),
        ("%d.%m.%Y", "45000", "45000"),
    ],
)
def test_declared_form(form, text, expected):
    assert to_iso(pd.Series([text], dtype="str"), form).tolist() == [expected]


@pytest.mark.parametrize("form", ["", "%d.%m.%y", "%m/%d", "%Y-%d", "%Y-%m-%d %H", "%Y%Y", "ISO"])
def test_other_forms_are_refused(form):
    with pytest.raises(ConfigError, match="is not built of %Y, %m and %d"):
        to_iso(pd.Series(["x"]), form)


@given(st.dates())
def test_a_date_known_to_the_month_or_year_is_never_early(day):
    for form in ("%Y-%m", "%Y"):
        text = f"{day.year:04}-{day.month:02}"[: 7 if "m" in form else 4]
        assert to_iso(pd.Series([text]), form)[0] >= day.isoformat()


def test_only_a_plain_year_ends():
    years = pd.Series(["2024", "24", "2024-01-01", "", "２０２４"])
    assert end_of_year(years).tolist() == ["2024-12-31", "24", "2024-01-01", "", "２０２４"]
