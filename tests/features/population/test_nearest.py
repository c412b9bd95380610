"""Distance to the nearest combination: as comparing with each of them would give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.features.population.nearest import LARGEST, Combinations
from littlegiants.ingest.tables.ragged import Ragged

SET = st.sets(st.sampled_from("abcdefghijkl"), min_size=1, max_size=10)


def lists(*sets):
    return Ragged.from_text(np.array([";".join(sorted(each)) for each in sets], object))


def combinations(*sets):
    return Combinations(np.array([";".join(sorted(each)) for each in sets], object))


def one_by_one(asked, known):
    return max((len(asked & each) / len(asked | each) for each in known if len(each) <= LARGEST), default=0.0)


@settings(max_examples=200, deadline=None)
@given(known=st.lists(SET, max_size=12), asked=st.lists(SET, min_size=1, max_size=6))
def test_largest_similarity_is_that_of_comparing_with_each(known, asked):
    expected = [one_by_one(each, known) for each in asked]
    assert combinations(*known).similarity(lists(*asked)).tolist() == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("ab", 1),
        ("abc", 2 / 3),  # ab: 2 of 3, where acd gives 2 of 4
        ("acd", 1),
        ("cd", 2 / 3),
        ("cz", 1 / 4),  # the unknown z counts in the union with acd
        ("yz", 0),
        ("", 0),
    ],
)
def test_similarities_by_hand(asked, expected):
    assert combinations("ab", "acd").similarity(lists(asked)).tolist() == [expected]


def test_a_longer_combination_than_the_largest_is_left_out():
    nine = "abcdefghi"
    assert combinations(nine).similarity(lists(nine, "a")).tolist() == [0, 0]
    assert combinations(nine[:LARGEST], nine).similarity(lists(nine)).tolist() == [LARGEST / 9]


def test_each_list_alone_gives_the_same():
    random = np.random.default_rng(5)
    sets = [set(random.choice(list("abcdefghijkl"), random.integers(1, 7))) for _ in range(60)]
    known, asked = combinations(*sets[:20]), sets[20:]
    together = known.similarity(lists(*asked))
    assert [known.similarity(lists(each))[0] for each in asked] == together.tolist()
    assert len(set(together)) > 4
