"""Files of every kind that is read, and those that are not."""

from datetime import date

import pandas as pd
import pytest

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.mapping.reading import read_sheets

FRAME = pd.DataFrame(
    {
        "name": ["Acme", "Bolt"],
        "founded_on": pd.to_datetime(pd.Series(["2012-03-01", None])),
        "funded_on": [date(2013, 4, 5), None],
        "amount": [1_500_000.0, 0.5],
        "deals": pd.array([3, None], dtype="Int64"),
        "email": ["a@acme.example", ""],
    }
)


def test_parquet_as_text_without_people(tmp_path):
    FRAME.to_parquet(tmp_path / "x.parquet")
    (sheet,) = read_sheets([tmp_path / "x.parquet"])
    assert {name: sheet.column(name).all().tolist() for name in sheet.table.column_names} == {
        "name": ["Acme", "Bolt"],
        "founded_on": ["2012-03-01", ""],
        "funded_on": ["2013-04-05", ""],
        "amount": ["1500000", "0.5"],
        "deals": ["3", ""],
    }
    assert (sheet.read, sheet.encoding, len(sheet.digest)) == (2, "parquet", 64)


def test_tabs_of_a_tsv_and_several_files(tmp_path):
    (tmp_path / "a.tsv").write_text("name\tcity\nAcme, Inc.\tRome\n")
    (tmp_path / "b.CSV").write_text("name,city\nBolt,Oslo\n")
    found = read_sheets([tmp_path / "a.tsv", tmp_path / "b.CSV"])
    assert [(sheet.name, sheet.column("name").texts) for sheet in found] == [
        ("a.tsv", ["Acme, Inc."]),
        ("b.CSV", ["Bolt"]),
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("x.xls", "save it as .xlsx"),
        ("x.pdf", "is of no kind that is read"),
        ("nowhere.csv", "is not a regular file"),
        ("x.parquet", "cannot be read"),
    ],
)
def test_other_files_are_refused(tmp_path, name, message):
    if name != "nowhere.csv":
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(TableError, match=message):
        read_sheets([tmp_path / name])


def test_two_files_of_one_name_are_refused(tmp_path):
    (tmp_path / "sub").mkdir()
    paths = [tmp_path / "x.csv", tmp_path / "sub" / "x.csv"]
    for path in paths:
        path.write_text("name\nAcme\n")
    with pytest.raises(ConfigError, match=r"two files are named x\.csv"):
        read_sheets(paths)
