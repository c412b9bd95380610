"""Repeated keys, and what a correction replaces."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.ingest.tables.contract import TABLES
from littlegiants.ingest.tables.days import NEVER
from littlegiants.ingest.tables.versions import find_repeats, rows_of_repeated_keys, superseded_on

KEY = ["firm_id", "round_id"]


def rows(*values):
    """Rows of (firm, round, known, explicit, amount)."""
    frame = pd.DataFrame(values, columns=[*KEY, "known", "explicit", "amount"])
    return frame.assign(known_on=frame["known"].where(frame["explicit"], -1))


@pytest.mark.parametrize(
    ("frame", "copies", "conflicts"),
    [
        (rows(("a", "1", 5, False, 7.0), ("a", "1", 5, False, 7.0)), [1], []),
        (rows(*[("a", "1", 5, False, 7.0)] * 3), [1, 2], []),
        (rows(("a", "1", 5, False, 7.0), ("a", "1", 5, False, 8.0)), [], [0, 1]),
        (rows(*[("a", "1", 5, False, 7.0)] * 2, ("a", "1", 5, False, 8.0)), [], [0, 1, 2]),
        (rows(("a", "1", 5, False, 7.0), ("a", "1", 6, True, 8.0)), [], []),
        (rows(("a", "1", 5, False, 7.0), ("b", "1", 5, False, 8.0)), [], []),
        (rows(("a", "1", 5, False, 7.0), ("a", "2", 5, False, 7.0)), [], []),
        (rows(("a", "1", 5, False, np.nan), ("a", "1", 5, False, np.nan)), [1], []),
        (rows(("a", "1", 5, False, np.nan), ("a", "1", 5, False, 7.0)), [], [0, 1]),
    ],
)
def test_copies_and_contradictions(frame, copies, conflicts):
    found = find_repeats(frame, KEY)
    assert [np.flatnonzero(mask).tolist() for mask in found] == [copies, conflicts]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
def test_of_copies_the_one_that_states_its_day_is_kept(order):
    frame = rows(("a", "1", 5, False, 7.0), ("a", "1", 5, True, 7.0), ("a", "1", 5, False, 7.0)).iloc[order]
    copies, conflicts = find_repeats(frame, KEY)
    assert frame[~copies]["explicit"].tolist() == [True]
    assert not conflicts.any()


def test_no_rows_repeat_nothing():
    assert [mask.tolist() for mask in find_repeats(rows(), KEY)] == [[], []]
    assert superseded_on(rows(), KEY).tolist() == []


def test_each_version_holds_until_the_next_is_known():
    frame = rows(
        ("a", "1", 9, True, 1.0), ("a", "1", 5, False, 2.0), ("b", "1", 6, False, 3.0), ("a", "1", 7, True, 4.0)
    )
    assert superseded_on(frame, KEY).tolist() == [NEVER, 7, NEVER, 9]


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_stated_day_replaces_an_inferred_one_on_the_same_day(order):
    frame = rows(("a", "1", 5, True, 1.0), ("a", "1", 5, False, 2.0)).iloc[order].reset_index(drop=True)
    until = superseded_on(frame, KEY)
    assert until[frame["explicit"]].tolist() == [NEVER]
    assert until[~frame["explicit"]].tolist() == [5]


VERSIONS = st.tuples(
    st.sampled_from("ab"), st.sampled_from("12"), st.integers(0, 6), st.booleans(), st.sampled_from([1.0, 2.0])
)


@settings(max_examples=settings().max_examples // 2)
@given(st.lists(VERSIONS, max_size=12), st.randoms(use_true_random=False))
def test_on_every_day_one_version_of_a_key_holds_whatever_the_order(values, random):
    def used(values):
        frame = rows(*values)
        copies, conflicts = find_repeats(frame, KEY)
        frame = frame[~copies & ~conflicts].reset_index(drop=True)
        until = superseded_on(frame, KEY)
        return [(*row[:-1], last) for row, last in zip(frame.itertuples(index=False), until, strict=True)]

    versions = used(values)
    for day in range(8):
        known = {
            (firm, key): max(v[2] for v in versions if v[:2] == (firm, key) and v[2] <= day)
            for firm, key, *_ in (v for v in versions if v[2] <= day)
        }
        seen = [v for v in versions if v[2] <= day < v[-1]]
        assert {v[:2]: v[2] for v in seen} == known
        assert len(seen) == len(known)
    shuffled = values.copy()
    random.shuffle(shuffled)
    assert sorted(used(shuffled)) == sorted(versions)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["1", "2", "a long id"]), st.integers(0, 2)), max_size=8)
)
def test_rows_of_repeated_keys_are_those_that_share_firm_and_key(keys):
    frame = pd.DataFrame(keys, columns=["firm", "grant_id", "awarded_on"]).astype({"grant_id": "str"})
    firm = frame["firm"].map({"a": 0, "b": 1}).to_numpy().astype(np.int32)
    rows = np.flatnonzero(frame["awarded_on"] > 0).astype(np.int64)
    some = frame.iloc[rows].reset_index(drop=True)
    expected = rows[some.duplicated(["firm", "grant_id"], keep=False).to_numpy(bool)]
    found = rows_of_repeated_keys(TABLES["grants"], frame, firm, rows)
    assert sorted(found.tolist()) == expected.tolist()
