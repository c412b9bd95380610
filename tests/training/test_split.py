"""The as-of dates of a training: a whole label window apart, and errors that name the date to choose."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError
from littlegiants.models.label_timespan import LabelTimespan, months_before
from littlegiants.training.split import Schedule, make_schedule, schedule_before

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


CHOICES = {
    "fit_dates": st.integers(1, 12),
    "spacing_months": st.integers(1, 24),
    "holdout": st.booleans(),
    "gap_months": st.sampled_from([0, 0, 1, 7]),
}


@given(DAYS, TIMESPANS, st.fixed_dictionaries(CHOICES))
def test_chosen_dates_are_a_whole_window_and_the_gap_apart(known_by, timespan, choices):
    schedule = make_schedule(known_by, timespan, **choices)
    schedule.check(timespan, known_by)
    assert len(schedule.fit) == len(set(schedule.fit)) == choices["fit_dates"]
    assert list(schedule.fit) == sorted(schedule.fit)
    assert (schedule.test is not None) == choices["holdout"]
    stages = [*schedule.fit, schedule.calibrate, *([schedule.test] if schedule.test else [])]
    following = [*[schedule.calibrate] * len(schedule.fit), *stages[len(schedule.fit) + 1 :], known_by]
    for day, later in zip(stages, following, strict=True):
        assert timespan.end(day) <= months_before(later, choices["gap_months"])


@given(DAYS, TIMESPANS)
def test_the_dates_before_a_test_date_are_those_that_leave_it_as_the_newest(test, timespan):
    schedule = schedule_before(test, timespan, 3, 6)
    assert schedule.test == test
    unheld = make_schedule(test, timespan, 3, 6, holdout=False)
    assert (schedule.fit, schedule.calibrate) == (unheld.fit, unheld.calibrate)


@given(DAYS, TIMESPANS, st.fixed_dictionaries({**CHOICES, "gap_months": st.just(0)}))
def test_chosen_dates_are_as_late_as_can_be(known_by, timespan, choices):
    schedule = make_schedule(known_by, timespan, **choices)
    for later in (
        Schedule((*schedule.fit[:-1], schedule.fit[-1] + timedelta(days=1)), schedule.calibrate, schedule.test),
        Schedule(schedule.fit, schedule.calibrate + timedelta(days=1), schedule.test),
    ):
        with pytest.raises(ConfigError):
            later.check(timespan, known_by)


@given(DAYS, TIMESPANS, st.lists(st.integers(0, 2_000), min_size=3, max_size=3))
def test_the_date_that_a_refusal_names_is_accepted(known_by, timespan, late):
    good = make_schedule(known_by, timespan, 1, 1, True)
    chosen = {"fit": good.fit[0], "calibrate": good.calibrate, "test": good.test or known_by}
    chosen = {stage: day + timedelta(days=more) for (stage, day), more in zip(chosen.items(), late, strict=True)}
    refused = []
    while advice := advised(chosen, timespan, known_by):
        stage, day = advice
        assert day < chosen[stage]
        refused.append(stage)
        chosen[stage] = day
    # Each date is moved once at most for each of the stages after it.
    assert len(refused) <= 6


def advised(chosen, timespan, known_by):
    """The stage and the date that the check names, or None when it accepts the dates."""
    try:
        Schedule((chosen["fit"],), chosen["calibrate"], chosen["test"]).check(timespan, known_by)
    except ConfigError as error:
        advice = re.search(r"choose a (fit|calibrate|test) date on or before (\d{4}-\d\d-\d\d)$", str(error))
        assert advice is not None
        return advice[1], date.fromisoformat(advice[2])
    return None


@pytest.mark.parametrize(
    ("fit", "calibrate", "test", "refused", "following", "end", "choice"),
    [
        ("2015-01-02", "2017-01-01", "2019-01-01", "fit", "calibrate", "2017-01-02", "2015-01-01"),
        ("2015-01-01", "2017-01-02", "2019-01-01", "calibrate", "test", "2019-01-02", "2017-01-01"),
        ("2015-01-01", "2017-01-01", "2019-01-02", "test", "known_by", "2021-01-02", "2019-01-01"),
        ("2015-01-01", "2019-01-02", "", "calibrate", "known_by", "2021-01-02", "2019-01-01"),
        ("2017-01-01", "2015-01-01", "", "fit", "calibrate", "2019-01-01", "2013-01-01"),
    ],
)
def test_dates_too_close_are_refused(fit, calibrate, test, refused, following, end, choice):
    given = {"fit": fit, "calibrate": calibrate, "test": test, "known_by": "2021-01-01"}
    schedule = Schedule((date(2012, 1, 1), *days(fit)), date.fromisoformat(calibrate), next(days(test), None))
    with pytest.raises(ConfigError) as caught:
        schedule.check(LabelTimespan(24), date(2021, 1, 1))
    assert str(caught.value) == (
        f"the label window of the {refused} date {given[refused]} ends on {end}, after the {following} date "
        f"{given[following]}; choose a {refused} date on or before {choice}"
    )


def days(text):
    return map(date.fromisoformat, text.split())


@pytest.mark.parametrize("fit", ["", "2015-01-01 2014-01-01", "2014-01-01 2014-01-01"])
def test_fit_dates_ascend(fit):
    with pytest.raises(ConfigError) as caught:
        Schedule(tuple(days(fit)), date(2017, 1, 1), None).check(LabelTimespan(24), date(2021, 1, 1))
    assert str(caught.value) == f"fit dates must be one or more, ascending and distinct, not {fit.split()}"


def test_windows_may_touch():
    Schedule((date(2015, 1, 1),), date(2017, 1, 1), date(2019, 1, 1)).check(LabelTimespan(24), date(2021, 1, 1))


def test_month_ends_stay_month_ends():
    schedule = make_schedule(date(2025, 12, 31), LabelTimespan(24), 4, 6, True)
    expected = ["2018-06-30", "2018-12-31", "2019-06-30", "2019-12-31"]
    assert [day.isoformat() for day in schedule.fit] == expected
    assert (schedule.calibrate, schedule.test) == (date(2021, 12, 31), date(2023, 12, 31))


def test_a_longer_gap_moves_every_stage_back():
    # 31 Dec 2025 less 3 months is 30 Sep; its window of 24 months opened on 30 Sep 2023, and so on back.
    schedule = make_schedule(date(2025, 12, 31), LabelTimespan(24), 1, 6, True, gap_months=3)

    assert schedule == Schedule((date(2019, 3, 31),), date(2021, 6, 30), date(2023, 9, 30))
