"""Scores, against LightGBM read straight from the file and the calibration computed by hand."""

import json
import math
from dataclasses import replace

import lightgbm as lgb
import numpy as np
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.digests import row_digests
from littlegiants.models.scoring.model import check_features, current_categories, quantiles
from littlegiants.models.scoring.score_columns import COLUMNS, PROBABILITIES, SCORE_COLUMNS
from tests.small_model import AS_OF

NUMBERS = tuple(column.name for column in COLUMNS if column.is_number)


@pytest.fixture(scope="module")
def scores(model, matrix):
    return model.score(matrix)


@pytest.fixture(scope="module")
def calibrations(artefact):
    return json.loads((artefact / "calibration.json").read_text())


def raw(artefact, matrix, name="model.txt"):
    booster = lgb.Booster(model_file=artefact / name)
    return np.array([booster.predict(row[None, :], raw_score=True, num_threads=1)[0] for row in matrix.values])


def by_hand(calibration, score):
    return 1.0 / (1.0 + np.exp(-(calibration["intercept"] + calibration["slope"] * score)))


def same(found, expected):
    np.testing.assert_array_equal(np.asarray(found, np.float64), np.asarray(expected, np.float64))


def test_probabilities_are_those_of_the_stored_booster_and_calibration_bit_for_bit(
    artefact, calibrations, matrix, scores
):
    shown = ~scores["abstained"]
    market = by_hand(calibrations["market"], raw(artefact, matrix))
    given = by_hand(calibrations["subsidised"], raw(artefact, matrix, "model_subsidised.txt"))
    same(scores["p_market"][shown], market[shown])
    same(scores["p_subsidised"][shown], ((1 - market) * given)[shown])
    same(scores["p_stalled"][shown], ((1 - market) - (1 - market) * given)[shown])
    assert np.ptp(market) > 0.5


def test_the_interval_is_the_stored_spread_around_the_probability_bit_for_bit(artefact, calibrations, matrix, scores):
    shown = ~scores["abstained"]
    stored, score = calibrations["market"], raw(artefact, matrix)
    moved, variance = (raw(artefact, matrix, f"interval_{name}.txt") for name in ("bias", "variance"))
    # 80 % of a normal distribution lie within 1.2816 standard deviations of its middle.
    # Each variance is a square of its own deviation, as in the code: another order would change the last bit.
    deviation = np.sqrt(np.exp(variance) + calibrations["interval"]["drift"] ** 2)
    reach = 1.2815515655446004 * np.sqrt(deviation**2 + (0.3 * moved) ** 2)
    middle = stored["intercept"] + stored["slope"] * score
    for name, at in (
        ("p_market_low", middle + np.minimum(moved - reach, -0.25 * reach)),
        ("p_market_high", middle + np.maximum(moved + reach, 0.25 * reach)),
    ):
        same(scores[name][shown], (1.0 / (1.0 + np.exp(-at)))[shown])
    assert (scores["p_market_low"] < scores["p_market"])[shown].all()
    assert (scores["p_market"] < scores["p_market_high"])[shown].all()


def test_the_three_probabilities_are_of_one_whole(scores):
    shown = ~scores["abstained"]
    whole = sum(scores[name][shown] for name in ("p_market", "p_subsidised", "p_stalled"))
    assert np.abs(whole - 1).max() <= 2**-52
    for name in PROBABILITIES:
        assert ((scores[name][shown] >= 0) & (scores[name][shown] <= 1)).all()


def test_the_percentile_counts_the_reference_quantiles(calibrations, scores):
    reference = calibrations["reference"]
    for market, percentile in zip(scores["p_market"], scores["percentile"], strict=True):
        # 1,001 quantiles: the first is the 0.0th percentile, the last the 100.0th.
        expected = max(sum(q <= market for q in reference) - 1, 0) / 10
        assert math.isnan(market) or percentile == expected


def test_percentiles_of_known_places(model):
    reference = quantiles(np.linspace(0.2, 0.8, 1_001))
    placed = replace(model, reference=reference).percentile
    assert placed(np.array([0.0, 0.2, reference[500], 0.8, 1.0])).tolist() == [0, 0, 50, 100, 100]
    # Where all are alike, nobody is below anybody.
    assert replace(model, reference=np.full(1_001, 0.3)).percentile(np.array([0.29, 0.3, 0.31])).tolist() == [
        0,
        100,
        100,
    ]


