"""Reason codes, against LightGBM's own contributions."""

import math
import re
from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import CATEGORICAL, FEATURES
from littlegiants.models.scoring.booster import contributions, log_odds
from littlegiants.models.scoring.reasons import SHOWN, Reason, points, reason_codes, strongest_reasons
from tests.small_model import AS_OF

CODE = re.compile(r"(?P<name>[a-z0-9_]+)=(?P<value>.+) \((?P<points>[+-]\d+)\)")


def test_twenty_points_double_the_odds():
    # A contribution of ln 2 doubles the odds.
    assert points(np.array([math.log(2), -math.log(2), 0.0, math.log(4)]), 1.0) == pytest.approx([20, -20, 0, 40])
    assert points(np.array([1.0]), 0.5) == pytest.approx([0.5 * 20 / math.log(2)])


def test_the_points_of_a_firm_add_up_to_its_calibrated_log_odds(model, matrix):
    moved = points(contributions(model.market.booster, matrix.values), model.market.calibration.slope)
    score = log_odds(model.market.booster, matrix.values)
    p = model.market.calibration.probability(score)
    logits = np.log(p / (1 - p))
    # Whatever the constant is, it is the same for all.
    rest = logits * 20 / math.log(2) - moved.sum(axis=1)
    assert np.ptp(rest) < 1e-6


def test_the_codes_of_scores_are_the_largest_contributions_in_order(artefact, model, matrix):
    booster = lgb.Booster(model_file=artefact / "model.txt")
    found = model.score(matrix)
    exact = np.asarray(booster.predict(matrix.values, pred_contrib=True))[:, :-1]
    exact = exact * model.market.calibration.slope * 20 / math.log(2)
    missing = 0
    for row in np.flatnonzero(~found["abstained"]):
        expected = sorted(range(len(FEATURES)), key=lambda column: -abs(exact[row, column]))[:SHOWN]
        for place, column in enumerate(expected, 1):
            code = CODE.fullmatch(str(found[f"reason_{place}"][row]))
            assert code is not None
            assert code["name"] == FEATURES[column]
            assert abs(float(code["points"]) - exact[row, column]) <= 0.5 + 1e-9
            assert code["value"] == shown(matrix.values[row, column], model.manifest.categories.get(FEATURES[column]))
            missing += code["value"] == "missing"
    assert missing


def shown(value, words):
    if math.isnan(value):
        return "missing"
    return f"{value:.4g}" if words is None else words[int(value)]


def test_categories_are_named_by_the_words_of_the_firm(model, matrix, tables):
    moved = np.zeros_like(matrix.values)
    for size, column in enumerate(CATEGORICAL, 1):
        moved[:, FEATURES.index(column)] = size
    _, region, _ = strongest_reasons(moved, matrix.values, FEATURES, model.manifest.categories)
    stated = dict(zip(tables.firm_ids, Snapshot(tables, AS_OF).text("region"), strict=True))
    words = model.manifest.categories["region_code"]
    expected = [stated[firm] if stated[firm] in words else "missing" for firm in matrix.firm_ids]
    assert reason_codes(region) == [f"region_code={word} (+2)" for word in expected]
    assert len(set(expected)) > 3


@pytest.mark.parametrize(
    ("moved", "values", "expected"),
    [
        # Ties keep the columns' order; the sign does not rank.
        ([1.0, -3.0, 2.0, 0.0], [1.0, 2.0, 3.0, 4.0], ["b=2 (-3)", "c=3 (+2)", "a=1 (+1)"]),
        ([2.0, 2.0, -2.0, 2.0], [1.0, 2.0, 3.0, 4.0], ["a=1 (+2)", "b=2 (+2)", "c=3 (-2)"]),
        ([0.0, 0.0, 0.0, 0.0], [1.0, 2.0, 3.0, 4.0], ["a=1 (+0)", "b=2 (+0)", "c=3 (+0)"]),
        (
            [9.0, 8.0, 7.0, 0.0],
            [math.nan, 12345678.0, 2e-7, 4.0],
            ["a=missing (+9)", "b=1.235e+07 (+8)", "c=2e-07 (+7)"],
        ),
        ([0.0, 0.0, 1.4, 20.0], [1.0, 2.0, 3.0, 1.0], ["place=Bergen (+20)", "c=3 (+1)", "a=1 (+0)"]),
        ([0.0, 0.0, 1.5, 20.0], [1.0, 2.0, -3.5, math.nan], ["place=missing (+20)", "c=-3.5 (+2)", "a=1 (+0)"]),
    ],
)
def test_the_codes_of_one_firm(moved, values, expected):
    names, words = ("a", "b", "c", "place"), {"place": ("Oslo", "Bergen")}
    found = strongest_reasons(np.array([moved]), np.array([values]), names, words)
    assert [str(rank[0]) for rank in found] == expected


def test_a_reason_is_data():
    names, words = ("age_years", "region_code", "debt_share"), {"region_code": ("Oslo", "Bergen")}
    first, second, third = strongest_reasons(
        np.array([[1.25, -9.5, 0.5]]), np.array([[3.14159, 1.0, math.nan]]), names, words
    )
    assert first.tolist() == [Reason("region_code", "Bergen", -9.5)]
    assert second.tolist() == [Reason("age_years", 3.14159, 1.25)]
    assert third.tolist() == [Reason("debt_share", None, 0.5)]


def test_each_firm_has_its_own():
    moved = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
    found = strongest_reasons(moved, np.zeros((2, 3)), ("a", "b", "c"), {})
    assert [reason_codes(rank) for rank in found] == [
        ["a=0 (+3)", "c=0 (+3)"],
        ["b=0 (+2)", "b=0 (+2)"],
        ["c=0 (+1)", "a=0 (+1)"],
    ]
    assert [len(rank) for rank in strongest_reasons(moved[:0], np.zeros((0, 3)), ("a", "b", "c"), {})] == [0, 0, 0]


def test_unstable_signals_give_way_to_the_next_and_move_no_score(model, matrix):
    before = model.score(matrix)
    given = np.flatnonzero(~before["abstained"])
    first = before["reason_1"][given[0]].feature
    marked = replace(model, manifest=model.manifest.model_copy(update={"unstable_reasons": (first,)}))
    after = marked.score(matrix)
    for name in ("p_market", "p_market_low", "p_market_high", "percentile"):
        assert np.array_equal(before[name], after[name], equal_nan=True)
    for row in given:
        old, new = ([found[f"reason_{place}"][row] for place in (1, 2, 3)] for found in (before, after))
        assert not any(reason.feature == first for reason in new)
        kept = [reason for reason in old if reason.feature != first]
        assert new[: len(kept)] == kept
    assert before["reason_1"][given[0]] != after["reason_1"][given[0]]


def test_where_no_stable_signal_is_left_there_is_no_reason():
    moved, values = np.array([[5.0, -9.0, 1.0]]), np.array([[1.0, 2.0, 3.0]])
    found = strongest_reasons(moved, values, ("a", "b", "c"), {}, ("b", "c"))
    assert [rank.tolist() for rank in found] == [[Reason("a", 1.0, 5.0)], [None], [None]]
    assert [reason_codes(rank) for rank in found] == [["a=1 (+5)"], [""], [""]]
