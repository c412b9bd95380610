"""Exact TreeSHAP of many rows at once, with LightGBM's own as the oracle."""

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from littlegiants.models.scoring import booster as boosters
from littlegiants.models.scoring.booster import contributions
from littlegiants.models.scoring.tree_shap import TreeShap

ROWS, COLUMNS = 1_500, 6


def trained(leaves=15, trees=25, missing=True):
    """A booster with category splits, repeated splits on a column, and missing values of each kind."""
    rng = np.random.default_rng(3)
    values = rng.normal(size=(ROWS, COLUMNS))
    values[:, 0] = rng.integers(0, 9, ROWS)
    values[:, 1] = np.round(values[:, 1], 1)
    if missing:
        values[rng.random(values.shape) < 0.2] = np.nan
    known = np.nan_to_num(values)
    labels = (known[:, 0] % 3 == 0) + known[:, 1] * known[:, 2] + np.isnan(values[:, 3]) > 0.7
    data = lgb.Dataset(values, labels.astype(float), categorical_feature=[0])
    parameters = {"objective": "binary", "num_leaves": leaves, "min_data_in_leaf": 10, "verbose": -1, "num_threads": 1}
    return lgb.train({**parameters, "min_data_per_group": 5, "cat_smooth": 1.0}, data, trees)


@pytest.fixture(scope="module", params=[True, False], ids=["missing values in training", "none in training"])
def booster(request):
    return trained(missing=request.param)


def of_lightgbm(booster, values):
    return np.asarray(booster.predict(values, pred_contrib=True, num_threads=1))[:, :-1]


def random_rows(count, seed=5):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, COLUMNS))
    values[:, 0] = rng.integers(-2, 12, count)
    values[rng.random(values.shape) < 0.2] = np.nan
    return values


NUMBERS = st.floats(-4, 12) | st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-320, -0.5, 2.5, 1e300])


@given(st.lists(st.lists(NUMBERS, min_size=COLUMNS, max_size=COLUMNS), min_size=1, max_size=5))
@settings(max_examples=60)
def test_contributions_are_those_of_lightgbm_but_for_rounding(booster, rows):
    values = np.array(rows)
    np.testing.assert_allclose(TreeShap(booster)(values), of_lightgbm(booster, values), rtol=0, atol=1e-12)


def test_a_row_alone_has_the_bits_that_it_has_among_others(booster):
    shap, values = TreeShap(booster), random_rows(150)
    expected = shap(values)
    assert np.vstack([shap(row[None, :]) for row in values]).tobytes() == expected.tobytes()
    assert shap(values[::-1])[::-1].tobytes() == expected.tobytes()
    np.testing.assert_allclose(expected, of_lightgbm(booster, values), rtol=0, atol=1e-12)


def test_a_column_that_no_tree_splits_on_moves_nothing():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(300, 2))
    data = lgb.Dataset(values, values[:, 1] + rng.normal(size=300))
    booster = lgb.train({"feature_fraction": 1.0, "verbose": -1, "num_leaves": 2, "num_threads": 1}, data, 1)
    found = TreeShap(booster)(values)
    # One split: a row's contribution is its leaf's value less the mean of both leaves over the rows of training.
    leaf = np.asarray(booster.predict(values), np.float64)
    assert found[:, 0].tolist() == [0.0] * 300
    np.testing.assert_allclose(found[:, 1], leaf - leaf.mean(), atol=1e-12)


def test_trees_without_any_split_move_nothing():
    data = lgb.Dataset(np.zeros((50, 2)), np.arange(50) % 2)
    booster = lgb.train({"objective": "binary", "verbose": -1, "num_threads": 1}, data, 3)
    assert TreeShap(booster)(np.zeros((3, 2))).tolist() == [[0.0, 0.0]] * 3


@pytest.mark.parametrize("limit", ["_MOST_LEAVES", "_MOST_FEATURES", "_MOST_ANSWERS"])
def test_trees_that_are_too_deep_are_left_to_lightgbm(booster, limit, monkeypatch):
    monkeypatch.setattr(f"littlegiants.models.scoring.tree_shap.{limit}", 2)
    monkeypatch.setattr(boosters, "_SHAP", {})
    values = random_rows(20)
    assert not TreeShap(booster).possible
    assert contributions(booster, values).tobytes() == of_lightgbm(booster, values).tobytes()
