"""The as-of dates of the past at which a recipe is tried, and the training's settings as of such a date."""

from datetime import date

from littlegiants.ingest.errors import ConfigError
from littlegiants.models.label_timespan import months_before
from littlegiants.training.config import TrainConfig
from littlegiants.training.split import schedule_before


def newest_origins(config: TrainConfig, known_by: date, count: int, spacing_months: int) -> tuple[date, ...]:
    """Return origins, ascending; the last is the newest whose label window is complete.

    Parameters
    ----------
    config
        The training's settings, whose label window and gap decide which origin is the newest.
    known_by
        The last day whose knowledge the labels may use.
    count, spacing_months
        How many origins, and how many months lie between them.

    Raises
    ------
    ConfigError
        If dates of a single training are set.
    """
    check_no_dates(config)
    newest = schedule_before(known_by, config.label.rule().timespan, 1, 1, config.dates.gap_months).calibrate
    return tuple(months_before(newest, spacing_months * back) for back in reversed(range(count)))


def check_no_dates(config: TrainConfig) -> None:
    """Refuse settings that name the dates of a single training.

    Raises
    ------
    ConfigError
        If they do.
    """
    if any(given is not None for given in (config.dates.fit, config.dates.calibrate, config.dates.test)):
        raise ConfigError("[dates] names fit, calibrate or test; a backtest chooses them at each origin: remove them")


def configuration_at(config: TrainConfig, origin: date, known_by: date) -> TrainConfig:
    """Return the training's settings with all dates as they would have been chosen for an origin.

    Parameters
    ----------
    config
        The training's settings, without dates of their own.
    origin
        The as-of date that the model is tested on.
    known_by
        The last day whose knowledge the labels of the test may use.
    """
    dates = config.dates
    chosen = schedule_before(
        origin, config.label.rule().timespan, dates.fit_dates, dates.spacing_months, dates.gap_months
    )
    update = {"known_by": known_by, "fit": chosen.fit, "calibrate": chosen.calibrate, "test": origin, "holdout": True}
    return config.model_copy(update={"dates": dates.model_copy(update=update)})
