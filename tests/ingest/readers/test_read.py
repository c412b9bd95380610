"""Tables from a place, whichever it is."""

import os

import pandas as pd
import pytest

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
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
