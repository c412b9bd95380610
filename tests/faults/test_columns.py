"""Columns: their order, their names, their number, and what becomes of a table that loses much."""

import math
import time
import tracemalloc
import zipfile
from io import BytesIO

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine

from littlegiants.cli.app import run
from littlegiants.ingest.errors import TableError
from littlegiants.ingest.files.frames import write_frame
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.sources.canonical import import_canonical
from littlegiants.serving.uploaded_tables import read_upload
from littlegiants.serving.uploads import TooLargeError, Upload, UploadError
from tests.faults.files import FIRMS, ROUNDS, put, read

FILE, LOST = 5, 8
ROW = "b,r{},2010-01-01,seed,{},USD\n"


def as_csv(frame, folder, name):
    frame.to_csv(folder / f"{name}.csv", index=False)


def as_parquet(frame, folder, name):
    (folder / f"{name}.csv").unlink(missing_ok=True)
    pq.write_table(
        pa.table([pa.array(values) for _, values in frame.items()], list(map(str, frame))), folder / f"{name}.parquet"
    )


WRITERS = [as_csv, as_parquet]


def rounds(**renamed: str) -> pd.DataFrame:
    cells = {
        "firm_id": "b",
        "round_id": "r",
        "announced_on": "2010-01-01",
        "kind": "seed",
        "amount": "5",
        "currency": "USD",
    }
    return pd.DataFrame({renamed.get(name, name): [cell] for name, cell in cells.items()})


@pytest.mark.parametrize("write", WRITERS)
def test_f12_columns_in_another_order_or_case_are_the_same_and_others_are_refused(write, tmp_path):
    put(tmp_path)
    write(rounds(), tmp_path, "rounds")
    expected = read_tables(tmp_path).digest()
    same = (
        rounds().iloc[:, ::-1],
        rounds(amount="Amount", firm_id="FIRM_ID", currency=" currency "),
        rounds().assign(note="x", county="y"),
    )
    for frame in same:
        write(frame, tmp_path, "rounds")
        assert read_tables(tmp_path).digest() == expected
    wrong = {
        "column 'kind' is missing": rounds().drop(columns="kind"),
        "column 'amount' stands 2 times": rounds().assign(**{"Amount ": "6"}),
        "did you mean 'amount'": rounds(amount="ammount"),
        "did you mean 'announced_on'": rounds(announced_on="anounced_on"),
    }
    for message, frame in wrong.items():
        write(frame, tmp_path, "rounds")
        with pytest.raises(TableError, match=message):
            read_tables(tmp_path)


def test_f16_a_flipped_bit_in_a_page_is_refused_by_its_checksum(tmp_path):
    put(tmp_path)
    amounts = np.arange(1_000.0)
    frame = pd.DataFrame({"firm_id": "b", "round_id": [f"r{n}" for n in range(1_000)], "announced_on": "2010-01-01"})
    write_frame(frame.assign(kind="seed", amount=amounts, currency="USD"), tmp_path / "rounds.parquet")
    column = pq.read_metadata(tmp_path / "rounds.parquet").row_group(0).column(4)
    whole = bytearray((tmp_path / "rounds.parquet").read_bytes())
    assert read_tables(tmp_path).reconciliations[1].used == 1_000
    for share in (0.3, 0.6, 0.9):
        place = (column.dictionary_page_offset or column.data_page_offset) + int(share * column.total_compressed_size)
        damaged = whole.copy()
        damaged[place] ^= 1
        (tmp_path / "rounds.parquet").write_bytes(damaged)
        with pytest.raises(TableError, match=r"rounds\.parquet cannot be read"):
            read_tables(tmp_path)
        with pytest.raises(TableError, match=r"rounds\.parquet cannot be read"):
            import_canonical(tmp_path)


