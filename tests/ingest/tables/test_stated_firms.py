"""The firms that a table as read names."""

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.tables.stated_firms import firm_ids_of

IDS = ["b", " a", None, "b ", "", "ü"]


@pytest.mark.parametrize("dtype", ["str", object, "category"])
def test_ids_are_those_that_loading_takes_them_for(dtype):
    rows, ids = firm_ids_of("rounds", pd.DataFrame({"firm_id": pd.Series(IDS, dtype=dtype)}))
    assert ids[rows].tolist() == ["b", "a", "", "b", "", "ü"]


def test_rows_that_name_no_firm_are_of_one():
    rows, ids = firm_ids_of("rounds", pd.DataFrame({"amount": [1, 2]}))
    assert ids[rows].tolist() == ["", ""]


def test_numbers_are_no_ids():
    with pytest.raises(TableError, match=r"rounds\.firm_id holds int64, expected text"):
        firm_ids_of("rounds", pd.DataFrame({"firm_id": np.array([1, 2])}))
