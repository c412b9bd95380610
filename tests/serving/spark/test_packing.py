"""Rows packed by bucket of firms: none is lost, none is doubled, and those of a firm stay with each other."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.serving.spark.packing import PACKED, from_stream, pack

IDS = st.one_of(st.none(), st.sampled_from(["a", " a", "a\t", "　a", "", " "]), st.text(max_size=4))


def packed(rows: pa.Table, buckets: int, size: int = 3) -> dict[int, pa.Table]:
    """The rows of each bucket, packed from batches of a few rows."""
    batches = list(pack(rows.to_batches(max_chunksize=size), "rounds", buckets))
    assert all(batch.schema == PACKED for batch in batches)
    assert {table for batch in batches for table in batch["table"].to_pylist()} <= {"rounds"}
    streams = [pair for batch in batches for pair in zip(batch["bucket"].to_pylist(), batch["rows"], strict=True)]
    codes = {code for code, _ in streams}
    return {
        code: pa.concat_tables([from_stream(stream.as_buffer()) for own, stream in streams if own == code])
        for code in codes
    }


def table(ids) -> pa.Table:
    return pa.table({"firm_id": pa.array(ids, pa.string()), "row": range(1, len(ids) + 1)})


@given(st.lists(IDS, max_size=40), st.integers(1, 7))
def test_every_row_is_in_one_bucket_beside_its_firms_other_rows(ids, buckets):
    found = packed(table(ids), buckets)
    assert sorted(row for rows in found.values() for row in rows["row"].to_pylist()) == list(range(1, len(ids) + 1))
    firms = [{(name or "").strip() for name in rows["firm_id"].to_pylist()} for rows in found.values()]
    assert sum(map(len, firms)) == len(set().union(*firms))
    assert set(found) <= set(range(buckets))


def test_the_bucket_of_a_firm_is_the_same_in_every_process():
    # Python salts its own hash of a text anew in each process; these are what pandas gave on 2026-12-01.
    found = packed(table(["a", "b", "91320594MA1XXXXX0A"]), 1_000)
    assert {rows["firm_id"][0].as_py(): code for code, rows in found.items()} == {
        "a": 504,
        "b": 975,
        "91320594MA1XXXXX0A": 120,
    }


def test_values_keep_their_types():
    rows = pa.table({"firm_id": ["a"], "amount": pa.array([1], pa.decimal128(9, 2)), "day": pa.array([1], pa.date32())})
    (found,) = packed(rows, 5).values()
    assert found.equals(rows)


@pytest.mark.parametrize("ids", [pa.array([7, 8]), pa.array([b"a", b"b"]), pa.array([1.5, None])])
def test_ids_that_are_no_text_go_where_they_are_refused(ids):
    assert list(packed(pa.table({"firm_id": ids}), 9)) == [0]
