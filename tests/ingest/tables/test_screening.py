"""Rows of one table that break the contract, step by step."""

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.screening import Screening, reject_orphans

IDS = np.array(["a", "b", "x", "c"], object)


@pytest.fixture
def screening():
    frame = pd.DataFrame({"firm_id": IDS, "amount": ["1", "-2", "-3", "4"], "colour": "red"})
    raw = RawTable(frame, np.array([1, 2, 4, 5]))
    raw.rejected.add("grants", [3, 3], "", "ragged_row", ["b,1,2", "b,1,2"])
    return Screening(TABLES["grants"], raw)


def test_the_value_as_read_is_shown_with_its_record_number(screening):
    screening.reject("amount", "negative_amount", np.array([False, True, True, False]))
    assert screening.bad.tolist() == [False, True, True, False]
    assert screening.quarantine.frame().to_numpy().tolist() == [
        ["grants", 2, "amount", "negative_amount", "-2"],
        ["grants", 4, "amount", "negative_amount", "-3"],
    ]


def test_nothing_to_reject_changes_nothing(screening):
    screening.reject("no such column", "negative_amount", np.zeros(4, bool))
    assert not screening.bad.any()
    assert screening.quarantine.frame().empty


def test_a_code_must_be_known(screening):
    with pytest.raises(KeyError):
        screening.reject("amount", "no such code", np.ones(4, bool))


def test_an_orphan_that_is_quarantined_already_has_no_second_record(screening):
    screening.reject("amount", "negative_amount", np.array([False, False, True, False]))
    reject_orphans(screening, pd.Series(IDS), np.array(["a", "b"], object))
    assert screening.quarantine.frame()[["row", "code"]].to_numpy().tolist() == [
        [4, "negative_amount"],
        [5, "orphan_event"],
    ]


def test_every_event_is_an_orphan_without_firms(screening):
    reject_orphans(screening, pd.Series(IDS), np.array([], object))
    assert screening.bad.all()


def test_a_row_with_several_violations_counts_once_and_rejected_records_count(screening):
    screening.reject("amount", "negative_amount", np.array([False, True, False, False]))
    screening.reject("amount", "missing_currency", np.array([False, True, True, False]))
    sums = screening.reconcile()
    assert (sums.read, sums.used, sums.quarantined) == (5, 2, 3)
    assert sums.by_code == {"missing_currency": 2, "ragged_row": 1}
    assert sums.ignored_columns == ("colour",)