def test_f16_a_flipped_bit_in_a_workbook_is_refused_by_its_checksum(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "firms"
    for row in (["firm_id", "name"], ["a", "Alpha"], ["b", 17]):
        book.active.append(row)
    book.save(tmp_path / "packed.xlsx")
    with zipfile.ZipFile(tmp_path / "packed.xlsx") as packed, zipfile.ZipFile(tmp_path / "book.xlsx", "w") as stored:
        for member in packed.namelist():
            stored.writestr(member, packed.read(member))
    whole = (tmp_path / "book.xlsx").read_bytes()
    assert len(import_canonical(tmp_path / "book.xlsx").frames["firms"]) == 2
    for value in (b"<v>17</v>", b"Alpha", b"sheetId"):
        (tmp_path / "book.xlsx").write_bytes(whole.replace(value, value[:-1] + bytes([value[-1] ^ 1]), 1))
        with pytest.raises(TableError, match="cannot be read as a workbook: Bad CRC-32"):
            import_canonical(tmp_path / "book.xlsx")


def test_x03_a_misspelt_column_is_refused_and_a_table_that_loses_much_stops_the_work(tmp_path, capsys):
    good = "".join(ROW.format(number, number) for number in range(8))
    data = [
        "signals",
        "--data",
        str(put(tmp_path, rounds=ROUNDS.replace("amount", "ammount") + good)),
        "--as-of",
        "2015-01-01",
    ]
    assert run(data) == FILE
    assert "column 'ammount' is not of the contract; did you mean 'amount'" in capsys.readouterr().err
    assert run([*data, "--ignore-column", "Ammount"]) == 0
    assert run([*data, "--ignore-column", "kind"]) == 2
    capsys.readouterr()
    bad = "".join(f"b,x{number},2010-02-30,seed,1,USD\n" for number in range(3))
    put(tmp_path, rounds=ROUNDS + good + bad)
    assert run([*data, "--out", str(tmp_path / "signals.csv")]) == LOST
    assert (
        "rounds: 3 of 11 rows (27.3 %) are quarantined (impossible_date 3), more than 20 %" in capsys.readouterr().err
    )
    assert not (tmp_path / "signals.csv").exists()
    assert run([*data, "--max-quarantined", "0.28"]) == 0
    book = ["import", "canonical", str(tmp_path), "--out", str(tmp_path / "out")]
    assert run(book) == LOST
    assert not (tmp_path / "out").exists()
    assert run([*book, "--max-quarantined", "1"]) == 0


def test_x03_every_way_in_refuses_a_misspelt_column(tmp_path):
    put(tmp_path)
    meant = "did you mean 'amount'"
    engine = create_engine(f"sqlite:///{tmp_path / 'base.db'}")
    pd.DataFrame({"firm_id": ["b"]}).to_sql("firms", engine, index=False)
    rounds(amount="amonut").to_sql("rounds", engine, index=False)
    with pytest.raises(TableError, match=meant):
        read_tables(f"sqlite:///{tmp_path / 'base.db'}")
    ignored = read_tables(f"sqlite:///{tmp_path / 'base.db'}", ignore_columns=["amonut"])
    assert ignored.reconciliations[1].ignored_columns == ("amonut",)
    sent = {"firms.csv": FIRMS, "rounds.csv": rounds(amount="amoun").to_csv(index=False)}
    uploads = [Upload(name, BytesIO(text.encode())) for name, text in sent.items()]
    with pytest.raises(UploadError, match=meant):
        read_upload(uploads)
    again = [Upload(name, BytesIO(text.encode())) for name, text in sent.items()]
    assert read_upload(again, ignore_columns=["amoun"]).sums[1].used == 1


def wide(columns: int, rows: int = 1) -> bytes:
    header = ",".join(["firm_id", "name", *(f"c{number}" for number in range(columns))])
    return f"{header}\n{('a' + ',' * (columns + 1) + chr(10)) * rows}".encode()


def wide_csv(size, folder):
    (folder / "firms.csv").write_bytes(wide(size))
    return lambda: read_tables(folder)


def wide_parquet(size, folder):
    pq.write_table(
        pa.table({"firm_id": ["a"], **{f"c{number}": [""] for number in range(size)}}), folder / "firms.parquet"
    )
    return lambda: read_tables(folder)


def long_csv(size, folder):
    (folder / "firms.csv").write_text("firm_id\n" + "".join(f"f{number}\n" for number in range(size)))
    return lambda: read_tables(folder)


def bad_csv(size, folder):
    (folder / "firms.csv").write_text("firm_id,founded_on\n" + "f,2001-02-30\ng\n" * (size // 2))
    return lambda: read_tables(folder)


def uploaded(size, folder):
    body = wide(200, size // 200)
    return lambda: read_upload([Upload("firms.csv", BytesIO(body))])


def workbook(size, folder):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("firms")
    sheet.append(["firm_id", "name"])
    for number in range(size // 10):
        sheet.append([f"f{number}", "=1+1" if number % 2 else "x"])
    book.save(folder / "book.xlsx")
    return lambda: import_canonical(folder / "book.xlsx")


@pytest.mark.parametrize("make", [wide_csv, wide_parquet, long_csv, bad_csv, uploaded, workbook])
def test_x01_the_work_grows_no_faster_than_columns_and_rows(make, tmp_path):
    folder = tmp_path / "first"
    folder.mkdir()
    make(400, folder)()  # what is loaded once is no work
    spent = []
    sizes = 1_000, 12_000
    for size in sizes:
        folder = tmp_path / str(size)
        folder.mkdir()
        work = make(size, folder)
        spent.append(min(cpu(work) for _ in range(3)))  # the least: what else the machine did only adds
    slope = math.log(spent[1] / spent[0]) / math.log(sizes[1] / sizes[0])
    assert slope <= 1.1, spent


def cpu(work) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def packed(**columns: list[str]) -> bytes:
    file = BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd")
    return file.getvalue()


NAMES = ",".join(f"c{number}" for number in range(3_000))
BODIES = {
    "line end in the header": ("firms.csv", f'firm_id,"x\n",{NAMES}\na\n'.encode(), TooLargeError),
    "other line end": ("firms.csv", f'firm_id,"x\x0b",{NAMES}\na\n'.encode(), TooLargeError),
    "semicolons": ("firms.csv", f'firm_id;"x\r,,,";{NAMES.replace(",", ";")}\na\n'.encode(), TooLargeError),
    "columns of Parquet": (
        "firms.parquet",
        packed(firm_id=["a"], **{f"c{n}": [""] for n in range(260)}),
        TooLargeError,
    ),
    "rows of Parquet": ("firms.parquet", packed(firm_id=["a"] * 199_000), UploadError),
    "text of Parquet": ("firms.parquet", packed(firm_id=["a"] * 20_000, name=["x" * 3_900] * 20_000), UploadError),
    "cells": ("firms.csv", b"firm_id,name\n" + b"a,\n" * 7_000, None),
    "blank rows": ("firms.csv", b"firm_id\n" + b"\n" * 22_000, None),
}


@pytest.mark.parametrize("body", BODIES)
def test_x01_a_body_of_some_kilobytes_costs_a_second_and_50_mb_at_most(body):
    name, content, error = BODIES[body]
    assert len(content) < 64_000
    tracemalloc.start()
    arrow, begun = pa.total_allocated_bytes(), time.process_time()
    try:
        if error is None:
            read_upload([Upload(name, BytesIO(content))])
        else:
            with pytest.raises(error):
                read_upload([Upload(name, BytesIO(content))])
        # Counting allocations takes most of this time.
        assert time.process_time() - begun < 4
        assert tracemalloc.get_traced_memory()[1] + pa.total_allocated_bytes() - arrow < 50 << 20
    finally:
        tracemalloc.stop()


def test_x01_the_limit_of_columns_is_that_of_what_is_read(tmp_path):
    assert len(read_upload([Upload("firms.csv", BytesIO(wide(254)))]).tables) == 1
    with pytest.raises(TooLargeError, match=r"firms\.csv has more than 200,000 rows or 256 columns"):
        read_upload([Upload("firms.csv", BytesIO(wide(255)))])
    assert len(read(tmp_path, firms=wide(255))) == 1
