"""Dates of a declared form, and nothing guessed."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.sources.common.dates import end_of_year, to_iso
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.parsing import parse


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
        ("%d-%b-%Y", "09-Aug-2023", "2023-08-09"),
        ("%d-%b-%Y", "9-AUGUST-2023", "2023-08-09"),
        ("%d %B %Y", "3 Sept 2024", "2024-09-03"),
        ("%b/%Y", "jan/2024", "2024-01-31"),
        ("%b, %Y", "Apr, 2016", "2016-04-30"),
        ("%d-%b-%y", "22-Feb-22", "2022-02-22"),
        ("%d-%b-%y", "22-Feb-99", "1999-02-22"),
        ("%d-%b-%Y", "30-Feb-2023", "30-Feb-2023"),
        ("%d-%b-%Y", "09-Aout-2023", "09-Aout-2023"),
        ("%Y-%m-%d 00:00:00", "2012-01-05 00:00:00", "2012-01-05"),
        ("%Y-%m-%d 00:00:00", "2012-01-05 13:00:00", "2012-01-05 13:00:00"),
        ("%Y", "0000", "0000"),
    ],
)
def test_declared_form(form, text, expected):
    assert to_iso(pd.Series([text], dtype="str"), form).tolist() == [expected]


@pytest.mark.parametrize("form", ["", "%m/%d", "%Y-%d", "%Y-%m-%d %H", "%Y%Y", "%y%Y", "%m %b %Y", "ISO"])
def test_other_forms_are_refused(form):
    with pytest.raises(ConfigError, match="is not built of %Y, %m and %d"):
        to_iso(pd.Series(["x"]), form)


FORMS = ("%B %d, %Y", "%m-%d-%Y", "%m/%d/%Y")


def test_several_declared_forms():
    text = pd.Series(["2018-10-23", "October 3, 2018", "10-23-2018", "1/2/2018", ""], index=[3, 5, 7, 8, 9])
    assert to_iso(text, *FORMS).to_dict() == {
        3: "2018-10-23",
        5: "2018-10-03",
        7: "2018-10-23",
        8: "2018-01-02",
        9: "",
    }


@pytest.mark.parametrize("text", ["23-10-2018", "02-30-2018", "10-23-18", "Octember 3, 2018", "43396", "10.23.2018"])
def test_dates_of_no_declared_form_stay_as_they_are(text):
    assert to_iso(pd.Series([text]), *FORMS).tolist() == [text]


@pytest.mark.parametrize("text", ["２０２４-09-03", "2024-०9-03", "１/2/2018"])
def test_digits_of_another_script_are_no_declared_form(text):
    assert to_iso(pd.Series([text]), "%Y-%m-%d", "%m/%d/%Y").tolist() == [text]


@given(st.dates())
def test_a_date_known_to_the_month_or_year_is_never_early(day):
    for form in ("%Y-%m", "%Y"):
        text = f"{day.year:04}-{day.month:02}"[: 7 if "m" in form else 4]
        assert to_iso(pd.Series([text]), form)[0] >= day.isoformat()


def test_only_a_plain_year_ends():
    years = pd.Series(["2024", "24", "2024-01-01", "", "２０２４"])
    assert end_of_year(years).tolist() == ["2024-12-31", "24", "2024-01-01", "", "２０２４"]


def judged(text, form):
    """Return the fault of a founding date as the contract finds it, None where the date is taken."""
    given = to_iso(pd.Series([text], dtype="str"), form)
    violations = parse(given, TABLES["firms"].column("founded_on"), "firms").violations
    return next((code for code, mask in violations if mask[0]), None)


UNDECLARED = [
    "3/9/2024",
    "13/09/2024",
    "09-13-2024",
    "45000",
    "45000.5",
    "1725321600",
    "1725321600000",
    "1725321600000000",
]


@pytest.mark.parametrize("text", UNDECLARED)
def test_t07_days_and_months_serials_and_epochs_are_no_dates_unless_declared(text):
    assert judged(text, None) == "impossible_date"


def test_t07_a_declared_order_of_day_and_month_is_kept():
    text = pd.Series(["3/9/2024"])
    assert to_iso(text, "%d/%m/%Y").tolist() == ["2024-09-03"]
    assert to_iso(text, "%m/%d/%Y").tolist() == ["2024-03-09"]
    # The thirteenth is no month: the row is set apart and its neighbours are not read the other way round.
    assert judged("13/09/2024", "%m/%d/%Y") == "impossible_date"


IMPOSSIBLE = ["29/02/2023", "31/04/2024", "00/00/0000", "31/12/9999", "01/01/1900", "29/02/1900"]


@pytest.mark.parametrize("text", IMPOSSIBLE)
def test_t06_impossible_days_and_marks_for_no_date_are_set_apart(text):
    iso = "-".join(reversed(text.split("/")))
    assert judged(text, "%d/%m/%Y") == judged(iso, None) == "impossible_date"


def test_t06_the_leap_day_is_a_day():
    assert judged("29/02/2024", "%d/%m/%Y") is None
