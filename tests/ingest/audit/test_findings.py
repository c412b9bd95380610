"""Findings: the interval, the severity, and that every check says what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.audit.checks import CHECKS, Check
from littlegiants.ingest.audit.findings import Severity, gravest_first, judged, stated


def test_wilson_by_hand():
    # p = 0.5, n = 100, z = 1.96: centre 0.5, half z sqrt(0.25/100 + z²/40000) / (1 + z²/100) = 0.0962.
    (finding,) = judged("duplicate_name", "firms", 50, 100, "name")
    assert (finding.share, finding.place) == (0.5, "firms.name")
    assert (finding.low, finding.high) == pytest.approx((0.4038, 0.5962), abs=5e-5)


def test_nothing_among_nothing_is_no_finding():
    assert list(judged("vanished", "rounds", 0, 0)) == []
    assert list(stated("no_exits", Severity.SERIOUS, "outcomes", 0, 0)) == []


@pytest.mark.parametrize(
    ("count", "of", "severity"),
    [
        (0, 1_000, "fine"),
        (1, 1_000, "note"),
        (20, 1_000, "note"),  # 2 %, but the interval begins at 1.3 %
        (60, 1_000, "caution"),
        (150, 1_000, "serious"),  # from 13 %
        (1, 2, "caution"),  # from 9.5 %: half of two rows is no half
    ],
)
def test_severity_goes_by_the_lower_end(count, of, severity):
    (finding,) = judged("duplicate_name", "firms", count, of)
    assert finding.severity == severity


def test_severity_can_go_by_a_part():
    (finding,) = judged("back_filled", "rounds", 500, 1_000, weigh=0)
    assert (finding.count, finding.severity) == (500, "fine")


def test_heaps_begin_above_what_chance_gives():
    # One day of 365.25 is 0.27 %: 3 of 1,000 are chance, 30 are not.
    assert [f.severity for n in (3, 30, 300) for f in judged("on_new_year", "rounds", n, 1_000)] == [
        "fine",
        "caution",
        "serious",
    ]


def test_order():
    made = [
        *judged("vanished", "firms", 0, 9),
        *judged("vanished", "rounds", 9, 9),
        *judged("vanished", "grants", 9, 9),
    ]
    assert [f.table for f in gravest_first(iter(made))] == ["rounds", "grants", "firms"]


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_check_says_in_one_sentence_what_it_means_and_what_to_do(check: Check):
    assert check.title[0].islower()
    assert not check.title.endswith(".")
    assert check.meaning.endswith(".")
    assert check.meaning.count(". ") == 0
    assert 0 <= check.note <= check.caution or check.serious == 0
    assert check.caution <= check.serious or check.serious == 0


@given(st.integers(1, 10**6), st.data())
def test_interval_holds_the_share(of, data):
    count = data.draw(st.integers(0, of))
    (finding,) = judged("vanished", "rounds", count, of)
    assert 0 <= finding.low <= finding.share + 1e-12
    assert finding.share - 1e-12 <= finding.high <= 1
