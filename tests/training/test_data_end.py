"""Until when the data tell outcomes, and what was known by then."""

from datetime import UTC, date, datetime, timedelta

import pytest

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.training.data_end import data_end, known_on
from tests.features.hand_tables import frame

FIRMS = frame("firm_id founded_on\na 2010-01-01\nb 2016-01-01\nc -")


def tables_of(*rounds):
    rows = "\n".join(f"a {number} {day} seed" for number, day in enumerate(rounds))
    return Tables.from_frames({"firms": FIRMS, "rounds": frame(f"firm_id round_id announced_on kind\n{rows}")})


def test_the_end_is_the_day_of_the_last_event():
    assert data_end(tables_of("2012-05-01", "2015-03-31", "2014-01-01")) == date(2015, 3, 31)


def test_an_end_that_has_not_come_is_refused():
    today = datetime.now(UTC).date()
    assert data_end(tables_of(today)) == today
    later = today + timedelta(days=3)
    with pytest.raises(ConfigError, match=f"is dated {later}, in the future; give known_by$"):
        data_end(tables_of("2015-03-31", later))


def test_without_an_event_there_is_no_end():
    with pytest.raises(TableError, match="nothing tells what became of a firm"):
        data_end(Tables.from_frames({"firms": FIRMS}))


def test_a_firm_that_is_not_known_yet_leaves_no_trace():
    tables = tables_of("2012-05-01", "2015-03-31")
    early = known_on(tables, date(2015, 12, 31))
    assert early.firm_ids.tolist() == ["a"]
    assert known_on(tables, date(2016, 1, 1)).firm_ids.tolist() == ["a", "b"]
    alone = Tables.from_frames(
        {"firms": FIRMS[:1], "rounds": frame("firm_id round_id announced_on kind\na 0 2012-05-01 seed")}
    )
    assert known_on(tables, date(2013, 1, 1)).digest() == known_on(alone, date(2013, 1, 1)).digest()
