"""Tables from a place, whichever it is."""

import gzip
import io
import os

import pandas as pd
import pyarrow as pa
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers import csv_file
from littlegiants.ingest.readers.read import raw_chunks, read_tables, rough_rows, table_files
from littlegiants.ingest.tables.contract import TABLES

FIRMS = "firm_id,name,founded_on\n000000000123456789,NA,2001-01-01\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    return tmp_path


def test_a_folder_or_its_name(folder):
    assert read_tables(folder).digest() == read_tables(str(folder)).digest()
    assert read_tables(folder).firm_ids.tolist() == ["000000000123456789"]


def test_absent_tables_are_not_observed_and_other_files_are_left(folder):
    (folder / "notes.txt").write_text("x")
    (folder / "grants.csv").write_text("firm_id,grant_id,awarded_on\n")
    (folder / "patents.xlsx").write_bytes(b"PK")
    assert read_tables(folder).observed == ("grants",)


def test_csv_and_parquet_may_stand_side_by_side(folder):
    frame = pd.DataFrame({"firm_id": ["000000000123456789"], "grant_id": ["1"], "awarded_on": ["2012-01-01"]})
    frame.to_parquet(folder / "grants.parquet", index=False)
    assert read_tables(folder).reconciliations[1].used == 1


@pytest.mark.parametrize("name", TABLES)
def test_one_table_in_two_files_is_refused(name, folder):
    (folder / f"{name}.csv").write_text("firm_id\n")
    (folder / f"{name}.parquet").write_bytes(b"PAR1")
    with pytest.raises(TableError, match=rf"holds both {name}\.csv and {name}\.parquet; keep one of them"):
        read_tables(folder)


def test_a_place_that_is_no_folder(tmp_path):
    (tmp_path / "firms.csv").write_text(FIRMS)
    for place in (tmp_path / "firms.csv", tmp_path / "nowhere"):
        with pytest.raises(TableError, match=r"is not a folder; give the folder that holds firms\.csv"):
            read_tables(place)


def test_a_folder_without_firms(tmp_path):
    with pytest.raises(TableError, match=r"holds neither firms\.csv nor firms\.parquet; the firms table is required"):
        read_tables(tmp_path)


def _link(path, outside):
    path.symlink_to(outside)


