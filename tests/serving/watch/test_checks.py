"""An alarm needs both a large movement and one that chance does not explain among all checks of the run."""

import pytest

from littlegiants.serving.watch.checks import Check, adjusted


def check(moved: float, p_value: float) -> Check:
    return Check("feature", "age_years", 0.0, 0.0, moved, 0.25, p_value)


@pytest.mark.parametrize(("moved", "p_value", "alarm"), [(0.3, 0.01, True), (0.2, 0.01, False), (0.3, 0.2, False)])
def test_an_alarm_needs_both(moved, p_value, alarm):
    (found,) = adjusted([check(moved, p_value)])
    assert (found.adjusted, found.alarm) == (p_value, alarm)


def test_many_checks_ask_for_more_of_each():
    found = adjusted([check(0.3, 0.01), *(check(0.0, 0.9) for _ in range(9))])
    # Benjamini and Hochberg: 0.01 * 10 / 1.
    assert found[0].adjusted == pytest.approx(0.1)
    assert not found[0].alarm


def test_a_check_that_is_not_adjusted_raises_no_alarm():
    assert not check(1.0, 0.0).alarm
