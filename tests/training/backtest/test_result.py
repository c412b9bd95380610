"""What every result of a backtest keeps to: immutable, finite, and the same after JSON."""

import pytest
from pydantic import Field, ValidationError

from littlegiants.training.backtest.result import Result


class Example(Result):
    """A result with a name of its own in files."""

    rate: float
    note: str | None = None
    firms: int = Field(3, alias="n")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_refused(value):
    with pytest.raises(ValidationError, match="finite number"):
        Example(rate=value)


def test_nothing_changes_once_it_was_measured():
    result = Example(rate=0.5)
    with pytest.raises(ValidationError, match="frozen"):
        result.rate = 0.6  # type: ignore[misc]


def test_an_unknown_key_is_refused():
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Example.model_validate({"rate": 0.5, "colour": "red"})


def test_it_is_written_by_the_name_in_files_and_read_by_either():
    result = Example(rate=0.1 + 0.2, firms=5)
    assert result.model_dump() == {"rate": 0.1 + 0.2, "note": None, "n": 5}
    assert Example.model_validate_json(result.model_dump_json()) == result
    assert Example.model_validate({"rate": 0.1 + 0.2, "firms": 5}) == result