def _dangling_link(path, outside):
    path.symlink_to(outside.with_name("nowhere"))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize(
    "make",
    [_link, _dangling_link, lambda path, _: os.mkfifo(path), lambda path, _: path.mkdir()],
    ids=["link", "dangling link", "pipe", "folder"],
)
def test_what_is_not_a_regular_file_is_refused(make, suffix, folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "grants.csv"
    outside.write_text("firm_id,grant_id,awarded_on\n")
    make(folder / f"grants.{suffix}", outside)
    with pytest.raises(
        TableError, match=rf"grants\.{suffix} is not a regular file; links, pipes and devices are refused"
    ):
        read_tables(folder)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("firms.csv", b"", r"firms\.csv is empty; a table has at least its header line"),
        ("firms.csv", b"\xff\xfe\xfd", r"firms\.csv is UTF-16"),
        ("firms.csv", b"firm_id,n\xe9\n", r"firms\.csv cannot be read: 'utf-8' codec can't decode"),
        (
            "grants.csv",
            b"grant_id,awarded_on\n",
            "grants: column 'firm_id' is missing; the table has grant_id, awarded_on",
        ),
        ("grants.parquet", b"", r"grants\.parquet cannot be read: Parquet file size is 0 bytes"),
        ("grants.parquet", b"PAR1" * 10, r"grants\.parquet cannot be read: "),
        ("grants.parquet", b"firm_id,grant_id\n" * 9, r"grants\.parquet cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_read_is_named_in_one_line(name, data, message, folder):
    (folder / name).write_bytes(data)
    with pytest.raises(TableError, match=message) as caught:
        read_tables(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(folder):
    (folder / "firms.csv").chmod(0)
    with pytest.raises(TableError, match=r"firms\.csv cannot be read: .*Permission denied"):
        read_tables(folder)


def test_header_only_and_one_row(folder):
    assert [str(sums) for sums in read_tables(folder).reconciliations] == ["firms: 1 read = 1 used + 0 quarantined"]
    (folder / "firms.csv").write_text("firm_id")
    tables = read_tables(folder)
    assert len(tables) == 0
    assert [str(sums) for sums in tables.reconciliations] == ["firms: 0 read = 0 used + 0 quarantined"]


ROUNDS = [f"a,r{number},2012-03-04,seed,{number},USD" for number in range(12)]
HEADER = "firm_id,round_id,announced_on,kind,amount,currency"
BAD = ["a,r90,2012-02-30,seed,1,USD", "a,ragged", "nobody,r91,2012-03-04,seed,1,USD"]


def place(folder, *lines):
    folder.mkdir()
    (folder / "firms.csv").write_text("firm_id,name\na,A\n")
    (folder / "rounds.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    return folder


def same(one, other):
    assert one.digest() == other.digest()
    assert one.reconciliations == other.reconciliations
    pd.testing.assert_frame_equal(one.quarantine.frame(), other.quarantine.frame())


@pytest.mark.parametrize(
    ("suffix", "compress"), [("gz", gzip.compress), ("zst", lambda data: pa.compress(data, "zstd", asbytes=True))]
)
def test_compressed_files_are_the_same(suffix, compress, tmp_path):
    whole = place(tmp_path / "whole", *ROUNDS, *BAD)
    other = place(tmp_path / "other")
    (other / "rounds.csv").unlink()
    (other / f"rounds.csv.{suffix}").write_bytes(compress((whole / "rounds.csv").read_bytes()))
    same(read_tables(other), read_tables(whole))


@pytest.mark.parametrize("suffix", ["csv", "csv.gz", "parquet"])
def test_a_folder_of_files_is_one_table_numbered_through(suffix, tmp_path):
    lines = [*ROUNDS[:5], *BAD, *ROUNDS[5:]]
    if suffix == "parquet":
        lines.remove("a,ragged")
    whole = place(tmp_path / "whole", *lines)
    other = place(tmp_path / "other")
    (other / "rounds.csv").unlink()
    (other / "rounds").mkdir()
    (other / "rounds" / "_SUCCESS").touch()
    for number, some in enumerate((lines[:6], [], lines[6:])):
        text = "\n".join([HEADER, *some]) + "\n"
        path = other / "rounds" / f"part-{number}.{suffix}"
        if suffix == "parquet":
            pd.read_csv(io.StringIO(text), dtype=str).to_parquet(path)
        else:
            path.write_bytes(gzip.compress(text.encode()) if suffix == "csv.gz" else text.encode())
    same(read_tables(other), read_tables(whole))
    # The reader hands on blocks of a file, so that small files are chunks of their own.
    chunks = [raw for name, raw in raw_chunks(other, rows=4) if name == "rounds"]
    assert len(chunks) >= 3
    assert [number for raw in chunks for number in raw.rows] == [
        number for number in range(1, len(lines) + 1) if lines[number - 1] != "a,ragged"
    ]


def test_a_folder_that_is_no_table_is_refused(tmp_path):
    folder = place(tmp_path / "place")
    (folder / "grants").mkdir()
    with pytest.raises(TableError, match="grants is empty; put files that end in"):
        read_tables(folder)
    (folder / "grants" / "one.xlsx").touch()
    with pytest.raises(TableError, match=r"one\.xlsx is no table"):
        read_tables(folder)
    (folder / "grants" / "one.xlsx").unlink()
    for name, header in (("a", "firm_id,grant_id,awarded_on"), ("b", "firm_id,grant_id,awarded_on,amount")):
        (folder / "grants" / f"{name}.csv").write_text(header + "\n")
    with pytest.raises(TableError, match=r"b\.csv has other columns than a\.csv"):
        read_tables(folder)
    (folder / "grants" / "b.csv").unlink()
    (folder / "grants" / "c.csv").symlink_to(folder / "firms.csv")
    with pytest.raises(TableError, match=r"c\.csv is not a regular file"):
        read_tables(folder)
    (folder / "grants" / "c.csv").unlink()
    (folder / "grants.csv").touch()
    with pytest.raises(TableError, match=r"holds both grants\.csv and grants; keep one of them"):
        read_tables(folder)


def test_a_compressed_bomb_is_refused_before_it_unfolds(tmp_path, monkeypatch):
    folder = place(tmp_path / "place")
    (folder / "firms.csv").unlink()
    (folder / "firms.csv.gz").write_bytes(gzip.compress(b"firm_id\n" + b"a\n" * (10 << 20)))
    monkeypatch.setattr(csv_file, "_BYTES", 1 << 22)
    with pytest.raises(TableError, match="unfolds to far more than any table of its size; it is refused as a bomb"):
        read_tables(folder)


def test_rows_are_counted_roughly_without_reading_them(tmp_path):
    folder = place(tmp_path / "place", *ROUNDS * 100)
    assert 400 < rough_rows(folder) < 2_400
    pd.DataFrame({"firm_id": ["a"] * 70, "grant_id": "g", "awarded_on": "x"}).to_parquet(folder / "grants.parquet")
    assert rough_rows(folder) - 70 == rough_rows(place(tmp_path / "other", *ROUNDS * 100))
    (folder / "grants.parquet").write_bytes(b"PAR1")
    assert rough_rows(folder) == rough_rows(tmp_path / "other")
    assert sorted(path.name for path in table_files(folder)) == ["firms.csv", "grants.parquet", "rounds.csv"]
