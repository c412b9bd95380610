"""A table that stops is told from one that is slow by nature."""

import math
from datetime import date

import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.tables import Tables
from littlegiants.serving.watch.silent_tables import table_checks
from littlegiants.serving.watch.summary import CohortSummary, recent_days

DAYS = pd.date_range("2018-01-01", "2020-12-31", freq="10D")  # 110 days within 1,096


def check(model, as_of: date, longest: dict[str, int], days=DAYS):
    grants = pd.DataFrame(
        {"firm_id": "a", "grant_id": [f"g{i}" for i in range(len(days))], "awarded_on": days.astype(str)}
    )
    tables = Tables.from_frames({"firms": pd.DataFrame({"firm_id": ["a"]}), "grants": grants})
    reference = model.cohort.model_copy(update={"silent_days": longest})
    return list(table_checks(reference, CohortSummary(days=recent_days(Snapshot(tables, as_of))), as_of))


def test_the_pace_of_the_table_says_how_likely_so_long_a_silence_is(model):
    newest = DAYS[-1].date()
    (found,) = check(model, date(2022, 6, 30), {"grants": 30})
    silent = (date(2022, 6, 30) - newest).days
    assert (found.kind, found.name, found.before, found.now) == ("table", "grants", 30, silent)
    assert (found.moved, found.limit) == (silent - 30, 365)
    assert found.p_value == pytest.approx(math.exp(-110 / 1_096 * (silent - 30)))


def test_a_silence_as_in_the_training_is_none(model):
    (found,) = check(model, date(2021, 3, 31), {"grants": 500})
    assert (found.moved < 0, found.p_value) == (True, 1)


def test_a_table_that_the_training_has_no_event_of_is_judged_by_the_limit_alone(model):
    (found,) = check(model, date(2021, 6, 30), {})
    assert (found.before, found.moved) == (0, found.now)


def test_a_slow_table_may_be_silent_for_long(model):
    slow = pd.DatetimeIndex(["2018-01-01", "2019-06-01", "2020-12-31"])
    (found,) = check(model, date(2022, 12, 31), {"grants": 0}, slow)
    assert found.p_value > 0.1


def test_a_table_without_an_event_has_no_check(model):
    assert check(model, date(2017, 1, 1), {"grants": 30}) == []
