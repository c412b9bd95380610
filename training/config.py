"""The configuration of a training: every setting, its default and what it means, readable from a TOML file."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from littlegiants.features.asof.as_of_date import END_AS_OF, FIRST_AS_OF
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.iso_date import parse_day
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.outcomes import OutcomeName
from littlegiants.models.outcomes import described as outcomes_described
from littlegiants.models.scoring.booster import BoosterConfig
from littlegiants.training.labels import LabelRule
from littlegiants.training.split import Schedule, make_schedule


def _iso(value: object) -> object:
    # Pydantic itself would also take digits, as seconds since 1970.
    if not isinstance(value, str):
        return value
    if (day := parse_day(value)) is None:
        raise ValueError("Input should be a date such as 2013-10-01")
    return day


# A date that a scorer answers for, too.
Day = Annotated[date, Field(ge=FIRST_AS_OF, lt=END_AS_OF), BeforeValidator(_iso)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class LabelConfig(_Section):
    """``[label]``: what is predicted."""

    outcome: OutcomeName = Field("market", description=outcomes_described())
    timespan_months: int = Field(24, ge=1, le=120, description="length of the label window in calendar months")
    timespan_days: int | None = Field(None, ge=1, le=3_660, description="length in days instead of months")
    min_round_usd: float = Field(1_000_000.0, ge=0, description="smallest private round that counts, US dollars")
    round_credit: float = Field(
        0.0, ge=0, lt=1, description="outcome exit: what a round that counts is worth while fitting, an exit being 1"
    )

    def rule(self) -> LabelRule:
        """Return the label rule."""
        return LabelRule(self.outcome, LabelTimespan(self.timespan_months, self.timespan_days), self.min_round_usd)


class DatesConfig(_Section):
    """``[dates]``: which as-of dates; what is not given is chosen as late as the data allow."""

    known_by: Day | None = Field(None, description="look at nothing known later; default: the day of the last event")
    fit: tuple[Day, ...] | None = Field(None, description="as-of dates to fit on, ascending")
    calibrate: Day | None = Field(None, description="as-of date to calibrate on")
    test: Day | None = Field(None, description="as-of date to test on")
    holdout: bool = Field(True, description="keep the newest complete window for testing")
    fit_dates: int = Field(4, ge=1, le=60, description="how many as-of dates to fit on when they are not given")
    spacing_months: int = Field(6, ge=1, le=60, description="months between them")
    gap_months: int = Field(0, ge=0, le=60, description="months to leave after a label window before the next stage")

    def schedule(self, timespan: LabelTimespan, known_by: date) -> Schedule:
        """Return the checked as-of dates.

        Raises
        ------
        ConfigError
            If only some of the dates are given, or they are too close to each other.
        """
        if self.fit is None and self.calibrate is None and self.test is None:
            chosen = make_schedule(
                known_by, timespan, self.fit_dates, self.spacing_months, self.holdout, self.gap_months
            )
        elif self.fit is not None and self.calibrate is not None:
            chosen = Schedule(self.fit, self.calibrate, self.test)
        else:
            raise ConfigError("[dates] needs both fit and calibrate, or none of fit, calibrate and test")
        chosen.check(timespan, known_by)
        return chosen


class CohortConfig(_Section):
    """``[cohort]``: who is at risk."""

    require_round: bool = Field(False, description="only firms with at least one round")


class ChosenConfig(_Section):
    """``[chosen]``, written by ``giants tune``: how the other settings were chosen."""

    protocol: str = Field("", description="digest of how the settings were chosen; empty: not by giants tune")
    settings: str = Field("", description="digest of the settings that were chosen")
    known_by: Day | None = Field(None, description="last day whose outcomes had a say in the choice")


class TrainConfig(_Section):
    """All settings of a training."""

    label: LabelConfig = LabelConfig()
    dates: DatesConfig = DatesConfig()
    cohort: CohortConfig = CohortConfig()
    booster: BoosterConfig = BoosterConfig()
    recency_half_life_months: float | None = Field(
        24.0, gt=0, description="an as-of date that much older counts half; none: all dates count alike"
    )
    constant_prices: int | None = Field(None, description="amounts in US dollars of this year's prices; none: as paid")
    fresh_population: bool = Field(
        False, description="compare firms with all known when training, not only by the last labelled date"
    )
    early_months: int | None = Field(
        None, ge=1, le=120, description="also learn what came within so many months of a newer date; none: do not"
    )
    refit: bool = Field(True, description="fit the final booster on the calibration date's labels too")
    min_subsidised: int = Field(200, ge=1, description="fewer subsidised firms than this: p_subsidised stays null")
    bootstrap: int = Field(200, ge=20, le=10_000, description="resamples behind each metric's interval")
    interval_fits: int = Field(
        8, ge=2, le=200, multiple_of=2, description="fits of half the firms behind each firm's interval"
    )
    stability_fits: int = Field(
        3, ge=0, le=50, description="more fits by `giants train`; a reason that they do not confirm is never shown"
    )
    seed: int = Field(7, ge=0, lt=2**31, description="seed of every random choice")
    chosen: ChosenConfig = ChosenConfig()

    @classmethod
    def from_toml(cls, path: Path) -> "TrainConfig":
        """Read a configuration file; the text ``none`` stands for no value, which TOML cannot say.

        Raises
        ------
        ConfigError
            One line with the key, what is wrong with it, and the value given.
        """
        try:
            plain = _without_none(tomllib.loads(path.read_text(encoding="utf-8")))
            # By way of JSON, where strictness refuses "300" and 1.5 for a whole number and still has lists and dates.
            return cls.model_validate_json(json.dumps(plain, default=str), strict=True)
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
        except ValidationError as error:
            raise ConfigError(f"{path}: {_explain(error)}") from None
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path} is not TOML: {error}") from None


def to_toml(config: TrainConfig) -> str:
    """Return the configuration as text that `TrainConfig.from_toml` reads back; what is as by default is left out."""
    plain = config.model_dump(mode="json", exclude_defaults=True)
    sections = {name: part for name, part in plain.items() if isinstance(part, dict)}
    lines = [_toml(name, value) for name, value in plain.items() if name not in sections]
    for name, part in sections.items():
        lines += ["", f"[{name}]", *(_toml(key, value) for key, value in part.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def _toml(name: str, value: object) -> str:
    # Numbers, truth values, plain text and lists of them are written alike in JSON and TOML.
    return f"{name} = {json.dumps('none' if value is None else value)}"


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(part) for key, part in value.items()}
    return None if value == "none" else value


def _explain(error: ValidationError) -> str:
    found = error.errors()[0]
    key = ".".join(map(str, found["loc"]))
    if found["type"] == "extra_forbidden":
        return f"there is no key {key!r}; the keys are {', '.join(name for name, _, _ in describe())}"
    return f"{key}: {found['msg'].removeprefix('Value error, ')}; {found['input']!r} was given"


def describe(section: type[BaseModel] = TrainConfig, prefix: str = "") -> list[tuple[str, object, str]]:
    """Return every key with its default and its meaning, in the order of the file."""
    rows: list[tuple[str, object, str]] = []
    for name, field in section.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            rows += describe(field.annotation, f"{prefix}{name}.")
        else:
            rows.append((f"{prefix}{name}", field.default, field.description or ""))
    return rows
