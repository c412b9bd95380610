"""The day on which each row is known."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES
from littlegiants.ingest.tables.days import NEVER, NO_DAY, day_number
from littlegiants.ingest.tables.known_on import known_with_events
from littlegiants.ingest.tables.tables import Tables

FIRM = pd.DataFrame({"firm_id": ["a"], "founded_on": ["2001-01-01"]})
REQUIRED = {
    name: {c.name: (*c.choices, "1")[0] for c in TABLES[name].columns if c.required and c.name != TABLES[name].event}
    for name in EVENT_TABLES
}


def known(table, **columns):
    """Return the day on which one row of a table is known."""
    row = pd.DataFrame([{"firm_id": "a", **REQUIRED[table], **columns}])
    tables = Tables.from_frames({"firms": FIRM, table: row})
    assert tables.quarantine.frame().empty
    (loaded,) = (rows for name, rows in tables.events.items() if name == table and rows is not None)
    return (date(1970, 1, 1) + timedelta(days=int(loaded.known[0]))).isoformat()


@pytest.mark.parametrize("table", ["rounds", "grants", "recognitions", "outcomes"])
def test_an_event_is_known_on_its_day(table):
    assert known(table, **{TABLES[table].event: "2012-03-04"}) == "2012-03-04"


def test_accounts_are_known_120_days_after_the_period():
    assert known("financials", period_end="2012-12-31") == "2013-04-30"


def test_a_patent_is_known_when_published_or_18_months_after_filing():
    assert known("patents", filed_on="2012-08-31") == "2014-02-28"
    assert known("patents", filed_on="2012-08-31", published_on="2013-01-05") == "2013-01-05"
    assert known("patents", filed_on="2012-08-31", published_on="2011-01-05") == "2012-08-31"
    assert known("patents", filed_on="2012-08-31", granted_on="2012-12-24") == "2014-02-28"


@pytest.mark.parametrize("table", EVENT_TABLES)
def test_a_stated_day_counts_but_not_before_the_event(table):
    event = TABLES[table].event
    assert known(table, **{event: "2012-03-04"}, known_on="2012-03-05") == "2012-03-05"
    assert known(table, **{event: "2012-03-04"}, known_on="2019-01-01") == "2019-01-01"
    assert known(table, **{event: "2012-03-04"}, known_on="2012-03-03") == "2012-03-04"


def days(*values):
    return np.array([NO_DAY if v is None else v for v in values], np.int32)


@pytest.mark.parametrize(
    ("known", "explicit", "first_event", "expected"),
    [
        (days(50), [False], days(NEVER), [50]),
        (days(50), [False], days(40), [40]),
        (days(50), [False], days(60), [50]),
        (days(None), [False], days(60), [60]),
        (days(None), [False], days(NEVER), [NEVER]),
        (days(50), [True], days(40), [50]),
        (days(50, 70), [False, False], days(40), [40, 70]),
        (days(70, 50), [False, False], days(40), [70, 40]),
        (days(50, 70), [True, False], days(40), [50, 40]),
        (days(None, 70), [False, False], days(90), [90, 70]),
    ],
)
def test_a_firm_is_known_from_its_founding_or_its_first_event(known, explicit, first_event, expected):
    firm = np.zeros(len(known), np.int32)
    assert known_with_events(known, np.array(explicit), firm, first_event).tolist() == expected


def test_a_firm_is_first_known_through_any_table():
    firms = pd.DataFrame({"firm_id": ["a", "b", "c"], "founded_on": ["2015-01-01", "", ""]})
    grants = pd.DataFrame({"firm_id": ["a", "b"], "grant_id": ["1", "2"], "awarded_on": ["2012-01-01", "2013-01-01"]})
    patents = pd.DataFrame({"firm_id": ["b"], "patent_id": ["1"], "filed_on": ["2010-01-01"]})
    tables = Tables.from_frames({"firms": firms, "grants": grants, "patents": patents})
    assert tables.firms.known.tolist() == [day_number(date(2012, 1, 1)), day_number(date(2011, 7, 1)), NEVER]


def test_a_later_event_never_makes_a_firm_unknown():
    firms = pd.DataFrame({"firm_id": ["a"], "founded_on": [""]})
    rounds = pd.DataFrame({"firm_id": ["a"] * 2, "round_id": ["1", "2"], "announced_on": ["2012-01-01", "2020-01-01"]})
    rounds["kind"] = "seed"
    with_both, with_one = (Tables.from_frames({"firms": firms, "rounds": rounds.head(n)}) for n in (2, 1))
    assert with_both.firms.known.tolist() == with_one.firms.known.tolist() == [day_number(date(2012, 1, 1))]
