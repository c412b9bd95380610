"""What event rows say in words."""

from datetime import date
from math import nan

import numpy as np
import pandas as pd
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.text_columns import distinct, read_numbers
from littlegiants.ingest.tables.tables import Tables

FIRMS = pd.DataFrame({"firm_id": ["a", "b", "c", "d"], "founded_on": "2001-01-01"})
GRANTS = pd.DataFrame(
    [
        ("a", "1", "2014-01-01", "EIC", "1"),
        ("a", "2", "2014-01-02", "SBIR", ""),
        ("a", "3", "2014-01-03", "EIC", "2"),
        ("a", "4", "2014-01-04", "", "1"),
        ("b", "5", "2014-01-01", "EIC", "none"),
        ("d", "6", "2014-01-01", "", ""),
        ("c", "7", "2016-03-01", "later", "7"),
    ],
    columns=["firm_id", "grant_id", "awarded_on", "programme", "phase"],
)


@pytest.fixture
def snapshot():
    return Snapshot(Tables.from_frames({"firms": FIRMS, "grants": GRANTS}), date(2016, 2, 29))


def test_different_words_of_each_firm(snapshot):
    assert distinct(snapshot.grants, "programme").tolist() == pytest.approx([2, 1, 0, nan], nan_ok=True)


def test_words_of_an_absent_table_are_not_observed():
    grants = Snapshot(Tables.from_frames({"firms": FIRMS}), date(2016, 2, 29)).grants
    assert np.isnan(distinct(grants, "programme")).tolist() == [True] * 4
    assert read_numbers(grants, "phase", float).tolist() == []


def test_each_text_seen_is_read_once(snapshot):
    asked: list[str] = []

    def read(text: str) -> float:
        asked.append(text)
        return {"1": 10.0, "2": 20.0}.get(text, nan)

    numbers = read_numbers(snapshot.grants, "phase", read)
    assert numbers.tolist() == pytest.approx([10, nan, 20, 10, nan, nan], nan_ok=True)
    assert sorted(asked) == ["1", "2", "none"]


def test_choice_column_has_no_vocabulary(snapshot):
    with pytest.raises(KeyError, match="level"):
        read_numbers(snapshot.grants, "level", float)
