"""Single values of records, and the marks of those that need full validation."""

import msgspec
import numpy as np
import pytest

from littlegiants.ingest.records.values import (
    DAYS,
    NO_DATE,
    choice_codes,
    day_of,
    factor,
    fill,
    grades,
    stored,
)
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.days import NO_DAY
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.ragged import Ragged


@pytest.mark.parametrize(
    "text", ["", "2020-1-01", "2020-02-30", "1900-01-01", "2101-01-01", "2020-01-01 ", "２０２０-01-01"]
)
def test_other_texts_are_no_date_and_not_kept(text):
    assert day_of(text) == NO_DATE
    assert text not in DAYS


def test_a_date_is_kept_for_the_next_time():
    assert day_of("1970-01-03") == 2
    assert (DAYS["1970-01-03"], DAYS[None], DAYS[msgspec.UNSET]) == (2, NO_DAY, NO_DAY)


@pytest.mark.parametrize("missing", [None, msgspec.UNSET])
def test_numbers_that_are_missing_are_nan(missing):
    line = np.zeros(2)
    fill(line, (1.5, missing))
    assert line.tolist() == pytest.approx([1.5, np.nan], nan_ok=True)


def test_factors_tell_a_missing_rate_from_no_currency():
    money = Money()
    day = int(np.datetime64("2016-06-30", "D").astype(int))
    assert factor(money, "USD", day) == 1
    assert factor(money, "EUR", day) == 1.1096  # the average of 2015
    assert np.isnan([factor(money, "", day), factor(money, "EUR", NO_DAY), factor(money, "EUR", -10_000)]).all()
    assert factor(money, "RMB", day) == np.inf


def test_only_an_optional_choice_may_be_missing():
    assert choice_codes("outcomes", "kind") == {"ipo": 0, "acquisition": 1, "closure": 2}
    assert choice_codes("grants", "level")[None] == choice_codes("grants", "level")[""] == -1
    assert grades("recognitions", "tier").tolist() == pytest.approx([1, 2, 3, 4, np.nan], nan_ok=True)


def test_ids_and_currencies_are_not_stored_and_texts_are_codes():
    raw: dict[str, list] = {column.name: [0.0, 0.0] for column in TABLES["grants"].columns}
    raw |= {"programme": ["NSF", ""], "phase": ["II", "I"]}
    columns, vocabularies = stored(TABLES["grants"], raw)
    assert not {"grant_id", "currency"} & set(columns)
    assert np.asarray(columns["programme"]).tolist() == [0, -1]
    assert (np.asarray(columns["phase"]).tolist(), vocabularies["phase"].tolist()) == ([1, 0], ["I", "II"])
    columns, _ = stored(TABLES["patents"], {c.name: ["b;a"] for c in TABLES["patents"].columns})
    assert isinstance(columns["classes"], Ragged)
