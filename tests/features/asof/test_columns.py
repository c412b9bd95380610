"""Columns as their contract declares them, and windows as days."""

from datetime import date

import numpy as np
import pytest

from littlegiants.features.asof.columns import Source, checked, grades_of, spec, unit, window_bounds
from littlegiants.ingest.tables.contract import OUTCOME_KINDS
from littlegiants.ingest.tables.days import NO_DAY, day_number
from littlegiants.ingest.tables.encoding import no_rows
from littlegiants.ingest.tables.ragged import Ragged

DAY = day_number(date(2020, 6, 30))


def test_an_event_inside_a_row_is_hidden_until_its_day():
    source = Source("patents", no_rows("patents"), DAY, firms=0)
    days = np.array([DAY - 1, DAY, DAY + 1], np.int32)
    assert source.mask("granted_on", days).tolist() == [DAY - 1, DAY, NO_DAY]
    assert source.mask("published_on", days) is days


def test_grades_are_found_by_code_and_a_missing_choice_has_none():
    grades = grades_of("outcomes", "kind", (("ipo", 2.0), ("acquisition", 1.0)))
    assert grades[[OUTCOME_KINDS.index(kind) for kind in ("ipo", "acquisition")]].tolist() == [2.0, 1.0]
    assert np.isnan(grades[[OUTCOME_KINDS.index("closure"), -1]]).all()


def test_money_is_stored_in_cents_and_other_numbers_as_they_are():
    assert unit("rounds", "amount") == 100
    assert unit("rounds", "investor_count") == 1


def test_a_window_reaches_whole_months_back():
    low, high = window_bounds(day_number(date(2020, 2, 29)), 1, 1.5)
    assert [int(low), int(high)] == [day_number(date(2017, 8, 29)), day_number(date(2018, 8, 29))]


def test_only_numbers_are_numbers():
    numbers = np.array([1.0])
    assert checked("amount", numbers) is numbers
    with pytest.raises(TypeError, match=r"kind holds no numbers; use days\('kind'\), is_in\('kind', ...\)"):
        checked("kind", np.array([1], np.int32))
    with pytest.raises(TypeError, match=r"classes is a list column; use lists\('classes'\)"):
        checked("classes", Ragged.from_text(np.array(["a"], object)))


def test_a_column_outside_the_contract_does_not_exist():
    with pytest.raises(KeyError, match="rounds has no column 'funding_total'"):
        spec("rounds", "funding_total")
