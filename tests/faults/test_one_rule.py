"""One value, one answer: whatever way it comes in, it is read as the same or quarantined."""

import csv
from datetime import date, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError
from sqlalchemy import create_engine

from littlegiants.cli.output import parse_date
from littlegiants.ingest.errors import LittleGiantsError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.records.fast_path import build
from littlegiants.ingest.records.schema import FirmRecord
from littlegiants.ingest.records.validation import loaded
from littlegiants.ingest.tables.iso_date import parse_day
from littlegiants.ingest.tables.money import Money
from littlegiants.ingest.tables.tables import Tables
from littlegiants.serving.http.api.score_requests import as_of_date
from littlegiants.serving.http.protocol.forms import form_date
from littlegiants.serving.http.protocol.problems import Problem
from littlegiants.serving.uploaded_tables import read_upload
from littlegiants.serving.uploads import Upload
from littlegiants.training.config import TrainConfig

DAYS = """2010-02-03| 2010-02-03 |2010-2-3|20100203|2010-W05-3|2010-034|03.02.2010|2/3/2010|2010/02/03
2010-02-03T00:00:00|2010-02-03 00:00:00|2010-02-03Z|40212|40212.0|1265155200|2010-02-30|0000-00-00|9999-12-31|1900-01-01
1900-01-02|2100-12-31|2101-01-01|２０１０-02-03|2010–02–03|٢٠١٠-02-03|+2010-02-03|2010-02|2010|today|NaT|null|17-Aug-2012"""
NUMBERS = """5| 5 |+5|5.|.5|5e3|5E+03|-0|-5|1,5|1.234,56|1,234.56
1 234|1_000|0x10|5m|3万|１２|٣|nan|NaN|inf|-inf|1e400
1e-400|TRUE|$5|5%|null|--|½|5;6|00005"""
IDS = "007|9.111E+17|9.111e+17|1E10|600519.0|12.5|NA|None|TRUE|91110000600037341L|Ærø| x |=1+1|-1|x\u200by|\ufeffx"
KINDS = "seed| seed |Seed|SEED|series_a|series a|Series A|grant|１"
CURRENCIES = "USD| EUR |usd|RMB|CNY|¥|$|US$|XXX|ＵＳＤ|EUR,USD"
PLAIN = {"firm_id": "b", "announced_on": "2010-01-01", "kind": "seed", "amount": "5", "currency": "USD"}


