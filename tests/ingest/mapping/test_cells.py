"""One column's cells as its table has them."""

import pytest

from littlegiants.ingest.mapping.cells import read_cells, routes
from littlegiants.ingest.mapping.mapping import ColumnRule, column_of
from littlegiants.ingest.mapping.sheets import from_rows


def column(*texts):
    return from_rows(
        "x.csv", [["firm_id", "value"], *([f"f{at}", text] for at, text in enumerate(texts))], "utf-8", "d"
    )[0].column("value")


def read(texts, target, **rule):
    table, name = target.split(".")
    cells = read_cells(column(*texts), ColumnRule(column="value", **rule), column_of(table, name))
    return cells.texts[cells.codes].tolist(), cells.code, cells.bad[cells.codes].tolist()


@pytest.mark.parametrize(
    ("target", "texts", "rule", "expected"),
    [
        ("firms.founded_on", ["2016", "17-Aug-2012", "n/a"], {}, ["2016-12-31", "2012-08-17", ""]),
        ("firms.founded_on", ["03/04/2016"], {"dates": ("%m/%d/%Y",)}, ["2016-03-04"]),
        ("firms.founded_on", ["2016-03-04"], {"dates": ("%Y-%d-%m",)}, ["2016-04-03"]),
        ("firms.founded_on", ["第三批"], {"vocabulary": {"第三批": "2021-07-19"}}, ["2021-07-19"]),
        ("rounds.amount", ["1.5", "undisclosed"], {"unit": "million"}, ["1500000", ""]),
        ("rounds.amount", ["1.234,5", "12,5"], {}, ["1234.5", "12.5"]),
        ("rounds.investor_count", ["3", "1,204", "12,040,000"], {}, ["3", "1204", "12040000"]),
        ("rounds.currency", ["RMB", "usd", "£"], {}, ["CNY", "USD", "GBP"]),
        ("recognitions.tier", ["国家级小巨人", "2"], {}, ["3", "2"]),
        ("grants.level", ["省级", "national"], {}, ["provincial", "national"]),
        ("firms.sectors", ["a|b, c", "|d|"], {"separator": "|"}, ["a;b, c", "d"]),
        ("firms.sectors", ["a, b;c"], {"separator": ","}, ["a;b;c"]),
        ("firms.sectors", ["机器人；传感器", "a;b"], {}, ["机器人;传感器", "a;b"]),
        ("firms.sectors", ["机器人、传感器"], {"separator": "、"}, ["机器人;传感器"]),
        ("firms.city", ["Kwun Tong, Hong Kong", "Oslo"], {"separator": ",", "position": 1}, ["Kwun Tong", "Oslo"]),
        ("firms.country", ["Leeds, Kent, UK", ""], {"separator": ",", "position": -1}, ["UK", ""]),
        ("firms.region", ["Leeds, Kent, UK", "Oslo"], {"separator": ",", "position": 2}, ["Kent", ""]),
    ],
)
def test_cells_that_can_be_read(target, texts, rule, expected):
    assert read(texts, target, **rule) == (expected, "", [False] * len(texts))


@pytest.mark.parametrize(
    ("target", "texts", "rule", "code", "wrong"),
    [
        ("firms.founded_on", ["2016", "about 2016"], {}, "impossible_date", [False, True]),
        ("firms.founded_on", ["03/04/2016"], {}, "impossible_date", [True]),
        ("firms.founded_on", ["43000"], {}, "impossible_date", [True]),
        ("rounds.amount", ["1.5", "lots"], {}, "not_a_number", [False, True]),
        ("rounds.amount", ["1,234"], {}, "not_a_number", [True]),
        ("recognitions.tier", ["瞪羚企业", "3"], {}, "unknown_value", [True, False]),
        ("grants.level", ["galactic", ""], {}, "unknown_value", [True, False]),
    ],
)
def test_cells_that_cannot_stay_as_they_are_written(target, texts, rule, code, wrong):
    found = read(texts, target, **rule)
    assert found[1:] == (code, wrong)
    assert [text for text, bad in zip(found[0], wrong, strict=True) if bad] == [
        text for text, bad in zip(texts, wrong, strict=True) if bad
    ]


def test_the_currency_of_a_cell_is_kept_with_its_amount():
    cells = read_cells(column("€2.5m", "7"), ColumnRule(column="value"), column_of("rounds", "amount"))
    assert cells.currency is not None
    assert (cells.texts.tolist(), cells.currency.tolist()) == (["2500000", "7"], ["EUR", ""])


def test_a_declared_word_goes_before_what_it_usually_means():
    found = routes(
        column("Seed", "Grand Prix", "Merger", "?"), ColumnRule(vocabulary={"Grand Prix": "grant", "Seed": "angel"})
    )
    assert found == [("rounds", "angel"), ("grants", "grant"), ("outcomes", "acquisition"), None]
