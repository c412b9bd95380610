"""Tables as read."""

import pandas as pd

from littlegiants.ingest.tables.raw_table import RawTable


def test_rows_of_a_frame_are_numbered_from_one_whatever_its_index():
    raw = RawTable.from_frame(pd.DataFrame({"firm_id": ["a", "b"]}, index=[7, 7]))
    assert raw.rows.tolist() == [1, 2]
    assert raw.frame.index.tolist() == [0, 1]
    assert raw.rejected.frame().empty
