"""Reasons that other fits confirm, and those that they do not."""

from datetime import date

import numpy as np
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.training.backtest.stability import FIRST, LEAST_SHOWN, Explained, compare_points

AS_OF = date(2020, 1, 1)


def points_of(firms=40, **columns):
    """Points that are zero but for some signals."""
    found = np.zeros((firms, len(FEATURES)))
    for name, value in columns.items():
        found[:, FEATURES.index(name)] = value
    return found


OWN = {"raised_usd": 9.0, "age_years": -6.0, "rounds_count": 3.0, "grants_count": 1.0}
REST = {name: 20.0 + place for place, name in enumerate(n for n in FEATURES if n not in OWN)}


def compared(**fits):
    others = [
        Explained("shifted" if name.startswith("shifted") else "reseeded", name, points)
        for name, points in fits.items()
    ]
    found = compare_points(AS_OF, points_of(**OWN), others)
    return found, {reason.name: reason for reason in found.reasons}


def test_the_same_attributions_are_confirmed():
    found, reasons = compared(reseeded_1=points_of(**OWN), shifted_a=points_of(**OWN))
    assert found.unstable == ()
    assert [fit.overlap for fit in found.fits] == [1.0, 1.0]
    assert [fit.rank_correlation for fit in found.fits] == [pytest.approx(1.0)] * 2
    assert list(reasons) == ["raised_usd", "age_years", "rounds_count", "grants_count"]
    assert (reasons["raised_usd"].reseeded, reasons["raised_usd"].shifted, reasons["raised_usd"].shown) == (1, 1, 40)
    assert (reasons["grants_count"].reseeded, reasons["grants_count"].shown) == (None, 0)


def test_a_turned_sign_is_no_confirmation():
    found, reasons = compared(reseeded_1=points_of(**OWN), reseeded_2=points_of(**{**OWN, "age_years": 6.0}))
    # One of the two fits has the other sign: confirmed in half of the cases.
    assert reasons["age_years"].reseeded == pytest.approx(0.5)
    assert found.unstable == ("age_years",)
    assert found.fits[1].overlap == 1.0


def test_a_reason_that_falls_behind_is_no_confirmation():
    ahead = dict(list(REST.items())[:FIRST])
    found, reasons = compared(shifted_a=points_of(**OWN, **ahead))
    assert reasons["raised_usd"].shifted == 0
    assert set(found.unstable) == {"raised_usd", "age_years", "rounds_count"}
    assert found.fits[0].overlap == 0
    # With one fewer ahead of it the strongest is the last that still counts.
    _, kept = compared(shifted_a=points_of(**OWN, **dict(list(ahead.items())[1:])))
    assert (kept["raised_usd"].shifted, kept["age_years"].shifted) == (1, 0)


def test_a_reason_shown_to_few_is_not_judged():
    own = points_of(LEAST_SHOWN - 1, **OWN)
    found = compare_points(AS_OF, own, [Explained("reseeded", "1", -own)])
    assert found.unstable == ()
    assert [reason.reseeded for reason in found.reasons[:3]] == [0, 0, 0]


def test_two_of_three_in_common():
    # The other fit has grants in place of rounds among its three strongest.
    other = points_of(**{**OWN, "rounds_count": 0.5, "grants_count": 2.0})
    assert compared(reseeded_1=other)[0].fits[0].overlap == pytest.approx(2 / 3)


def test_signals_nobody_uses_do_not_raise_the_correlation():
    # Four signals in the opposite order: -1, however many others are zero in both.
    other = points_of(raised_usd=1.0, age_years=3.0, rounds_count=6.0, grants_count=9.0)
    assert compared(reseeded_1=other)[0].fits[0].rank_correlation == pytest.approx(-1.0)


def test_points_of_a_family_add_up_before_their_size_is_taken():
    # Raised and rounds pull against each other within the family: 9 - 3.
    found = compare_points(
        AS_OF, points_of(raised_usd=9.0, rounds_count=-3.0), [Explained("reseeded", "1", points_of())]
    )
    assert found.families["funding cadence"] == pytest.approx(6.0)
    assert found.families["recognition"] == 0
    assert found.fits[0].rank_correlation is None
