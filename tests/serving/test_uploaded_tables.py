"""Uploaded files as tables: the same from every kind of file, every row accounted for by its place in its file."""

import io
import stat
import tempfile

import pandas as pd
import pytest

from littlegiants.ingest.sources.canonical import read_canonical
from littlegiants.ingest.tables.tables import Tables
from littlegiants.serving.uploaded_tables import UploadedTables, read_upload
from littlegiants.serving.uploads import Bounds, TooLargeError, Upload, UploadError
from tests.serving.http.page.conftest import as_csv, as_parquet, as_workbook

FIRMS = b"firm_id,founded_on\na,2019-05-01\nb,2020-02-29\n"
ROUNDS = (
    b"firm_id,round_id,announced_on,kind,amount,currency\n"
    b"a,1,2021-01-01,seed,100000,USD\n"
    b"\n"
    b"b,2,2021-02-30,seed,1,USD\n"
    b"c,3,2021-03-01,seed,1,USD\n"
    b"a,4,2021-04-01,venture,n/a,USD\n"
    b"b,5,2021-05-01,venture,200000,EUR\n"
)


def sent(files: dict[str, bytes], **options) -> UploadedTables:
    return read_upload([Upload(name, io.BytesIO(content)) for name, content in files.items()], **options)


@pytest.mark.parametrize("write", [as_csv, as_parquet, as_workbook], ids=["csv", "parquet", "workbook"])
def test_every_form_gives_the_tables_of_the_frames(portfolio, write):
    received = sent(write(portfolio))
    assert received.tables.digest() == Tables.from_frames(portfolio).digest()
    for sums in received.sums:
        assert sums.read == len(portfolio[sums.table]) == sums.used + sums.quarantined
    assert len(received.violations) >= sum(sums.quarantined for sums in received.sums) > 0


def test_rows_keep_their_place_in_the_file():
    received = sent({"firms.csv": FIRMS, "rounds.csv": ROUNDS})
    assert list(received.violations.itertuples(index=False, name=None)) == [
        ("rounds", 2, "", "blank_row", ""),
        ("rounds", 3, "announced_on", "impossible_date", "2021-02-30"),
        ("rounds", 4, "firm_id", "orphan_event", "c"),
        ("rounds", 5, "amount", "not_a_number", "n/a"),
    ]
    (sums,) = (sums for sums in received.sums if sums.table == "rounds")
    assert (sums.read, sums.used, sums.quarantined) == (6, 2, 4)
    assert received.headed == {"firms", "rounds"}


def test_rows_that_only_constant_prices_set_apart_keep_their_place():
    # No index of prices had been published three years before 1910.
    old = ROUNDS + b"a,6,1910-01-01,seed,1,USD\n"
    received = sent({"firms.csv": FIRMS, "rounds.csv": old}, constant_prices=2015)
    codes = {violation["code"]: violation["row"] for violation in received.violations.to_dict("records")}
    assert codes["no_price_index"] == 7
    (sums,) = (sums for sums in received.sums if sums.table == "rounds")
    assert (sums.read, sums.used, sums.quarantined) == (7, 2, 5)


def test_parquet_has_no_header_row(portfolio):
    assert sent(as_parquet(portfolio)).headed == frozenset()


def test_semicolons_and_other_encodings_are_found_out():
    german = "firm_id;name\na;Müller\n".encode("cp1252")
    assert sent({"firms.csv": german}).tables.names() == {"a": "Müller"}
    chinese = "firm_id,name\na,北京源力网络安全有限公司\n".encode("gb18030")
    assert sent({"firms.csv": chinese}).tables.names() == {"a": "北京源力网络安全有限公司"}


def test_single_sheet_of_any_name_is_the_table_of_firms():
    assert list(sent(as_workbook({"Sheet1": pd.DataFrame({"firm_id": ["a"]})})).frames) == ["firms"]


def test_what_is_no_table_is_told_and_not_read():
    received = sent({"firms.csv": FIRMS, "notes.csv": b"a\n"})
    assert received.notes == ("notes.csv is no table of the contract: not read",)


def test_folder_is_private_and_removed(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen = []

    def watched(source, *limits, **options):
        seen.append((stat.S_IMODE(source.stat().st_mode), sorted(path.name for path in source.iterdir())))
        return read_canonical(source, *limits, **options)

    monkeypatch.setattr("littlegiants.serving.uploaded_tables.read_canonical", watched)
    sent({"../../x/firms.csv": FIRMS, "rounds (1).csv": ROUNDS})
    assert seen == [(0o700, ["firms.csv", "rounds.csv"])]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UploadError):
        sent({"firms.csv": b"name\nx\n"})
    assert list(tmp_path.iterdir()) == []


def test_more_firms_than_are_taken_are_refused():
    assert len(sent({"firms.csv": FIRMS}, bounds=Bounds(firms=2)).tables) == 2
    with pytest.raises(TooLargeError, match="2 firms were sent; send at most 1"):
        sent({"firms.csv": FIRMS}, bounds=Bounds(firms=1))


def test_columns_outside_the_contract_are_told():
    received = sent({"firms.csv": b"firm_id,crawled_on\na,2030-01-01\n"})
    assert [sums.ignored_columns for sums in received.sums] == [("crawled_on",)]
