"""The settings of a backtest, besides the training's own configuration."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from littlegiants.ingest.errors import ConfigError
from littlegiants.training.config import Day, TrainConfig
from littlegiants.training.origins import check_no_dates, newest_origins


class BacktestConfig(BaseModel):
    """The settings of a backtest; bootstrap and seed are those of the training."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    origins: tuple[Day, ...] | None = Field(None, min_length=1, description="as-of dates to test on, ascending")
    count: int = Field(4, ge=1, le=40, description="how many origins when they are not given, the newest complete last")
    spacing_months: int = Field(12, ge=1, le=60, description="months between them")
    picks: tuple[int, ...] = Field((20, 50, 100), description="firms a portfolio picks at each origin")
    refits: int = Field(5, ge=2, le=50, description="reseeded fits that attributions are compared over")
    explained: int = Field(
        2_000, ge=50, description="firms whose attributions are compared, drawn from the newest origin"
    )
    folds: int = Field(5, ge=2, le=20, description="folds of the leaky twin's random split")
    slice_firms: int = Field(100, ge=20, description="a slice with fewer firms gets no figures")
    slice_class: int = Field(20, ge=5, description="a slice with fewer successes, or fewer failures, gets no figures")

    def dates(self, config: TrainConfig, known_by: date) -> tuple[date, ...]:
        """Return the origins.

        Parameters
        ----------
        config
            The training's settings, whose label window and gap decide which origin is the newest.
        known_by
            The last day whose knowledge the labels may use.

        Raises
        ------
        ConfigError
            If dates of a single training are set, origins are out of order, or the newest window is not complete.
        """
        check_no_dates(config)
        if self.origins is None:
            return newest_origins(config, known_by, self.count, self.spacing_months)
        timespan = config.label.rule().timespan
        if list(self.origins) != sorted(set(self.origins)):
            raise ConfigError(f"origins must be ascending and distinct, not {', '.join(map(str, self.origins))}")
        if timespan.end(self.origins[-1]) > known_by:
            raise ConfigError(
                f"the label window of the origin {self.origins[-1]} ends on {timespan.end(self.origins[-1])}, after "
                f"{known_by}; choose origins on or before {timespan.latest_before(known_by)}"
            )
        return self.origins
