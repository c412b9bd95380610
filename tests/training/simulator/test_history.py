"""One played economy: who may meet what, and when."""

import numpy as np

from littlegiants.training.simulator.economy import LAST
from littlegiants.training.simulator.history import NEVER, Events, History, realised
from tests.training.simulator.small_world import played

KEEP = (100, 200, LAST)


def all_events(history: History) -> dict[str, Events]:
    return {name: getattr(history, name) for name in ("rounds", "exits", "closures", "grants", "climbs")}


def test_events_fall_after_founding_and_not_after_leaving():
    firms, _, history = played(keep=KEEP)
    for name, events in all_events(history).items():
        assert len(events.firm) > 0, name
        assert np.all(events.month > firms.born[events.firm]), name
        assert np.all(events.month <= history.left[events.firm]), name
    for name in ("rounds", "grants", "climbs"):
        events = all_events(history)[name]
        assert np.all(events.month < history.left[events.firm]), name


def test_a_firm_leaves_once():
    _, _, history = played(keep=KEEP)
    gone = np.concatenate([history.exits.firm, history.closures.firm])
    assert len(np.unique(gone)) == len(gone)
    assert set(gone.tolist()) == set(np.flatnonzero(history.left < NEVER).tolist())


def test_states_hold_the_firms_that_were_founded_and_had_not_left():
    firms, _, history = played(keep=KEEP)
    for month in KEEP:
        there = np.flatnonzero((firms.born <= month) & (history.left > month))
        np.testing.assert_array_equal(history.states[month].firm, there)


def test_states_count_the_events_so_far():
    firms, _, history = played(keep=KEEP)
    month = 200
    state, size = history.states[month], len(firms)
    for events, counted in (
        (history.rounds, state.stage),
        (history.grants, state.grants),
        (history.climbs, state.tier),
    ):
        so_far = np.bincount(events.firm[events.month <= month], minlength=size)
        np.testing.assert_array_equal(so_far[state.firm], counted)
    last = firms.born.copy()
    earlier = history.rounds.month <= month
    np.maximum.at(last, history.rounds.firm[earlier], history.rounds.month[earlier])
    np.testing.assert_array_equal(last[state.firm], state.last)


def test_marks_are_stage_before_and_tier_after():
    _, _, history = played(keep=KEEP)
    firm = int(np.bincount(history.rounds.firm).argmax())
    np.testing.assert_array_equal(
        history.rounds.mark[history.rounds.firm == firm], np.arange(np.sum(history.rounds.firm == firm))
    )
    firm = int(np.bincount(history.climbs.firm).argmax())
    np.testing.assert_array_equal(
        history.climbs.mark[history.climbs.firm == firm], 1 + np.arange(np.sum(history.climbs.firm == firm))
    )


def test_window_is_open_on_the_left_and_closed_on_the_right():
    none = Events(*(np.array([], np.int64) for _ in range(3)))
    _, _, history = played(keep=KEEP)
    firms = history.states[100].firm[:6]

    def at(*months: int) -> Events:
        return Events(firms[: len(months)], np.array(months), np.zeros(len(months), np.int64))

    tale = History(
        at(100, 101, 124, 125), none, none, at(101, 101, 101, 101, 124, 125), none, history.left, history.states
    )
    # Rounds of months 101 and 124 count, those of 100 and 125 do not; without one, grants decide in the same way.
    assert realised(tale, 100)[:6].tolist() == [1, 0, 0, 1, 1, 2]
