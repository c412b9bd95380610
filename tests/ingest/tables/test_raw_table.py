"""Tables as read."""

import pandas as pd
import pyarrow as pa

from littlegiants.ingest.tables.raw_table import RawTable, frame_of
from littlegiants.ingest.tables.vocabulary import is_repeated_text, plain_text


def test_rows_of_a_frame_are_numbered_from_one_whatever_its_index():
    raw = RawTable.from_frame(pd.DataFrame({"firm_id": ["a", "b"]}, index=[7, 7]))
    assert raw.rows.tolist() == [1, 2]
    assert raw.frame.index.tolist() == [0, 1]
    assert raw.rejected.frame().empty


def test_a_frame_of_an_arrow_table_keeps_text_by_codes_and_dates_as_they_are_stored():
    text = pa.chunked_array([pa.array(["b", "a"]).dictionary_encode(), pa.array(["a", None]).dictionary_encode()])
    days = pa.array([0, 1, None, 3], pa.date32())
    frame = frame_of(pa.table({"kind": text, "day": days, "amount": [1.5, None, 2.0, 3.0], "id": list("abcd")}))
    assert list(frame) == ["kind", "day", "amount", "id"]
    assert is_repeated_text(frame["kind"])
    assert plain_text(frame)["kind"].fillna("").tolist() == ["b", "a", "a", ""]
    assert str(frame["day"].dtype) == "date32[day][pyarrow]"
    assert frame.dtypes[["amount", "id"]].astype(str).tolist() == ["float64", "str"]