def values(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


def rows_of(**columns: list[str]) -> list[dict[str, str]]:
    """Return a row of rounds for each value of each column, everything else sound."""
    rows = [{"round_id": f"r{name}{n}", name: value} for name, some in columns.items() for n, value in enumerate(some)]
    return [{**PLAIN, **row} for row in rows]


TEXTS = rows_of(
    announced_on=values(DAYS),
    round_id=values(IDS),
    kind=values(KINDS),
    currency=values(CURRENCIES),
    known_on=values(DAYS),
)
AMOUNTS = rows_of(amount=values(NUMBERS), investor_count=values(NUMBERS), state_backed_share=values(NUMBERS))
COLUMNS = ["round_id", *PLAIN, "investor_count", "state_backed_share", "known_on"]
FIRMS = pd.DataFrame({"firm_id": ["b"], "founded_on": ["2000-01-01"]})


def answer(tables: Tables, column: str = "row") -> tuple[list[int], str]:
    """Return the numbers of the quarantined rows and the digest of all others."""
    frame = tables.quarantine.frame()
    return sorted(set(frame.loc[frame["table"] == "rounds", column].tolist())), tables.digest()


def by_csv(frame, folder):
    FIRMS.to_csv(folder / "firms.csv", index=False)
    frame.to_csv(folder / "rounds.csv", index=False, quoting=csv.QUOTE_ALL)
    return answer(read_tables(folder))


def by_parquet(frame, folder):
    FIRMS.to_parquet(folder / "firms.parquet", index=False)
    frame.to_parquet(folder / "rounds.parquet", index=False)
    return answer(read_tables(folder))


def by_dictionary(frame, folder):
    return answer(Tables.from_frames({"firms": FIRMS, "rounds": frame.astype("category")}))


def by_database(frame, folder):
    engine = create_engine(f"sqlite:///{folder / 'base.db'}")
    FIRMS.to_sql("firms", engine, index=False)
    frame.to_sql("rounds", engine, index=False)
    return answer(read_tables(f"sqlite:///{folder / 'base.db'}"))


def sent(**files: bytes) -> tuple[list[int], str]:
    uploaded = read_upload([Upload(name.replace("_", "."), BytesIO(content)) for name, content in files.items()])
    return sorted(set(uploaded.violations["row"].tolist())), uploaded.tables.digest()


def by_upload(frame, folder):
    rounds = frame.to_csv(index=False, quoting=csv.QUOTE_ALL)
    return sent(firms_csv=FIRMS.to_csv(index=False).encode(), rounds_csv=rounds.encode())


def by_workbook(frame, folder):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in (("firms", FIRMS), ("rounds", frame)):
        sheet = book.create_sheet(name)
        for row in [list(table.columns), *table.to_numpy().tolist()]:
            sheet.append([None] * len(row))
            for cell, value in zip(sheet[sheet.max_row], row, strict=True):
                cell.value, cell.data_type = value, "s"
    file = BytesIO()
    book.save(file)
    return sent(book_xlsx=file.getvalue())


def by_record(frame, folder):
    rounds = [{k: v for k, v in row.items() if v and k != "firm_id"} for row in frame.to_dict("records")]
    rounds = [{**row, "amount": 5.0} for row in rounds]
    record = msgspec.convert({"firm_id": "b", "founded_on": "2000-01-01", "rounds": rounds}, FirmRecord)
    tables = loaded([record], None)
    bad = sorted(set(tables.quarantine.frame()["row"].tolist()))
    # The fast path takes no row that validation refuses.
    for row, single in enumerate(rounds, start=1):
        one = msgspec.convert({"firm_id": "b", "founded_on": "2000-01-01", "rounds": [single]}, FirmRecord)
        assert not (row in bad and build([one], Money()).fast), single
    return bad, tables.digest()


WAYS = [by_csv, by_parquet, by_dictionary, by_database, by_upload, by_workbook]


def test_x08_odd_values_have_one_answer_whatever_the_way_in(tmp_path):
    for name, rows, ways in (("texts", TEXTS, [*WAYS, by_record]), ("amounts", AMOUNTS, WAYS)):
        frame = pd.DataFrame(rows, columns=COLUMNS, dtype="str").fillna("")
        found = {}
        for way in ways:
            folder = tmp_path / name / way.__name__
            folder.mkdir(parents=True)
            found[way.__name__] = way(frame, folder)
        expected = found["by_csv"]
        assert 0 < len(expected[0]) < len(rows)
        odd = {
            way: [rows[n - 1] for n in {*got[0]} ^ {*expected[0]}]
            for way, got in found.items()
            if got[0] != expected[0]
        }
        assert odd == {}
        assert {way for way, got in found.items() if got[1] != expected[1]} == set()


def test_x08_a_time_of_day_is_no_date_in_any_type(tmp_path):
    times = [datetime(2010, 1, 1), datetime(2010, 1, 2, 23, 59), datetime(2010, 1, 3)]
    rounds = pd.DataFrame({"firm_id": "b", "round_id": ["1", "2", "3"], "kind": "seed"})
    typed = rounds.assign(announced_on=times)
    written = [time.isoformat() if time.hour else time.date().isoformat() for time in times]
    expected = answer(
        Tables.from_frames(
            {
                "firms": FIRMS,
                "rounds": rounds.assign(announced_on=written),
            }
        )
    )
    assert expected[0] == [2]
    objects = rounds.assign(announced_on=pd.Series(times, dtype=object))
    assert answer(Tables.from_frames({"firms": FIRMS, "rounds": typed})) == expected
    assert answer(Tables.from_frames({"firms": FIRMS, "rounds": objects})) == expected
    FIRMS.to_parquet(tmp_path / "firms.parquet", index=False)
    for unit in ("s", "ms", "us", "ns"):
        column = pa.array(np.array(times, f"datetime64[{unit}]"))
        pq.write_table(pa.table({**rounds.to_dict("list"), "announced_on": column}), tmp_path / "rounds.parquet")
        assert answer(read_tables(tmp_path)) == expected
    book = openpyxl.Workbook()
    for name, table in (("firms", FIRMS), ("rounds", typed)):
        sheet = book.create_sheet(name)
        for row in [list(table.columns), *table.astype(object).to_numpy().tolist()]:
            sheet.append(row)
    file = BytesIO()
    book.save(file)
    assert sent(book_xlsx=file.getvalue()) == expected


def by_settings(text):
    return TrainConfig.model_validate({"dates": {"known_by": text}}).dates.known_by


MANIFEST: Any = SimpleNamespace(dates=SimpleNamespace(fit=(date(1990, 1, 1),)))
DATES = [parse_date, form_date, by_settings, lambda text: as_of_date(text, MANIFEST)]


@pytest.mark.parametrize("text", [text for text in values(DAYS) if parse_day(text) in (None, date(2010, 2, 3))])
def test_x08_a_date_is_written_in_one_way_in_every_option_form_request_and_setting(text):
    found = set()
    for way in DATES:
        try:
            found.add(way(text))
        except (LittleGiantsError, Problem, ValidationError):
            found.add(None)
    assert found == {date(2010, 2, 3) if text.strip() == "2010-02-03" else None}
