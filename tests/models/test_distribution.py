"""Counts in bins: every value is in one of them, and the index is that of the textbook."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from littlegiants.models.distribution import Distribution, psi

VALUES = st.lists(st.floats(allow_infinity=True, allow_nan=True), min_size=1, max_size=60).map(np.array)


@given(VALUES, VALUES)
def test_every_value_is_counted_once_whatever_it_is(values, others):
    found = Distribution.of(values)
    assert sum(found.counts) == len(values)
    assert found.counts[0] == np.isnan(values).sum()
    assert found.counted(others).sum() == len(others)
    assert Distribution.model_validate_json(found.model_dump_json()) == found


def test_bins_end_at_the_tenths_of_the_known_values():
    found = Distribution.of(np.concatenate([np.arange(101.0), [np.nan] * 7]))
    assert found.edges == (math.nextafter(0, -math.inf), 0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
    assert found.counts == (7, 0, 1, *[10] * 10, 0)


def test_a_constant_that_rises_or_falls_is_in_another_bin():
    constant = Distribution.of(np.ones(5))
    assert constant.counts == (0, 0, 5, 0)
    assert constant.counted(np.array([0.0, 1.0, 2.0])).tolist() == [0, 1, 1, 1]


def test_each_category_is_a_bin_and_a_code_of_none_is_missing():
    found = Distribution.of(np.array([0.0, 2.0, 2.0, np.nan]), categories=3)
    assert (found.edges, found.counts) == ((0, 1, 2), (1, 1, 0, 2, 0))


def test_a_feature_that_is_never_known_has_no_edges():
    never = Distribution.of(np.full(3, np.nan))
    assert (never.edges, never.counts) == ((), (3, 0))
    assert never.counted(np.array([1.0, np.nan])).tolist() == [1, 1]


def test_the_index_is_the_sum_over_the_bins():
    # Half a row more in each bin: shares of 0.5 and 0.5 against 0.2 and 0.8.
    a, b = np.array([99.5, 99.5]), np.array([39.5, 159.5])
    expected = (0.5 - 0.2) * math.log(0.5 / 0.2) + (0.5 - 0.8) * math.log(0.5 / 0.8)
    assert psi(a, b) == pytest.approx(expected)
    assert psi(b, a) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("edges", "counts", "message"),
    [
        ((1, 1), (0, 0, 1, 0), "edges do not ascend"),
        ((1, 2), (0, 1), "one count of at least 0 is needed for each bin"),
        ((1,), (0, -1, 2), "one count of at least 0 is needed for each bin"),
        ((math.inf,), (0, 1, 2), "finite number"),
    ],
)
def test_what_is_no_distribution_is_refused(edges, counts, message):
    with pytest.raises(ValidationError, match=message):
        Distribution(edges=edges, counts=counts)
