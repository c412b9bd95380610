"""Days since the newest event of each table that was known on the day."""

from datetime import date

from littlegiants.features.asof.silence import silent_days
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import frame

TABLES = {
    "firms": "firm_id known_on\na 2000-01-01\nb 2000-01-01",
    "grants": "firm_id grant_id awarded_on known_on\na 1 2010-03-01 2010-03-01\nb 2 2010-05-01 2010-09-01",
    "recognitions": "firm_id scheme tier awarded_on\na s 1 2012-01-01",
}


def silent(day: date) -> dict[str, int]:
    return silent_days(Snapshot(Tables.from_frames({name: frame(text) for name, text in TABLES.items()}), day))


def test_only_what_was_known_counts():
    assert silent(date(2010, 6, 1)) == {"grants": 92}  # of 1 March: the other one became known in September
    assert silent(date(2010, 9, 1)) == {"grants": 123}


def test_a_table_without_an_event_is_left_out():
    assert silent(date(2010, 1, 1)) == {}
    assert silent(date(2012, 1, 1))["recognitions"] == 0
