"""What builders ask of the rows seen: counts, sums, first and last of each firm."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH, ratio
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.tables import Tables

NAN = np.nan
AS_OF = date(2016, 2, 29)
FIRMS = pd.DataFrame({"firm_id": ["a", "b", "c", "d"], "founded_on": "2001-01-01"})
ROUNDS = pd.DataFrame(
    [
        ("a", "1", "2014-01-31", "seed", "100.10", "USD", "2"),
        ("a", "2", "2015-02-28", "debt", "", "", ""),
        ("a", "3", "2016-02-29", "series_a", "0.20", "USD", "5"),
        ("c", "4", "2015-03-01", "seed", "", "", "3"),
        ("d", "5", "2015-02-28", "seed", "7", "USD", ""),
        ("d", "6", "2016-03-01", "seed", "9", "USD", ""),
    ],
    columns=["firm_id", "round_id", "announced_on", "kind", "amount", "currency", "investor_count"],
)


@pytest.fixture
def snapshot():
    return Snapshot(Tables.from_frames({"firms": FIRMS, "rounds": ROUNDS}), AS_OF)


def test_counts_and_sums_of_each_firm(snapshot):
    rounds = snapshot.rounds
    assert len(rounds) == 5
    assert rounds.count().tolist() == [3, 0, 1, 1]
    assert rounds.known("amount").tolist() == [2, 0, 0, 1]
    assert rounds.total("amount").tolist() == pytest.approx([100.3, 0, NAN, 7], nan_ok=True, rel=1e-15)
    assert rounds.mean("amount").tolist() == pytest.approx([50.15, NAN, NAN, 7], nan_ok=True)
    assert rounds.largest("amount").tolist() == pytest.approx([100.1, NAN, NAN, 7], nan_ok=True)
    assert rounds.total("investor_count").tolist() == pytest.approx([7, 0, 3, NAN], nan_ok=True)


def test_first_last_and_the_one_before(snapshot):
    rounds = snapshot.rounds
    amounts = rounds.number("amount")
    assert rounds.first(amounts).tolist() == pytest.approx([100.1, NAN, NAN, 7], nan_ok=True)
    assert rounds.last(amounts).tolist() == pytest.approx([0.2, NAN, NAN, 7], nan_ok=True)
    assert rounds.last(amounts, back=1).tolist() == pytest.approx([NAN] * 4, nan_ok=True)
    assert rounds.last(amounts, back=2).tolist() == pytest.approx([100.1, NAN, NAN, NAN], nan_ok=True)


def test_gaps_and_months(snapshot):
    rounds = snapshot.rounds
    # 2014-01-31 to 2015-02-28 are 393 days, from there to 2016-02-29 366.
    months = [NAN, 393 / DAYS_PER_MONTH, 366 / DAYS_PER_MONTH, NAN, NAN]
    assert rounds.gaps.tolist() == pytest.approx(months, nan_ok=True)
    assert rounds.per_firm(rounds.gaps).tolist() == pytest.approx([759 / DAYS_PER_MONTH, 0, 0, 0])
    last = rounds.last(rounds.day.astype(np.float64))
    assert rounds.months_since(last).tolist() == pytest.approx(
        [0, NAN, 365 / DAYS_PER_MONTH, 366 / DAYS_PER_MONTH], nan_ok=True
    )


@pytest.mark.parametrize(
    ("years", "lag", "expected"),
    [
        (1, 0, [1, 0, 1, 0]),  # after 2015-02-28, so that day's rounds are just out
        (1 + 1 / 12, 0, [2, 0, 1, 1]),
        (1, 1, [1, 0, 0, 1]),  # from 2014-02-28, that day left out, to 2015-02-28
        (2, 0, [2, 0, 1, 1]),
        (3, 0, [3, 0, 1, 1]),
        (1, 2, [1, 0, 0, 0]),
        (0, 0, [0, 0, 0, 0]),
    ],
)
def test_windows_are_whole_calendar_months_open_on_the_left(years, lag, expected, snapshot):
    assert snapshot.rounds.window(years, lag).count().tolist() == expected
    assert snapshot.rounds.window(years, lag) is snapshot.rounds.window(years, lag)


def test_sums_of_a_part_are_those_of_its_rows(snapshot):
    rounds = snapshot.rounds
    for mask in (rounds.is_in("kind", "seed"), rounds.is_in("kind", "debt"), rounds.day > 16_494, rounds.day > 20_000):
        part, rows = rounds.masked(mask), rounds.where(mask)
        assert part.count().tolist() == rows.count().tolist()
        for name in ("amount", "investor_count"):
            assert part.total(name).tolist() == pytest.approx(rows.total(name).tolist(), nan_ok=True)
        first = rounds.first_day_of(mask).tolist()
        assert first == pytest.approx(rows.first_day.tolist(), nan_ok=True)
    # 2015-02-28 is day 16494; firm a's debt was then, without an amount.
    assert rounds.masked(rounds.is_in("kind", "debt")).total("amount").tolist() == pytest.approx(
        [NAN, 0, 0, 0], nan_ok=True
    )
    within = rounds.window(2)
    assert within.tally(rounds.is_in("kind", "debt")).tolist() == [1, 0, 0, 0]
    assert snapshot.grants.window(1).total("amount").tolist() == pytest.approx([NAN] * 4, nan_ok=True)


def test_latest_value_of_a_column(snapshot):
    rounds = snapshot.rounds
    for name in ("amount", "investor_count"):
        for back in (0, 1, 2, 3):
            expected = rounds.last(rounds.number(name), back).tolist()
            assert rounds.latest(name, back).tolist() == pytest.approx(expected, nan_ok=True)
    with pytest.raises(TypeError, match="announced_on holds no numbers"):
        rounds.latest("announced_on")


def test_rows_by_kind(snapshot):
    rounds = snapshot.rounds
    assert rounds.is_in("kind", "seed", "debt").tolist() == [True, True, False, True, True]
    assert rounds.where(rounds.is_in("kind", "debt")).count().tolist() == [1, 0, 0, 0]
    graded = rounds.graded("kind", {"seed": 2, "series_a": 3})
    assert graded.tolist() == pytest.approx([2, NAN, 3, 2, 2], nan_ok=True)
    assert rounds.greatest(graded).tolist() == pytest.approx([3, NAN, 2, 2], nan_ok=True)
    with pytest.raises(ValueError, match="not in tuple"):
        rounds.is_in("kind", "grant")


def test_first_and_last_day(snapshot):
    rounds = snapshot.rounds
    for found, picked in ((rounds.first_day, rounds.first), (rounds.last_day, rounds.last)):
        assert found.tolist() == pytest.approx(picked(rounds.day.astype(np.float64)).tolist(), nan_ok=True)
        assert np.isnan(found).tolist() == [False, True, False, False]


def test_a_table_that_is_absent_is_missing_and_one_without_rows_is_zero(snapshot):
    empty = Snapshot(Tables.from_frames({"firms": FIRMS, "rounds": ROUNDS.head(0)}), AS_OF).rounds
    for events, none in ((snapshot.grants, [NAN] * 4), (empty, [0.0] * 4)):
        assert len(events) == 0
        for values in (events.count(), events.total("amount"), events.known("amount"), events.window(1).count()):
            assert values.tolist() == pytest.approx(none, nan_ok=True)
        for values in (events.mean("amount"), events.largest("amount"), events.first(events.number("amount"))):
            assert np.isnan(values).all()
    assert len(snapshot.patents.lists("classes").lengths) == 0
    assert snapshot.patents.days("granted_on").tolist() == []


@pytest.mark.parametrize("name", ["status", "funding_total_usd", "outcome_label", "currency", "round_id", "revenue"])
def test_there_is_no_column_outside_the_contract(name, snapshot):
    for ask in ("column", "number", "lists", "days", "known", "total", "mean", "largest", "latest"):
        with pytest.raises(KeyError, match=name):
            getattr(snapshot.rounds, ask)(name)
    for events in (snapshot.rounds, snapshot.grants):
        with pytest.raises(KeyError, match=name):
            events.column(name)


def test_each_kind_of_column_is_asked_for_in_its_own_way(snapshot):
    with pytest.raises(TypeError, match=r"kind holds no numbers; use days\('kind'\), is_in\('kind', ...\) or column"):
        snapshot.rounds.number("kind")
    with pytest.raises(TypeError, match=r"classes is a list column; use lists\('classes'\)"):
        snapshot.patents.column("classes")


def test_an_event_inside_a_row_is_seen_from_its_own_day():
    patents = pd.DataFrame(
        {"firm_id": ["a"], "patent_id": ["1"], "filed_on": ["2012-01-01"], "granted_on": ["2015-06-30"]}
    )
    tables = Tables.from_frames({"firms": FIRMS, "patents": patents})
    for day, granted in ((date(2015, 6, 29), [NAN]), (date(2015, 6, 30), [16_616.0]), (date(2019, 1, 1), [16_616.0])):
        assert Snapshot(tables, day).patents.days("granted_on").tolist() == pytest.approx(granted, nan_ok=True)


def test_ratio_has_no_value_without_a_whole():
    part, whole = np.array([1.0, 0.0, 1.0, 1.0, NAN, 1.0]), np.array([2.0, 4.0, 0.0, NAN, 1.0, -1.0])
    assert ratio(part, whole).tolist() == pytest.approx([0.5, 0, NAN, NAN, NAN, NAN], nan_ok=True)


AMOUNTS = st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.integers(0, 10**15)), max_size=12)


@settings(max_examples=settings().max_examples // 2)
@given(AMOUNTS)
def test_sums_of_money_are_exact_to_the_cent(amounts):
    rows = [
        (firm, str(n), "2012-01-01", "seed", "" if c is None else f"{c // 100}.{c % 100:02d}", "USD")
        for n, (firm, c) in enumerate(amounts)
    ]
    table = pd.DataFrame(rows, columns=ROUNDS.columns[:6], dtype="str")
    rounds = Snapshot(Tables.from_frames({"firms": FIRMS, "rounds": table}), AS_OF).rounds
    for place, firm in enumerate("abcd"):
        own = [cents for name, cents in amounts if name == firm]
        stated = [cents for cents in own if cents is not None]
        assert rounds.count()[place] == len(own)
        if own and not stated:
            assert np.isnan(rounds.total("amount")[place])
        elif sum(stated) <= 2**53:
            assert rounds.total("amount")[place] == sum(stated) / 100
        assert np.nan_to_num(rounds.largest("amount")[place]) == max(stated, default=0) / 100