def test_columns_have_one_value_a_firm_and_stand_in_order(model, matrix, scores):
    assert tuple(scores) == SCORE_COLUMNS
    assert {len(column) for column in scores.values()} == {len(matrix)}
    assert scores["firm_id"].tolist() == matrix.firm_ids.tolist()
    assert set(scores["as_of_date"]) == {AS_OF.isoformat()}
    assert set(scores["model_version"]) == {model.manifest.digest[:12]}
    assert scores["data_digest"].tolist() == row_digests(matrix, model.columns).tolist()


def test_a_firm_without_events_gets_no_number(model, matrix):
    silent = model.score(replace(matrix, events=np.zeros(len(matrix), np.int64)))
    assert silent["abstained"].all()
    assert set(silent["abstain_reason"]) == {"nothing_known"}
    for name in NUMBERS:
        assert np.isnan(silent[name]).all()
    for name in ("reason_1", "reason_2", "reason_3"):
        assert set(silent[name]) == {None}
    assert silent["data_digest"].tolist() == row_digests(matrix, model.columns).tolist()


def test_a_row_does_not_depend_on_who_else_is_scored(model, matrix, scores):
    some = np.arange(len(matrix))[::-7]
    alone = model.score(
        replace(
            matrix,
            firm_ids=matrix.firm_ids[some],
            values=matrix.values[some],
            unseen=matrix.unseen[some],
            events=matrix.events[some],
        )
    )
    for name in SCORE_COLUMNS:
        np.testing.assert_array_equal(alone[name], scores[name][some])


def test_no_firm_at_all(model, matrix):
    nobody = replace(
        matrix,
        firm_ids=matrix.firm_ids[:0],
        values=matrix.values[:0],
        unseen=matrix.unseen[:0],
        events=matrix.events[:0],
    )
    assert {len(column) for column in model.score(nobody).values()} == {0}


def test_reasons_can_be_left_out(model, matrix, scores):
    quick = model.score(matrix, explain=False)
    for name in SCORE_COLUMNS:
        if name.startswith("reason_"):
            assert set(quick[name]) == {None}
        else:
            np.testing.assert_array_equal(quick[name], scores[name])


def test_without_a_subsidised_head_the_other_outcomes_are_unknown(model, matrix, scores):
    lone = replace(model, subsidised=None).score(matrix, explain=False)
    assert np.isnan(lone["p_subsidised"]).all()
    assert np.isnan(lone["p_stalled"]).all()
    np.testing.assert_array_equal(lone["p_market"], scores["p_market"])


def test_columns_in_another_order_are_refused(model, matrix):
    turned = replace(matrix, names=FEATURES[::-1], values=np.ascontiguousarray(matrix.values[:, ::-1]))
    with pytest.raises(ArtefactError, match=r"in another order; build it with feature_matrix\(\)$"):
        model.score(turned)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (FEATURES[1:], f"it lacks ['{FEATURES[0]}'] and adds nothing"),
        ((*FEATURES, "luck"), "it lacks nothing and adds ['luck']"),
        ((*FEATURES[:-1], "luck"), f"it lacks ['{FEATURES[-1]}'] and adds ['luck']"),
        ((*FEATURES, FEATURES[0]), "in another order"),
    ],
)
def test_other_columns_are_refused(model, matrix, names, message):
    with pytest.raises(ArtefactError) as refused:
        model.score(replace(matrix, names=names))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    with pytest.raises(ArtefactError):
        check_features(model.manifest.model_copy(update={"features": names}))


def test_category_columns_are_coded_by_the_vocabulary_that_the_manifest_names(model, matrix):
    assert current_categories(model.population) == model.manifest.categories
    for column, words in model.manifest.categories.items():
        codes = matrix.values[:, FEATURES.index(column)]
        known = codes[~np.isnan(codes)]
        assert set(known.tolist()) <= set(map(float, range(len(words))))
        assert len(known)


def test_unwritten_models_have_a_name_too(trained, model):
    assert len(trained.model.version) == 12
    assert trained.model.version != model.version
