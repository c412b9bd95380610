"""Pairs of a firm and an investor, from small tables, and from tables drawn at random."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from littlegiants.features.population.investors import joint_investments, pairs_of, starts_of
from littlegiants.ingest.tables.days import NEVER, day_number
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import frame
from tests.features.worlds import AS_OF, load, worlds

TABLES = {
    "firms": "firm_id known_on\n a 2000-01-01\n b 2000-01-01",
    "rounds": """
        firm_id round_id announced_on kind
        a       r1       2018-01-10   seed
        a       r2       2019-01-10   debt
        a       r3       2020-01-10   series_a
    """,
    "investments": """
        firm_id announced_on investor known_on
        a       2018-01-10   Acorn    2018-02-01
        a       2018-01-10   ACORN    2018-03-01
        a       2020-01-10   Birch    -
        b       2020-01-10   Birch    -
    """,
    "outcomes": """
        firm_id happened_on kind        known_on
        a       2021-01-10  closure     -
        a       2021-03-10  acquisition 2021-05-01
        b       2019-01-10  ipo         -
    """,
}


def rows(**changed):
    tables = Tables.from_frames({name: frame(text) for name, text in {**TABLES, **changed}.items()})
    return tables.firms, *(tables.events[name] for name in ("investments", "rounds", "outcomes"))


def loaded(investments):
    tables = Tables.from_frames({"firms": frame("firm_id\n a\n b"), "investments": investments})
    return tables.firms, tables.events["investments"]


def days(*iso):
    return [NEVER if day == "-" else day_number(date.fromisoformat(day)) for day in iso]


def test_a_pair_is_known_with_its_first_row_and_followed_by_later_rounds_alone():
    pairs = pairs_of(*rows())
    assert pairs.keys.tolist() == ["acorn", "birch"]
    assert list(zip(pairs.firm.tolist(), pairs.investor.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 1)]
    assert pairs.known.tolist() == days("2018-02-01", "2020-01-10", "2020-01-10")
    # Debt is no later round, nor is the round that the investor was in.
    assert pairs.followed.tolist() == days("2020-01-10", "-", "-")
    # A closure is no exit, and one before the investor came is none of its own.
    assert pairs.exited.tolist() == days("2021-05-01", "2021-05-01", "-")


def test_a_fate_is_known_from_its_own_day():
    pairs = pairs_of(*rows()).known_by(day_number(date(2021, 4, 30)))
    assert pairs.exited.tolist() == days("-", "-", "-")
    assert len(pairs_of(*rows()).known_by(day_number(date(2018, 1, 31))).firm) == 0


def test_tables_that_are_not_observed_tell_no_fate():
    firms, investments, *_ = rows()
    pairs = pairs_of(firms, investments, None, None)
    assert {*pairs.followed.tolist(), *pairs.exited.tolist()} == {NEVER}


def test_investors_of_one_firm_and_day_are_partners_once():
    investments = frame("""
        firm_id announced_on investor known_on
        a       2018-01-10   Cedar    -
        a       2018-01-10   Acorn    2018-05-01
        a       2018-01-10   acorn    2018-06-01
        a       2018-01-11   Birch    -
        b       2018-01-10   Dune     -
    """)
    one, other, known, keys = joint_investments(*loaded(investments))
    assert (keys[one].tolist(), keys[other].tolist()) == (["acorn"], ["cedar"])
    assert known.tolist() == days("2018-05-01")


@pytest.mark.parametrize(("names", "pairs"), [(40, 780), (41, 0)])
def test_a_crowd_is_no_network(names, pairs):
    crowd = pd.DataFrame({"firm_id": "a", "announced_on": "2018-01-10", "investor": [f"i{n}" for n in range(names)]})
    assert len(joint_investments(*loaded(crowd))[0]) == pairs


def test_names_that_agree_have_one_key_and_a_name_of_no_row_has_none():
    tables = Tables.from_frames({name: frame(text) for name, text in TABLES.items()})
    some = tables.take(np.array(["b"], object))
    investments = some.events["investments"]
    assert investments is not None
    names = investments.vocabularies["investor"].tolist()
    assert sorted(names) == ["ACORN", "Acorn", "Birch"]
    pairs = pairs_of(some.firms, investments, None, None)
    assert pairs.keys.tolist() == ["birch"]
    assert dict(zip(names, pairs.of_name.tolist(), strict=True)) == {"ACORN": -1, "Acorn": -1, "Birch": 0}


def test_runs_begin_where_any_column_changes():
    assert starts_of(np.array([1, 1, 1, 2]), np.array([5, 5, 6, 6])).tolist() == [0, 2, 3]
    assert starts_of(np.array([], np.int64)).tolist() == []


@given(made=worlds())
def test_what_is_known_of_a_pair_depends_on_no_later_row(made):
    made.setdefault("investments", [{"firm_id": "a", "announced_on": "2015-01-01", "investor": "x"}])
    tables = load(made)
    day = day_number(AS_OF)
    past = tables.known_by(AS_OF)

    def fates(some):
        pairs = pairs_of(some.firms, *(some.events[name] for name in ("investments", "rounds", "outcomes")))
        pairs = pairs.known_by(day)
        names = pairs.keys[pairs.investor].tolist()
        return list(zip(pairs.firm.tolist(), names, pairs.known, pairs.followed, pairs.exited, strict=True))

    assert fates(tables) == fates(past)
