"""Arithmetic with missing numbers."""

import numpy as np
import pytest

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH, ratio, zero_filled

NAN = np.nan


def test_a_ratio_is_missing_where_either_side_is_or_the_whole_is_not_above_zero():
    part, whole = np.array([1.0, NAN, 1.0, 1.0, 1.0, 0.0]), np.array([4.0, 4.0, NAN, 0.0, -4.0, 4.0])
    assert ratio(part, whole).tolist() == pytest.approx([0.25, NAN, NAN, NAN, NAN, 0.0], nan_ok=True)
    assert whole[3] == 0  # the operands stay as they are


def test_zero_stands_for_missing_in_a_copy():
    values = np.array([2.0, NAN])
    assert zero_filled(values).tolist() == [2.0, 0.0]
    assert np.isnan(values[1])


def test_twelve_months_are_a_mean_year():
    assert 12 * DAYS_PER_MONTH == 365.25
