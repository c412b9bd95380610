"""Limits are of what a parser has read, not of what a file looks like."""

import pytest

from littlegiants.ingest.errors import TooMuchError
from littlegiants.ingest.tables.limits import UNLIMITED, Limits


@pytest.mark.parametrize(("rows", "columns"), [(3, 1), (0, 5)])
def test_more_rows_or_columns_are_refused(rows, columns):
    with pytest.raises(TooMuchError, match=r"x\.csv has more than 2 rows or 4 columns; send less at a time"):
        Limits(2, 4).check("x.csv", rows, columns)


def test_the_limits_themselves_are_allowed():
    Limits(2, 4).check("x.csv", 2, 4)
    UNLIMITED.check("x.csv", 10**12, 10**12)
