"""A table of rates beside the others: from a folder, a database or frames; what is quarantined; what it converts."""

import sqlite3
from contextlib import closing
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import create_engine

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.contract import EVENT_TABLES
from littlegiants.ingest.tables.contract import RATES as SPEC
from littlegiants.ingest.tables.exchange_rates import load_rates
from littlegiants.ingest.tables.raw_table import RawTable
from littlegiants.ingest.tables.screening import Screening
from littlegiants.ingest.tables.tables import Tables

FIRMS = pd.DataFrame({"firm_id": ["a"], "founded_on": ["2001-01-01"]})
RATES = pd.DataFrame(
    {
        "currency": ["INR", "INR", "EUR"],
        "published_on": ["2015-02-02", "2015-01-02", "2015-06-01"],
        "usd": ["0.0162", "0.0158", "1.09"],
    }
)


def grants(*rows):
    columns = ["grant_id", "awarded_on", "amount", "currency"]
    return pd.DataFrame([[str(n), *row] for n, row in enumerate(rows)], columns=columns).assign(firm_id="a")


GRANTS = grants(
    ("2015-01-01", "1000", "INR"),
    ("2015-01-31", "1000", "INR"),
    ("2015-02-02", "1000", "INR"),
    ("2016-06-01", "1000", "INR"),
    ("2015-05-31", "1000", "EUR"),
    ("2015-06-01", "1000", "EUR"),
)
# 1,000 rupees at 0.0158 and 0.0162; 1,000 euro at the average of 2014, 1.3297, and at the supplied 1.09.
CENTS = [1_580, 1_620, 132_970, 109_000]
QUARANTINED = [("grants", 1, "amount", "no_exchange_rate"), ("grants", 4, "amount", "no_exchange_rate")]


def quarantined(tables):
    return [tuple(row) for row in tables.quarantine.frame()[["table", "row", "column", "code"]].to_numpy()]


def rates(*rows):
    raw = RawTable.from_frame(pd.DataFrame(rows, columns=["currency", "published_on", "usd"]))
    screening = Screening(SPEC, raw)
    return load_rates(screening), screening


def cents(tables):
    granted = tables.events["grants"]
    assert granted is not None
    return np.asarray(granted.columns["amount"]).tolist()


def test_amounts_are_converted_at_the_supplied_rates():
    tables = Tables.from_frames({"firms": FIRMS, "rates": RATES, "grants": GRANTS})
    assert cents(tables) == CENTS
    assert quarantined(tables) == QUARANTINED
    assert str(tables.reconciliations[0]) == "rates: 3 read = 3 used + 0 quarantined"
    assert tables.observed == ("grants",)


def write_folder(folder, suffix):
    for name, frame in {"firms": FIRMS, "rates": RATES, "grants": GRANTS}.items():
        if suffix == "csv":
            frame.to_csv(folder / f"{name}.csv", index=False)
        else:
            typed = frame.assign(usd=frame["usd"].astype(float)) if name == "rates" else frame
            typed.to_parquet(folder / f"{name}.parquet")
    return folder


def write_database(folder):
    path = folder / "tables.db"
    with closing(sqlite3.connect(path)):
        pass
    engine = create_engine(f"sqlite:///{path}")
    for name, frame in {"firms": FIRMS, "rates": RATES, "grants": GRANTS}.items():
        frame.to_sql(name, engine, index=False)
    engine.dispose()
    return f"sqlite:///{path}"


@pytest.mark.parametrize("form", ["csv", "parquet", "database"])
def test_the_table_is_read_wherever_the_others_are(form, tmp_path):
    location = write_database(tmp_path) if form == "database" else write_folder(tmp_path, form)
    tables = read_tables(location)
    frames = Tables.from_frames({"firms": FIRMS, "rates": RATES, "grants": GRANTS})
    assert cents(tables) == CENTS
    assert tables.digest() == frames.digest()
    assert tables.money.rule(date(2020, 1, 1)) == frames.money.rule(date(2020, 1, 1))


