"""The as-of dates of a training: a whole label window apart, and errors that name the date to choose."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.features.errors import ConfigError
from littlegiants.training.labels import LabelTimespan, months_before
from littlegiants.training.split import Schedule, make_schedule

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31)) | st.sampled_from(
    [date(2020, 2, 29), date(2021, 2, 28), date(2020, 2, 28), date(2000, 12, 31), date(2021, 8, 31)]
)
TIMESPANS = st.one_of(
    st.integers(1, 120).map(LabelTimespan), st.integers(1, 3_660).map(lambda days: LabelTimespan(24, days))
)


@given(DAYS, TIMESPANS)
def test_the_latest_date_is_the_latest_one_whose_window_has_ended(end, timespan):
    latest = timespan.latest_before(end)
    assert timespan.end(latest) <= end < timespan.end(latest + timedelta(days=1))


@given(DAYS, TIMESPANS, st.integers(1, 12), st.integers(1, 24), st.booleans())
def test_chosen_dates_are_a_whole_window_apart(known_by, timespan, fit_dates, spacing, holdout):
    schedule = make_schedule(known_by, timespan, fit_dates, spacing, holdout)
    schedule.check(timespan, known_by)
    assert len(schedule.fit) == len(set(schedule.fit)) == fit_dates
    assert list(schedule.fit) == sorted(schedule.fit)
    assert (schedule.test is not None) == holdout
    for day in schedule.fit:
        assert timespan.end(day) <= schedule.calibrate
    last = schedule.test if schedule.test is not None else known_by
    assert timespan.end(schedule.calibrate) <= last
    assert timespan.end(last if holdout else schedule.calibrate) <= known_by


@given(DAYS, TIMESPANS, st.integers(1, 12), st.integers(1, 24), st.booleans())
def test_chosen_dates_are_as_late_as_can_be(known_by, timespan, fit_dates, spacing, holdout):
    schedule = make_schedule(known_by, timespan, fit_dates, spacing, holdout)
    for later in (
        Schedule((*schedule.fit[:-1], schedule.fit[-1] + timedelta(days=1)), schedule.calibrate, schedule.test),
        Schedule(schedule.fit, schedule.calibrate + timedelta(days=1), schedule.test),
    ):
        with pytest.raises(ConfigError):
            later.check(timespan, known_by)


@given(DAYS, TIMESPANS, st.lists(st.integers(-2_000, 2_000), min_size=3, max_size=3))
def test_a_refusal_names_a_date_that_does(known_by, timespan, moves):
    good = make_schedule(known_by, timespan, 1, 1, True)
    assert good.test is not None
    days = [
        day + timedelta(days=move) for day, move in zip((good.fit[0], good.calibrate, good.test), moves, strict=True)
    ]
    # Following the advice from the last stage to the first always ends with dates that pass.
    for _ in range(4):
        try:
            Schedule((days[0],), days[1], days[2]).check(timespan, known_by)
        except ConfigError as error:
            advice = re.search(r"choose a (fit|calibrate|test) date on or before (\d{4}-\d\d-\d\d)$", str(error))
            assert advice is not None
            place = ("fit", "calibrate", "test").index(advice[1])
            assert date.fromisoformat(advice[2]) < days[place]
            days[place] = date.fromisoformat(advice[2])
            following = [*days, known_by][place + 1]
            assert timespan.end(days[place]) <= following
        else:
            return
    for place in (2, 1, 0):
        days[place] = min(days[place], timespan.latest_before([*days, known_by][place + 1]))
    Schedule((days[0],), days[1], days[2]).check(timespan, known_by)


@pytest.mark.parametrize(
    ("fit", "calibrate", "test", "message"),
    [
        (
            ["2015-01-02"], "2017-01-01", "2019-01-01",
            "the label window of the fit date 2015-01-02 ends on 2017-01-02, after the calibrate date 2017-01-01; "
            "choose a fit date on or before 2015-01-01",
        ),
        (
            ["2013-01-01", "2015-01-01"], "2017-01-02", "2019-01-01",
            "the label window of the calibrate date 2017-01-02 ends on 2019-01-02, after the test date 2019-01-01; "
            "choose a calibrate date on or before 2017-01-01",
        ),
        (
            ["2015-01-01"], "2017-01-01", "2019-01-02",
            "the label window of the test date 2019-01-02 ends on 2021-01-02, after the known_by date 2021-01-01; "
            "choose a test date on or before 2019-01-01",
        ),
        (
            ["2015-01-01"], "2019-01-02", None,
            "the label window of the calibrate date 2019-01-02 ends on 2021-01-02, after the known_by date 2021-01-01; "
            "choose a calibrate date on or before 2019-01-01",
        ),
        (
            ["2017-01-01"], "2015-01-01", None,
            "the label window of the fit date 2017-01-01 ends on 2019-01-01, after the calibrate date 2015-01-01; "
            "choose a fit date on or before 2013-01-01",
        ),
        ([], "2017-01-01", None, "fit dates must be one or more, ascending and distinct, not []"),
        (
            ["2015-01-01", "2014-01-01"], "2017-01-01", None,
            "fit dates must be one or more, ascending and distinct, not ['2015-01-01', '2014-01-01']",
        ),
    ],
)  # fmt: skip
def test_dates_too_close_are_refused(fit, calibrate, test, message):
    schedule = Schedule(
        tuple(map(date.fromisoformat, fit)),
        date.fromisoformat(calibrate),
        None if test is None else date.fromisoformat(test),
    )
    with pytest.raises(ConfigError) as caught:
        schedule.check(LabelTimespan(24), date(2021, 1, 1))
    assert str(caught.value) == message


def test_windows_may_touch():
    Schedule((date(2015, 1, 1),), date(2017, 1, 1), date(2019, 1, 1)).check(LabelTimespan(24), date(2021, 1, 1))


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


def test_month_ends_stay_month_ends():
    schedule = make_schedule(date(2025, 12, 31), LabelTimespan(24), 4, 6, True)
    expected = ["2018-06-30", "2018-12-31", "2019-06-30", "2019-12-31"]
    assert [day.isoformat() for day in schedule.fit] == expected
    assert (schedule.calibrate, schedule.test) == (date(2021, 12, 31), date(2023, 12, 31))
