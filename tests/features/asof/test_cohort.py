"""Which firms are at risk on a day."""

from datetime import date

import pandas as pd
import pytest

from littlegiants.features.asof.cohort import cohort, cohort_counts, not_at_risk
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.tables import Tables

FIRMS = pd.DataFrame(
    {
        "firm_id": ["bought", "listed", "closed", "late", "plain", "unborn", "undated", "waking"],
        "founded_on": ["2001-01-01"] * 5 + ["2019-01-01", "", ""],
    }
)
OUTCOMES = pd.DataFrame(
    [
        ("bought", "2015-06-30", "acquisition", ""),
        ("listed", "2015-07-01", "ipo", ""),
        ("closed", "2015-06-01", "closure", ""),
        ("late", "2015-01-01", "acquisition", "2017-01-01"),
    ],
    columns=["firm_id", "happened_on", "kind", "known_on"],
)
ROUNDS = pd.DataFrame(
    [
        ("plain", "1", "2014-01-01", "debt"),
        ("waking", "2", "2016-01-01", "seed"),
        ("bought", "3", "2002-01-01", "seed"),
    ],
    columns=["firm_id", "round_id", "announced_on", "kind"],
)
TABLES = Tables.from_frames({"firms": FIRMS, "outcomes": OUTCOMES, "rounds": ROUNDS})


def at_risk(day, tables=TABLES, **options):
    snapshot = Snapshot(tables, date.fromisoformat(day))
    return snapshot.firm_ids[cohort(snapshot, **options)].tolist()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2000-12-31", []),
        ("2001-01-01", ["bought", "closed", "late", "listed", "plain"]),
        ("2015-05-31", ["bought", "closed", "late", "listed", "plain"]),
        ("2015-06-01", ["bought", "late", "listed", "plain"]),
        ("2015-06-29", ["bought", "late", "listed", "plain"]),
        ("2015-06-30", ["late", "listed", "plain"]),
        ("2015-07-01", ["late", "plain"]),
        ("2016-01-01", ["late", "plain", "waking"]),
        ("2016-12-31", ["late", "plain", "waking"]),
        ("2017-01-01", ["plain", "waking"]),
        ("2019-01-01", ["plain", "unborn", "waking"]),
    ],
)
def test_a_firm_is_at_risk_while_it_is_known_and_no_end_of_it_is(day, expected):
    assert at_risk(day) == expected


def test_a_firm_that_no_day_is_known_of_is_never_at_risk():
    assert "undated" not in at_risk("2100-01-01")


def test_a_round_of_any_kind_may_be_required():
    assert at_risk("2013-12-31", require_round=True) == ["bought"]
    assert at_risk("2014-01-01", require_round=True) == ["bought", "plain"]
    assert at_risk("2016-01-01", require_round=True) == ["plain", "waking"]


def test_firms_that_died_stay_in_the_cohorts_before():
    died = set(OUTCOMES["firm_id"])
    assert died < set(at_risk("2014-01-01"))


def test_without_outcomes_nobody_is_known_to_have_left():
    tables = Tables.from_frames({"firms": FIRMS})
    assert at_risk("2018-01-01", tables) == ["bought", "closed", "late", "listed", "plain"]
    assert at_risk("2018-01-01", tables, require_round=True) == []


def test_codes_ascend():
    codes = cohort(Snapshot(TABLES, date(2014, 1, 1)))
    assert codes.tolist() == [0, 1, 2, 3, 4]
    assert codes.dtype == "int64"


def test_why_firms_are_not_at_risk():
    day = date(2015, 12, 31)
    assert not_at_risk(day, False, "2 of the wanted firms are", "bought") == (
        "2 of the wanted firms are not at risk on 2015-12-31, 'bought' the first: not yet known, or already acquired, "
        "listed or closed"
    )
    assert not_at_risk(day, True) == (
        "the firm is not at risk on 2015-12-31: not yet known, without a round, or already acquired, listed or closed"
    )


def test_every_firm_is_counted_once():
    snapshot = Snapshot(TABLES, date(2015, 6, 30))
    assert cohort_counts(snapshot) == {"at_risk": 3, "left": 2, "not_yet_known": 3}
    assert cohort_counts(snapshot, require_round=True) == {
        "at_risk": 1,
        "left": 2,
        "not_yet_known": 3,
        "without_round": 2,
    }
