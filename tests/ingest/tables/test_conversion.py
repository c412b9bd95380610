"""A table's amounts in US cents."""

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.conversion import convert_money
from littlegiants.ingest.tables.days import NO_DAY
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.screening import Screening

DAY = int(np.datetime64("2016-06-30", "D").astype(int))


def converted(*rows):
    frame = pd.DataFrame(rows, columns=["amount", "currency", "awarded_on"])
    screening = Screening(TABLES["grants"], RawTable.from_frame(frame))
    return convert_money(frame, Money(), screening), screening


def test_amounts_become_cents_at_the_rate_already_published():
    # 100 euro at 1.1096 dollars, the average of 2015.
    frame, screening = converted((100.0, "EUR", DAY), (0.015, "USD", DAY), (np.nan, "", DAY))
    assert frame["amount"].tolist() == pytest.approx([11_096, 2, np.nan], nan_ok=True)
    assert not screening.bad.any()


def test_amounts_that_cannot_be_converted_are_quarantined():
    old = int(np.datetime64("1950-01-01", "D").astype(int))
    _, screening = converted((1.0, "", DAY), (1.0, "EUR", old), (1e14, "USD", DAY), (1.0, "EUR", NO_DAY))
    found = screening.quarantine.frame()[["row", "code"]].to_numpy().tolist()
    # The last row has a violation of its own: it is not said to lack a rate.
    assert found == [[1, "missing_currency"], [2, "no_exchange_rate"], [3, "amount_too_large"]]


def test_a_table_without_money_stays_as_it_is():
    frame = pd.DataFrame({"filed_on": [DAY]})
    screening = Screening(TABLES["patents"], RawTable.from_frame(frame))
    assert convert_money(frame, Money(), screening) is frame
