"""Which as-of dates a model is fitted, calibrated and tested on: in that order, a whole label window apart."""

from dataclasses import dataclass, replace
from datetime import date

from littlegiants.ingest.errors import ConfigError
from littlegiants.models.label_timespan import LabelTimespan, months_before


@dataclass(frozen=True, slots=True)
class Schedule:
    """The as-of dates of one training.

    The label window of each stage ends on or before the next stage's as-of date, so nothing that a stage learned from
    could still have been in the future on the day of the next one.

    Attributes
    ----------
    fit
        As-of dates the booster is fitted on, ascending.
    calibrate
        The as-of date its scores are mapped to probabilities on.
    test
        The as-of date everything is measured on, or None when no window is held out.
    """

    fit: tuple[date, ...]
    calibrate: date
    test: date | None

    def check(self, timespan: LabelTimespan, known_by: date) -> None:
        """Refuse dates in the wrong order or too close to each other.

        Raises
        ------
        ConfigError
            Naming the two dates and the latest that would do.
        """
        if not self.fit or list(self.fit) != sorted(set(self.fit)):
            raise ConfigError(
                f"fit dates must be one or more, ascending and distinct, not {[str(d) for d in self.fit]}"
            )
        stages = [("fit", self.fit[-1]), ("calibrate", self.calibrate)]
        stages += [("test", self.test)] if self.test is not None else []
        for (name, day), (following, later) in zip(stages, [*stages[1:], ("known_by", known_by)], strict=True):
            if timespan.end(day) > later:
                raise ConfigError(
                    f"the label window of the {name} date {day} ends on {timespan.end(day)}, after the {following} "
                    f"date {later}; choose a {name} date on or before {timespan.latest_before(later)}"
                )


def make_schedule(
    known_by: date, timespan: LabelTimespan, fit_dates: int, spacing_months: int, holdout: bool, gap_months: int = 0
) -> Schedule:
    """Choose the latest dates that the data allow.

    Parameters
    ----------
    known_by
        Last day whose knowledge the labels may use.
    timespan
        Length of the label window, the least gap between stages.
    fit_dates, spacing_months
        How many as-of dates to fit on, and how far apart.
    holdout
        Whether to keep the newest complete window for testing.
    gap_months
        Months between the end of a stage's label window and the next stage, for sources that report late.
    """
    newest = _latest_before(known_by, timespan, gap_months) if holdout else known_by
    chosen = schedule_before(newest, timespan, fit_dates, spacing_months, gap_months)
    return chosen if holdout else replace(chosen, test=None)


def schedule_before(
    test: date, timespan: LabelTimespan, fit_dates: int, spacing_months: int, gap_months: int = 0
) -> Schedule:
    """Choose the latest dates for a model that is tested on a given date.

    Parameters
    ----------
    test
        The test date.
    timespan, fit_dates, spacing_months, gap_months
        As of `make_schedule`.
    """
    calibrate = _latest_before(test, timespan, gap_months)
    last = _latest_before(calibrate, timespan, gap_months)
    fit = tuple(months_before(last, spacing_months * back) for back in reversed(range(fit_dates)))
    return Schedule(fit, calibrate, test)


def _latest_before(day: date, timespan: LabelTimespan, gap_months: int) -> date:
    return timespan.latest_before(months_before(day, gap_months) if gap_months else day)
