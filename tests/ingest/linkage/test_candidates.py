"""Which names are compared, and how alike they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.linkage import candidates
from littlegiants.ingest.linkage.candidates import find_candidates, similarity

KEYS = st.lists(st.text("abc 1", min_size=1, max_size=12).map(lambda t: " ".join(t.split())).filter(bool), unique=True)


def alike(one, other):
    return float(similarity(np.array([one], object), np.array([other], object))[0])


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("acme", "acme", 100, 100),
        ("nanosys research", "nanosys reserch", 94, 96),
        ("nano tech", "nanotech", 99, 100),
        ("trustees of columbia university", "trustees columbia university", 95, 99),
        ("general power", "power general", 94, 94),
        ("acme labs", "acme", 0, 0),
        ("plant 7", "plant 8", 0, 0),
        ("acme systems", "acme solutions", 40, 80),
    ],
)
def test_likeness(one, other, low, high):
    assert low <= alike(one, other) <= high
    assert alike(other, one) == alike(one, other)


def test_only_equal_keys_are_wholly_alike():
    assert alike("ab cd", "abcd") < 100


def test_pairs_share_a_beginning_or_an_end():
    pairs = find_candidates(["nanosys research"], ["nanosys reserch", "manosys research", "manosys resaerhc"], 80)
    assert pairs["right"].tolist() == [0, 1]


def test_chunks_change_nothing(monkeypatch):
    names = [f"acme {word} {end}" for word in ("alpha", "alphas", "alfa", "beta") for end in ("labs", "lab", "works")]
    whole = find_candidates(names, names, 80)
    monkeypatch.setattr(candidates, "_PAIRS_AT_ONCE", 3)
    assert find_candidates(names, names, 80).equals(whole)
    assert len(whole) > 10


def test_crowded_blocks_are_left_out(monkeypatch):
    monkeypatch.setattr(candidates, "_MOST_PAIRS_OF_A_BLOCK", 1)
    assert len(find_candidates(["acme lab", "acme labs"], ["acme labz", "acme labx"], 80)) == 0


@pytest.mark.parametrize(("left", "right"), [([], []), (["acme"], []), ([], ["acme"])])
def test_empty_sides(left, right):
    assert len(find_candidates(left, right, 80)) == 0


@pytest.mark.slow
@given(KEYS, KEYS)
def test_sides_can_be_swapped(left, right):
    there, back = find_candidates(left, right, 80), find_candidates(right, left, 80)
    swapped = back.rename(columns={"left": "right", "right": "left"})[list(there)]
    assert there.equals(swapped.sort_values(["left", "right"], ignore_index=True))
    assert (there["similarity"] < 100).all()
