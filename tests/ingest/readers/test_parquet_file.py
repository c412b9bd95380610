"""A table from a Parquet file: any sensible type, and no bomb."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers import parquet_file
from littlegiants.ingest.readers.parquet_file import read_parquet
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.vocabulary import plain_text


def write(folder, table="rounds", /, **columns):
    pq.write_table(pa.table(columns), folder / f"{table}.parquet", compression="zstd")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "firms", firm_id=["007", "NA"], founded_on=["2001-01-01", None])
    return tmp_path


IDS = pa.array(["007", "007", "NA"])
DAYS = [date(2012, 3, 4), date(2012, 3, 5), date(2012, 3, 6)]
PLAIN = {
    "firm_id": IDS,
    "round_id": pa.array(["1", "2", "3"]),
    "announced_on": pa.array(["2012-03-04", "2012-03-05", "2012-03-06"]),
    "kind": pa.array(["seed", "angel", "seed"]),
    "amount": pa.array(["1.5", None, "2"]),
    "currency": pa.array(["USD", None, "EUR"]),
    "investor_count": pa.array(["1", None, "3"]),
}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("announced_on", pa.array(DAYS, pa.date32())),
        ("announced_on", pa.array(DAYS, pa.date64())),
        ("announced_on", pa.array(DAYS).cast(pa.timestamp("ns"))),
        ("announced_on", pa.array([datetime(d.year, d.month, d.day) for d in DAYS], pa.timestamp("us"))),
        ("kind", PLAIN["kind"].dictionary_encode()),
        ("kind", PLAIN["kind"].cast(pa.large_string())),
        ("firm_id", IDS.cast(pa.large_string())),
        ("firm_id", IDS.cast(pa.string_view())),
        ("firm_id", IDS.dictionary_encode()),
        ("amount", pa.array([1.5, None, 2.0])),
        ("amount", pa.array([1.5, None, 2.0], pa.float32())),
        ("amount", pa.array([Decimal("1.50"), None, Decimal("2.00")], pa.decimal128(12, 2))),
        ("amount", pa.array([1.5, None, 2.0]).dictionary_encode()),
        ("investor_count", pa.array([1, None, 3])),
        ("investor_count", pa.array([1, None, 3], pa.uint8())),
        ("currency", pa.array(["USD", "", "EUR"])),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.type),
)
def test_every_sensible_type_gives_the_same_tables(column, values, folder):
    write(folder, **PLAIN)
    expected = read_tables(folder)
    assert expected.quarantine.frame().empty
    write(folder, **{**PLAIN, column: values})
    assert read_tables(folder).digest() == expected.digest()


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        (
            "firm_id",
            pa.array([7, 7, 8]),
            "rounds.firm_id holds int64, expected text; store ids as text, zeros included",
        ),
        ("round_id", pa.array([1, None, 3]), "rounds.round_id holds float64, expected text"),
        ("firm_id", pa.array([9.1e17, 1.0, 2.0]), "rounds.firm_id holds float64"),
        ("firm_id", pa.array([b"a", b"b", b"c"]), "rounds.firm_id holds bytes"),
        ("kind", pa.array([1, 2, 3]).dictionary_encode(), "rounds.kind holds int64"),
        (
            "announced_on",
            pa.array(DAYS).cast(pa.timestamp("us", "Asia/Shanghai")),
            "rounds.announced_on holds times with a zone",
        ),
        ("announced_on", pa.array([15_403, 15_404, 15_405]), "rounds.announced_on holds int64, expected ISO dates"),
        ("announced_on", pa.array([1, 2, 3], pa.time32("s")), "rounds.announced_on holds time"),
        ("amount", pa.array([True, False, None]), "rounds.amount"),
        ("amount", pa.array([1, 2, 3], pa.duration("s")), "rounds.amount holds timedelta64"),
        ("kind", pa.array([["seed"], [], None]), "column 'kind' is a list; nested columns are not of the contract"),
        ("kind", pa.array([{"a": 1}, None, None]), "column 'kind' is a struct"),
        ("kind", pa.array([[("a", 1)], None, None], pa.map_(pa.string(), pa.int64())), "column 'kind' is a map"),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else None,
)
def test_a_type_that_cannot_be_right_is_named(column, values, message, folder):
    if column == "amount" and pa.types.is_boolean(values.type):
        write(folder, **{**PLAIN, column: values})
        assert set(read_tables(folder).quarantine.frame()["code"]) == {"not_a_number"}
        return
    write(folder, **{**PLAIN, column: values})
    with pytest.raises(TableError, match=message):
        read_tables(folder)


def test_a_column_that_stands_twice_is_refused(folder):
    table = pa.Table.from_arrays([*PLAIN.values(), PLAIN["kind"]], [*PLAIN, "kind"])
    pq.write_table(table, folder / "rounds.parquet")
    with pytest.raises(TableError, match="column 'kind' stands 2 times; keep one of them"):
        read_tables(folder)


def test_an_index_that_pandas_stored_is_an_ordinary_column(tmp_path):
    pd.DataFrame({"firm_id": ["a"], "founded_on": ["2001-01-01"]}).set_index("firm_id").to_parquet(
        tmp_path / "firms.parquet"
    )
    assert read_tables(tmp_path).firm_ids.tolist() == ["a"]


def test_a_folder_named_like_a_partition_adds_no_column(tmp_path):
    folder = tmp_path / "country=FR"
    folder.mkdir()
    write(folder, "firms", firm_id=["a"], founded_on=["2001-01-01"])
    assert read_parquet(folder / "firms.parquet").frame.columns.tolist() == ["firm_id", "founded_on"]


def test_no_row_and_no_column(tmp_path):
    write(tmp_path, "firms", firm_id=pa.array([], pa.string()))
    assert len(read_tables(tmp_path)) == 0
    pq.write_table(pa.table({}), tmp_path / "firms.parquet")
    with pytest.raises(TableError, match="column 'firm_id' is missing; the table has no column"):
        read_tables(tmp_path)


@pytest.mark.parametrize("kept", [0, 3, 0.1, 0.5, 0.9, -9, -1])
def test_a_truncated_file_is_refused(kept, folder):
    data = (folder / "firms.parquet").read_bytes()
    (folder / "firms.parquet").write_bytes(data[: int(len(data) * kept) if isinstance(kept, float) else kept])
    with pytest.raises(TableError, match=r"firms\.parquet cannot be read: "):
        read_tables(folder)


def test_a_damaged_file_is_read_or_refused_but_never_anything_else(tmp_path):
    ids = [f"firm {number}" for number in range(50)]
    write(tmp_path, "firms", firm_id=ids, name=["Ærø"] * 50, founded_on=[date(2001, 1, 1)] * 50)
    data = (tmp_path / "firms.parquet").read_bytes()
    rng = np.random.default_rng(5)
    refused = 0
    for place in rng.integers(0, len(data), 150):
        damaged = bytearray(data)
        damaged[place] ^= 1 << rng.integers(8)
        (tmp_path / "firms.parquet").write_bytes(damaged)
        try:
            read_tables(tmp_path)
        except TableError:
            refused += 1
    assert refused > 50


def test_a_name_that_is_no_utf8_is_refused(folder):
    path = folder / "firms.parquet"
    path.write_bytes(path.read_bytes().replace(b"founded_on", b"founded\x96on"))
    with pytest.raises(TableError, match=r"firms\.parquet: the name of a column is not UTF-8; write the file anew$"):
        read_parquet(path)
    with pytest.raises(TableError):
        read_tables(folder)


def test_text_that_is_no_utf8_is_refused(folder):
    broken = pa.Array.from_buffers(pa.string(), 1, [*pa.array(["ab"]).buffers()[:2], pa.py_buffer(b"\xff\xfe")])
    write(folder, **{name: column[:1] for name, column in PLAIN.items() if name != "kind"}, kind=broken)
    with pytest.raises(TableError, match=r"rounds\.parquet cannot be read: .*UTF8"):
        read_tables(folder)


def bomb_in_text():
    text = pa.array(["x" * 1_000_000])
    return pa.table({"firm_id": pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), text)})


@pytest.mark.parametrize(
    ("bomb", "message"),
    [
        (bomb_in_text, "column 'firm_id' holds 2,000,000,000 bytes of text"),
        (lambda: pa.table({"firm_id": pa.nulls(40_000_000, pa.string())}), "claims 40,000,000 rows in"),
        (lambda: pa.table({"firm_id": ["\0" * 100_000_000]}), r"claims \d00,000,\d+ bytes in"),
    ],
    ids=["text", "rows", "bytes"],
)
def test_a_bomb_is_refused_before_it_unfolds(bomb, message, tmp_path, monkeypatch):
    if "bytes in" in message:
        monkeypatch.setattr(parquet_file, "_BYTES", 1 << 26)  # a quarter, for a test of a second
    path = tmp_path / "firms.parquet"
    pq.write_table(bomb(), path, compression="zstd", use_dictionary="holds" in message, write_statistics=False)
    assert path.stat().st_size < 100_000
    allocated = pa.total_allocated_bytes()
    with pytest.raises(TableError, match=f"{message}.*refused as a bomb"):
        read_tables(tmp_path)
    assert pa.total_allocated_bytes() - allocated < 50_000_000


@pytest.mark.parametrize("rows", [1, 3, 7, 100])
def test_chunks_are_together_the_whole(rows, tmp_path):
    columns = {"firm_id": [f"f{n // 3}" for n in range(20)], "amount": np.arange(20.0), "note": ["x", None] * 10}
    pq.write_table(pa.table(columns), tmp_path / "rounds.parquet", row_group_size=6)
    whole = read_parquet(tmp_path / "rounds.parquet", TABLES["rounds"])
    chunks = list(parquet_file.parquet_chunks(tmp_path / "rounds.parquet", TABLES["rounds"], rows=rows))
    frames = pd.concat([plain_text(chunk.frame) for chunk in chunks], ignore_index=True)
    pd.testing.assert_frame_equal(frames, plain_text(whole.frame))
    assert np.concatenate([chunk.rows for chunk in chunks]).tolist() == whole.rows.tolist()
    assert {chunk.unread for chunk in chunks} == {("note",)}
    assert max(len(chunk.frame) for chunk in chunks) <= rows


def test_an_empty_file_is_one_chunk_with_its_columns(tmp_path):
    pq.write_table(pa.table({"firm_id": pa.array([], pa.string())}), tmp_path / "firms.parquet")
    (chunk,) = parquet_file.parquet_chunks(tmp_path / "firms.parquet", TABLES["firms"], rows=5)
    assert (len(chunk.frame), list(chunk.frame)) == (0, ["firm_id"])


def test_a_bomb_of_text_is_found_whatever_the_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_file, "_TEXT", 1 << 20)
    pq.write_table(bomb_in_text().slice(0, 50), tmp_path / "firms.parquet", compression="zstd")
    with pytest.raises(TableError, match=r"column 'firm_id' holds .* bytes of text; it is refused as a bomb"):
        list(parquet_file.parquet_chunks(tmp_path / "firms.parquet", rows=10))
