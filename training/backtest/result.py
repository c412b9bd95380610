"""The base of every result of a backtest: immutable numbers and text, written as JSON and read back the same."""

from pydantic import BaseModel, ConfigDict


class Result(BaseModel):
    """A part of a backtest. It holds no NaN and no infinity; a number that does not exist is None or left out."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, serialize_by_alias=True
    )
