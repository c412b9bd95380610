"""Forms of dates found out from a column: only what can be nothing else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.mapping.date_forms import find_date_forms
from littlegiants.ingest.sources.common.dates import iso_dates


@pytest.mark.parametrize(
    ("texts", "forms"),
    [
        (["2021-07-19", "2021-7-1"], ("%Y-%m-%d",)),
        (["2021/7/19"], ("%Y/%m/%d",)),
        (["2021年7月19日", "2021年7月", "2016年"], ("%Y年%m月%d日", "%Y年%m月", "%Y年")),
        (["09-Aug-2023"], ("%d-%b-%Y",)),
        (["22-Feb-22"], ("%d-%b-%y",)),
        (["Apr, 2016", "May, 2017"], ("%b, %Y",)),
        (["August 9, 2023"], ("%b %d, %Y",)),
        (["jan/2024", "2023"], ("%b/%Y", "%Y")),
        (["19750130"], ("%Y%m%d",)),
        (["31.12.2020"], ("%d.%m.%Y",)),
        (["25/12/2020", "03/04/2020", "31/02/2020"], ("%d/%m/%Y",)),
        (["12/25/2020", "03/04/2020"], ("%m/%d/%Y",)),
        (["05/05/2020"], ("%d/%m/%Y",)),  # the same day either way
        (["2012-01-05 00:00:00"], ("%Y-%m-%d 00:00:00",)),
        (["2012-01-05T00:00:00Z"], ("%Y-%m-%dT00:00:00Z",)),
        (["soon", "2012-01-05 13:20:00"], ()),
        ([""], ()),
    ],
)
def test_forms_that_can_be_no_other(texts, forms):
    found = find_date_forms(texts)
    assert (found.forms, found.doubtful) == (forms, ())


@pytest.mark.parametrize(
    ("texts", "doubtful"),
    [
        (["03/04/2020", "05/06/2021"], ("%d/%m/%Y", "%m/%d/%Y")),
        (["3-4-2020"], ("%d-%m-%Y", "%m-%d-%Y")),
        (["03/04/20"], ("%d/%m/%y", "%m/%d/%y")),
        # Both orders stand in one column: neither is taken for the rest.
        (["25/12/2020", "12/25/2020"], ("%d/%m/%Y", "%m/%d/%Y")),
    ],
)
def test_day_and_month_that_could_be_exchanged(texts, doubtful):
    found = find_date_forms(texts)
    assert (found.forms, found.doubtful) == ((), doubtful)


WRITTEN = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d-%b-%Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%d.%m.%Y",
    "%Y年%m月%d日",
    "%Y%m%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
)


@given(st.sampled_from(WRITTEN), st.lists(st.dates(date(1950, 1, 1), date(2099, 12, 31)), min_size=1, max_size=5))
def test_dates_are_read_as_they_were_written_or_not_at_all(form, days):
    texts = [day.strftime(form) for day in days]
    found = find_date_forms(texts)
    if found.doubtful:
        assert "/" in form
        assert not found.forms
    else:
        assert iso_dates(texts, found.forms) == [day.isoformat() for day in days]