def test_rates_that_cannot_be_meant_are_quarantined():
    found, screening = rates(
        ("INR", "2015-01-02", "0.0158"),
        ("INR", "2015-01-02", "0.0158"),
        ("KRW", "2015-01-02", "0.0009"),
        ("KRW", "2015-01-02", "0.9"),
        ("inr", "2015-01-03", "0.01"),
        ("₹", "2015-01-03", "0.01"),
        ("USD", "2015-01-03", "1"),
        ("", "2015-01-03", "1"),
        ("INR", "", "0.01"),
        ("INR", "31.12.2015", "0.01"),
        ("INR", "2015-01-03", ""),
        ("INR", "2015-01-03", "0"),
        ("INR", "2015-01-03", "-0.01"),
        ("INR", "2015-01-03", "0,01"),
        ("INR", "2015-01-03", "inf"),
    )
    assert {code: [part.tolist() for part in some] for code, some in found.items()} == {"INR": [[16_437], [0.0158]]}
    records = screening.quarantine.frame()
    assert records[["row", "column", "code"]].to_numpy().tolist() == [
        [2, "usd", "duplicate_row"],
        [3, "usd", "duplicate_conflict"],
        [4, "usd", "duplicate_conflict"],
        [5, "currency", "unknown_currency"],
        [6, "currency", "unknown_currency"],
        [7, "currency", "unknown_currency"],
        [8, "currency", "missing_key"],
        [9, "published_on", "missing_date"],
        [10, "published_on", "impossible_date"],
        [11, "usd", "missing_value"],
        [12, "usd", "impossible_rate"],
        [13, "usd", "negative_amount"],
        [14, "usd", "not_a_number"],
        [15, "usd", "not_a_number"],
    ]
    sums = screening.reconcile()
    assert (sums.table, sums.read, sums.used, sums.quarantined) == ("rates", 15, 1, 14)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (RATES.drop(columns="usd"), "rates: column 'usd' must stand once; the table has currency, published_on"),
        (RATES.assign(published_on=[1, 2, 3]), r"rates\.published_on holds int64, expected ISO dates"),
    ],
)
def test_a_table_that_is_none_of_rates_is_refused(frame, message):
    with pytest.raises(TableError, match=message):
        Tables.from_frames({"firms": FIRMS, "rates": frame})


def test_an_empty_table_of_rates_converts_as_without_one():
    empty = Tables.from_frames({"firms": FIRMS, "rates": RATES[:0], "grants": GRANTS})
    without = Tables.from_frames({"firms": FIRMS, "grants": GRANTS})
    assert empty.digest() == without.digest()
    assert empty.money.rule(date(2020, 1, 1)) != without.money.rule(date(2020, 1, 1))


@pytest.mark.parametrize("currency", ["RMB", "cny", "usd", "¥", "元", "CNH", "US$"])
def test_t10_what_is_no_iso_code_is_quarantined_and_never_guessed(currency):
    tables = Tables.from_frames({"firms": FIRMS, "grants": grants(("2015-01-01", "5", currency))})
    assert quarantined(tables) == [("grants", 1, "currency", "unknown_currency")]


def test_t10_currencies_side_by_side_each_at_its_own_rate():
    mixed = grants(("2016-05-01", "100", "USD"), ("2016-05-02", "100", "EUR"), ("2016-05-03", "100", "CNY"))
    mixed = pd.concat([mixed, grants(("2016-05-04", "100", "")).assign(grant_id="9")])
    tables = Tables.from_frames({"firms": FIRMS, "grants": mixed})
    # The averages of 2015: 1.1096 dollars a euro, 0.15916724 a yuan.
    assert cents(tables) == [10_000, 11_096, 1_592]
    assert quarantined(tables) == [("grants", 4, "amount", "missing_currency")]


def test_a_code_that_only_the_table_knows_is_known_with_it_alone():
    some = {"firms": FIRMS, "grants": grants(("2015-01-31", "1000", "INR"))}
    assert quarantined(Tables.from_frames(some)) == [("grants", 1, "currency", "unknown_currency")]
    assert quarantined(Tables.from_frames({**some, "rates": RATES})) == []


def test_tables_of_a_day_have_the_rates_of_that_day():
    tables = Tables.from_frames({"firms": FIRMS, "rates": RATES, "grants": GRANTS})
    published = {date(2015, 1, 1): {}, date(2015, 1, 2): {"INR": 1}, date(2015, 6, 1): {"INR": 2, "EUR": 1}}
    for day, expected in published.items():
        past = tables.known_by(day)
        assert {code: len(days) for code, (days, _) in (past.money.supplied or {}).items()} == expected
    assert past.slice(0, 1).take(np.array(["a"], object)).money is past.money


def test_constant_prices_deflate_every_amount_to_whole_cents():
    paid = grants(("2010-03-01", "100", "USD"), ("2015-03-01", "100", "USD"), ("2010-03-01", "100", "EUR"))
    tables = Tables.from_frames({"firms": FIRMS, "grants": paid}, constant_prices=2015)
    # The averages of 2009 and 2014: prices 214.537 and 236.736, 1.3935 dollars a euro.
    deflator = 236.736 / 214.537
    expected = {"0": round(10_000 * deflator), "1": 10_000, "2": round(13_935 * deflator)}
    assert sorted(cents(tables)) == sorted(expected.values())
    assert tables.money.constant_prices == 2015
    assert Tables.from_frames({"firms": FIRMS, "grants": paid}).money.constant_prices is None


def test_amounts_of_a_time_without_price_index_are_quarantined():
    old = {"firms": FIRMS, "grants": grants(("1960-12-31", "5", "USD"), ("1961-01-01", "5", "USD"))}
    assert quarantined(Tables.from_frames(old)) == []
    assert quarantined(Tables.from_frames(old, constant_prices=2015)) == [("grants", 1, "amount", "no_price_index")]


def test_rates_are_no_table_of_firms():
    assert "rates" not in EVENT_TABLES
    with pytest.raises(TableError, match="unknown table 'rate'"):
        Tables.from_frames({"firms": FIRMS, "rate": RATES})
