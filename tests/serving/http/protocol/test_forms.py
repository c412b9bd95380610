"""The date of a form: today's by default, no day that has not come anywhere yet."""

from datetime import date, timedelta

import pytest

from littlegiants.features.asof.as_of_date import today
from littlegiants.ingest.errors import AsOfError
from littlegiants.serving.http.protocol.forms import form_date


@pytest.mark.parametrize("text", ["", "  "])
def test_no_date_is_today(text):
    assert form_date(text) == today()


def test_tomorrow_is_today_somewhere():
    assert form_date((today() + timedelta(days=1)).isoformat()) == today() + timedelta(days=1)
    with pytest.raises(AsOfError, match="out of range"):
        form_date((today() + timedelta(days=2)).isoformat())


def test_first_day_that_can_be_asked_for():
    assert form_date("1980-01-01") == date(1980, 1, 1)
    with pytest.raises(AsOfError, match="out of range; choose one from 1980-01-01"):
        form_date("1979-12-31")


@pytest.mark.parametrize("text", ["31.12.2025", "2025-02-30", "now", "2025-12-31T00:00", "٢٠٢٥-١٢-٣١"])
def test_what_is_no_date(text):
    with pytest.raises(AsOfError, match="is not a date; write it as YYYY-MM-DD"):
        form_date(text)
