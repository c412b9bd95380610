"""A population's counts at the end of one month."""

import numpy as np

from littlegiants.features.population.month_counts import Month

INDICES = {"sector": {"ai": 0, "bio": 1, "web": 2}}


def month(calls: list) -> Month:
    def count(statistic, back):
        calls.append((statistic, back))
        return np.array([2.0, 0.0, 5.0, 0.0]) - back

    return Month(count, INDICES)


def test_counts_are_computed_once_for_each_month_back():
    calls: list = []
    found = month(calls)
    assert found.count("firms_by_sector") is found.count("firms_by_sector")
    assert found.count("firms_by_sector", 1).tolist() == [1, -1, 4, -1]
    assert calls == [("firms_by_sector", 0), ("firms_by_sector", 1)]


def test_keys_and_their_indices():
    found = month([])
    assert found.keys("sector").tolist() == ["ai", "bio", "web"]
    assert found.indices("sector", np.array(["web", "chips", "ai"], object)).tolist() == [2, -1, 0]
    assert found.keys("region").tolist() == []
    assert found.indices("region", np.array(["Oslo"], object)).tolist() == [-1]


def test_keys_that_count_nothing_are_not_known():
    keys, counts = month([]).known_keys("firms_by_sector")
    assert (keys.tolist(), counts.tolist()) == (["ai", "web"], [2, 5])


def test_what_is_derived_from_a_month_is_computed_once():
    calls: list = []
    found = month([])

    def derived(one):
        calls.append(one)
        return len(calls)

    assert [found.made(derived), found.made(derived)] == [1, 1]
    assert calls == [found]
