"""What a portfolio's scores say, against numbers worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.models.scoring.reasons import Reason
from littlegiants.reports.portfolio import (
    BINS,
    Outlook,
    histogram,
    outlook,
    ranked,
    ranking,
    withheld,
    withheld_counts,
)
from littlegiants.reports.portfolio import (
    given as given_market,
)

SCORES = {
    name: np.array(values)
    for name, values in {
        "firm_id": ["d", "c", "b", "a", "f", "e"],
        "p_market": [0.5, np.nan, 0.5, 0.9, np.nan, np.nan],
        "p_market_low": [0.4, np.nan, 0.4, 0.9, np.nan, np.nan],
        "p_market_high": [0.6, np.nan, 0.6, 1.0, np.nan, np.nan],
        "p_subsidised": [0.1, np.nan, 0.2, 0.05, np.nan, np.nan],
        "p_stalled": [0.4, np.nan, 0.3, 0.05, np.nan, np.nan],
        "percentile": [50.0, np.nan, 50.0, 100.0, np.nan, np.nan],
        "abstained": [False, True, False, False, True, True],
        "abstain_reason": ["", "unseen_sector", "", "", "nothing_known", "nothing_known"],
        "reason_1": [Reason("rounds_count", 3.0, 5.2), None, None, None, None, None],
        "reason_2": [None] * 6,
        "reason_3": [None] * 6,
    }.items()
}


def test_ranking_is_by_probability_then_by_id():
    firms = ranked(SCORES, {"a": "Alpha"}, 10)
    assert [(firm.rank, firm.firm_id, firm.name) for firm in firms] == [(1, "a", "Alpha"), (2, "b", ""), (3, "d", "")]
    assert [firm.firm_id for firm in ranked(SCORES, {}, 2)] == ["a", "b"]
    assert firms[2].reasons[0].signal == "Private rounds so far"
    assert (firms[0].low, firms[0].probability, firms[0].high) == (0.9, 0.9, 1.0)


def test_withheld_firms_by_id_and_by_reason():
    assert [firm.firm_id for firm in withheld(SCORES, {}, 2)] == ["c", "e"]
    assert withheld(SCORES, {"e": "Epsilon"}, 9)[1].name == "Epsilon"
    assert withheld_counts(SCORES) == [
        ("no event of the firm is known on the as-of date", 2),
        ("training saw no firm of any of this firm's sectors", 1),
    ]


def test_outlook_by_hand():
    # 100 firms of 0.5: mean 50, variance 25, so 50 plus and minus 9.8, outwards to whole firms.
    assert outlook(np.full(100, 0.5)) == Outlook(100, 50.0, 40, 60)


def test_outlook_of_certainties_has_no_range():
    assert outlook(np.array([1.0, 1.0, 0.0])) == Outlook(3, 2.0, 2, 2)
    assert outlook(np.array([])) == Outlook(0, 0.0, 0, 0)


def test_outlook_holds_in_95_of_100_simulated_portfolios():
    random = np.random.default_rng(1)
    p = random.beta(1, 3, 200)
    found = outlook(p)
    successes = (random.random((4_000, 200)) < p).sum(axis=1)
    # Rounding outwards to whole firms makes it a little more than 95 in 100.
    assert 0.95 <= ((successes >= found.low) & (successes <= found.high)).mean() <= 0.985


@given(st.lists(st.floats(0, 1), max_size=60))
def test_outlook_and_histogram_hold_every_firm(values):
    p = np.array(values)
    found = outlook(p)
    assert 0 <= found.low <= found.high <= found.firms
    assert found.low <= found.expected + 1e-9
    edges, firms = histogram(p)
    assert (len(edges), len(firms), sum(firms)) == (BINS + 1, BINS, len(values))


def test_outlook_does_not_depend_on_the_order():
    p = np.random.default_rng(2).random(1_000)
    assert outlook(p) == outlook(p[::-1])


def test_code_of_a_later_version_is_shown_as_it_is():
    codes = np.array([code.replace("unseen_sector", "too_new\u202e") for code in SCORES["abstain_reason"]])
    scores = {**SCORES, "abstain_reason": codes}
    assert ("too_new⟨U+202E⟩", 1) in withheld_counts(scores)


@pytest.mark.parametrize(("p", "place"), [(0.0, 0), (0.05, 1), (1.0, BINS - 1)])
def test_bins_are_closed_on_the_left_and_the_last_on_both_sides(p, place):
    assert histogram(np.array([p]))[1].index(1) == place


def test_given_probabilities_keep_the_order_of_the_scores():
    assert given_market(SCORES).tolist() == [0.5, 0.5, 0.9]


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3]), max_size=30), st.integers(0, 40))
def test_ranking_is_the_start_of_the_whole_order(values, limit):
    ids = [f"{7 * place % 31:02}" for place in range(len(values))]
    scores = {
        "firm_id": np.array(ids, object),
        "p_market": np.array(values, float),
        "abstained": np.zeros(len(values), bool),
    }
    whole = sorted(range(len(values)), key=lambda row: (-values[row], ids[row]))
    assert ranking(scores, limit) == whole[:limit]
