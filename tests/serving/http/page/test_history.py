"""The history of a firm: what a snapshot of the as-of date shows, and nothing that became known later."""

import math
from datetime import date

import pytest

from littlegiants.ingest.tables.tables import Tables
from littlegiants.serving.http.page.history import LISTED, histories
from tests.features.hand_tables import frame

AS_OF = date(2020, 12, 31)


TABLES = {
    "firms": """
        firm_id founded_on
        a       2014-03-01
        b       2019-01-01
    """,
    "rounds": """
        firm_id round_id announced_on kind     amount  currency state_backed_share
        a       1        2016-01-01   seed     1000000 USD      0.4
        a       2        2018-01-01   series_a 4000000 USD      -
        a       3        2021-01-01   series_b -       -        -
    """,
    "grants": """
        firm_id grant_id awarded_on level    programme amount currency known_on
        a       1        2015-05-05 national R\u202eD  50000  USD      -
        a       2        2015-06-05 -        -         -      -        2021-06-05
    """,
    "patents": """
        firm_id patent_id filed_on   granted_on
        a       1         2017-01-01 2020-12-31
        a       2         2018-01-01 2021-01-01
        a       3         2020-01-01 -
    """,
    "recognitions": """
        firm_id scheme tier awarded_on
        a       Giants 3    2019-07-01
    """,
    "investments": """
        firm_id investor announced_on lead amount currency
        a       Acorn    2016-01-02   1    250000 USD
        a       Beech    2016-01-02   -    -      -
    """,
}


@pytest.fixture
def tables() -> Tables:
    return Tables.from_frames({name: frame(text) for name, text in TABLES.items()})


@pytest.fixture
def known(tables):
    return histories(tables, AS_OF, ["a", "b"])


def test_moments_are_those_known_newest_first(known):
    assert [(m.day.isoformat(), m.table, m.words) for m in known["a"].moments] == [
        ("2019-07-01", "recognitions", "Title, national title: Giants"),
        ("2018-01-01", "rounds", "Round, series a, US$ 4 m"),
        ("2018-01-01", "patents", "Patent filed, pending"),  # its grant is of the day after
        ("2017-01-01", "patents", "Patent filed, granted by now"),
        ("2016-01-02", "investments", "Investor: Beech"),
        ("2016-01-02", "investments", "Investor, lead: Acorn, US$ 250 k"),
        ("2016-01-01", "rounds", "Round, seed, 40% of the state, US$ 1 m"),
        ("2015-05-05", "grants", "Grant, national: R⟨U+202E⟩D, US$ 50 k"),
        ("2014-03-01", "firms", "Founded"),
    ]


def test_lanes_are_those_of_the_tables_given(known):
    assert {name: len(strokes) for name, strokes in known["a"].lanes.items()} == {
        "rounds": 2,
        "grants": 1,
        "patents": 2,
        "recognitions": 1,
        "investments": 2,
    }
    assert all(strokes == () for strokes in known["b"].lanes.values())


def test_places_and_heights(known):
    first, second = known["a"].lanes["rounds"]
    # From 1 January 2014 to 31 December 2020 there are 2,557 days; 730 and 1,461 of them lie before the rounds.
    assert (first.place, second.place) == (730 / 2557, 1461 / 2557)
    # A quarter of the money is half the height.
    assert (first.height, second.height) == (0.5, 1.0)
    assert known["a"].years == (365 / 2557, 2191 / 2557)
    assert (known["a"].first, known["a"].last) == (date(2014, 1, 1), AS_OF)


def test_firm_of_which_only_the_founding_is_known(known):
    (moment,) = known["b"].moments
    assert (moment.day, moment.table, moment.words) == (date(2019, 1, 1), "firms", "Founded")
    assert math.isnan(moment.amount)


def test_long_histories_are_cut():
    grants = "\n".join(f"a {n} 2019-01-{1 + n % 28:02}" for n in range(LISTED + 5))
    frames = {"firms": frame("firm_id\na"), "grants": frame(f"firm_id grant_id awarded_on\n{grants}")}
    found = histories(Tables.from_frames(frames), AS_OF, ["a"])["a"]
    assert (len(found.moments), found.others, len(found.lanes["grants"])) == (LISTED, 5, LISTED + 5)
