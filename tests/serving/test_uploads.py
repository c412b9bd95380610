"""Uploads: which table a file holds by its name, what it is by its first bytes, and what is refused."""

import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from littlegiants.serving.uploads import NothingSentError, TooLargeError, UnsupportedError, UploadError
from tests.serving.test_uploaded_tables import FIRMS, ROUNDS, sent


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("firms.csv", "firms"),
        ("FIRMS.CSV", "firms"),
        ("firms (2).csv", "firms"),
        ("C:\\funds\\firms.csv", "firms"),
        ("../../etc/firms.csv", "firms"),
        ("Fund II.csv", "firms"),
        ("firms.txt", "firms"),
    ],
)
def test_name_says_which_table(name, table):
    assert list(sent({name: FIRMS}).frames) == [table]


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def misnamed() -> bytes:
    """A Parquet file with the name of a column that is no UTF-8."""
    return repeated(1).replace(b"firm_id", b"firm\x96id")


def repeated(rows: int) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"firm_id": pa.array(["a"] * rows)}), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("files", "error", "why"),
    [
        ({}, NothingSentError, "no file was sent"),
        ({"firms.csv": b""}, UploadError, "is empty"),
        ({"firms.doc": FIRMS}, UnsupportedError, "neither"),
        ({"firms.csv": b"%PDF-1.7"}, UnsupportedError, "holds no table"),
        ({"firms.csv": zipped("firms.csv", FIRMS)}, UnsupportedError, "holds no .csv"),
        ({"firms.xlsx": zipped("firms.csv", FIRMS)}, UploadError, "cannot be read as a workbook"),
        ({"firms.xlsx": zipped("x.xml", b"0" * (1 << 28))}, TooLargeError, "unfolds to 268,435,456 bytes"),
        ({"firms.parquet": repeated(300_000)}, TooLargeError, "more than 200,000 rows"),
        ({"firms.parquet": b"PAR1" + b"\0" * 40}, UploadError, "firms.parquet cannot be read"),
        ({"firms.parquet": misnamed()}, UploadError, "firms.parquet cannot be read"),
        ({"firms.csv": b"firm_id" + b"\n" * 300_000}, TooLargeError, "more than 200,000 rows"),
        ({"firms.csv": b"firm_id" + b"," * 300}, TooLargeError, "256 columns"),
        ({"firms.csv": FIRMS, "Firms.csv": FIRMS}, UploadError, "two files"),
        ({"firms.csv": FIRMS, "firms.parquet": repeated(1)}, UploadError, "two files"),
        ({"rounds.csv": ROUNDS}, UploadError, "^the upload holds no firms table"),
        ({"firms.csv": b"firm_id,firm_id\na,b\n"}, UploadError, "^firms.csv: column 'firm_id' must stand once"),
    ],
)
def test_what_is_refused(files, error, why):
    with pytest.raises(error, match=why) as caught:
        sent(files)
    assert type(caught.value) is error
    assert "/" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "status"), [(UploadError, 422), (NothingSentError, 400), (TooLargeError, 413), (UnsupportedError, 415)]
)
def test_status_is_that_of_http(error, status):
    assert error("x").status == status
