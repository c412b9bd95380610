"""The booster: its text holds all of it and nothing of the machine."""

import gc
from weakref import ref

import lightgbm as lgb
import numpy as np
import pytest
from pydantic import ValidationError

from littlegiants.ingest.errors import TrainingError
from littlegiants.models.scoring.booster import (
    BoosterConfig,
    contributions,
    explainer,
    fit_booster,
    from_text,
    gain,
    log_odds,
    to_text,
)

NAMES = ("amount", "kind", "noise")
CONFIG = BoosterConfig(trees=25, leaf_firms=20, column_share=1.0)


def rows(size=1_500, seed=0):
    """Amounts (some missing), categories 0 to 4, noise; success depends on the first two."""
    random = np.random.default_rng(seed)
    values = np.column_stack((random.normal(size=size), random.integers(0, 5, size), random.normal(size=size)))
    values[random.random(size) < 0.2, 0] = np.nan
    logit = np.nan_to_num(values[:, 0], nan=-1) + np.where(values[:, 1] == 3, 1.5, -0.5)
    return values, (random.random(size) < 1 / (1 + np.exp(-logit))).astype(np.int8)


def fit(config=CONFIG, seed=7, size=1_500, weights=None):
    values, labels = rows(size)
    return fit_booster(values, labels, np.ones(size) if weights is None else weights, NAMES, ["kind"], config, seed)


@pytest.fixture(scope="module")
def booster():
    return fit()


def unusual_rows():
    """Missing and infinite values, unseen and negative categories."""
    odd = [[np.nan] * 3, [np.inf, 9.0, -np.inf], [-np.inf, -1.0, 0.0], [0.0, 3.0, 1e300], [1e-320, 1e9, -0.0]]
    return np.vstack((rows(300, 1)[0], odd))


def test_the_text_gives_the_same_scores_bit_for_bit(booster):
    again = from_text(to_text(booster))
    assert log_odds(again, unusual_rows()).tobytes() == log_odds(booster, unusual_rows()).tobytes()
    assert contributions(again, unusual_rows()).tobytes() == contributions(booster, unusual_rows()).tobytes()
    assert to_text(again) == to_text(booster)


def test_the_text_is_the_same_for_any_number_of_threads(booster):
    other = fit(CONFIG.model_copy(update={"threads": 2}))
    assert "[num_threads: 2]" in other.model_to_string()
    assert to_text(other) == to_text(booster) == to_text(fit())
    assert "num_threads" not in to_text(other)


def test_another_seed_is_another_booster(booster):
    assert to_text(fit(seed=8)) != to_text(booster)


def test_scores_do_not_depend_on_threads_or_on_how_the_rows_lie_in_memory(booster):
    values = unusual_rows()
    expected = log_odds(booster, values).tobytes()
    assert log_odds(booster, values, threads=2).tobytes() == expected
    assert log_odds(booster, np.asfortranarray(values)).tobytes() == expected
    assert log_odds(booster, np.hstack((values, values))[:, :3]).tobytes() == expected
    single = np.array([log_odds(booster, row[None, :])[0] for row in values])
    assert single.tobytes() == expected


def test_scores_are_log_odds(booster):
    values = rows(200, 2)[0]
    expected = booster.predict(values, num_threads=1)
    assert 1 / (1 + np.exp(-log_odds(booster, values))) == pytest.approx(expected, abs=1e-15)


def test_contributions_and_their_expected_value_add_up_to_the_score(booster):
    values = unusual_rows()
    found = contributions(booster, values)
    assert found.shape == (len(values), 3)
    rest = log_odds(booster, values) - found.sum(axis=1)
    assert np.ptp(rest) < 1e-9


def test_what_explains_a_booster_is_made_once_and_gone_with_it():
    booster = fit()
    made = ref(explainer(booster))
    assert explainer(booster) is made()
    del booster
    gc.collect()
    assert made() is None


def test_it_learns_what_matters_and_says_so(booster):
    shares = gain(booster)
    assert tuple(shares) == NAMES
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["noise"] < 0.2 < shares["amount"]
    values, labels = rows(2_000, 3)
    score = log_odds(booster, values)
    # A rank statistic by hand: the share of pairs in the right order.
    pairs = score[labels == 1][:, None] > score[labels == 0][None, :]
    assert pairs.mean() > 0.7


def test_a_booster_that_cannot_split_is_refused():
    values, labels = rows(60)
    with pytest.raises(TrainingError, match="no signal splits 60 firms with 50 in a leaf at least; give more firms"):
        fit_booster(values, labels, np.ones(60), NAMES, ["kind"], BoosterConfig(trees=2, leaf_firms=50), 7)


def test_weights_count_as_copies():
    weights = np.where(np.arange(1_500) < 750, 3.0, 0.001)
    heavy = fit(weights=weights)
    assert to_text(heavy) != to_text(fit())


def test_the_category_column_is_split_as_one(booster):
    assert "categorical_feature" in booster.model_to_string()
    trees = booster.trees_to_dataframe()
    kinds = set(trees.loc[trees["split_feature"] == "kind", "decision_type"])
    assert kinds == {"=="}
    assert isinstance(booster, lgb.Booster)


@pytest.mark.parametrize(
    "setting",
    [{"trees": 0}, {"learning_rate": 0}, {"leaves": 1}, {"row_share": 1.1}, {"l2": float("inf")}, {"depth": 3}],
)
def test_settings_are_bounded(setting):
    with pytest.raises(ValidationError):
        BoosterConfig.model_validate(setting)


def test_random_splits_are_another_booster_and_the_same_twice(booster):
    random = CONFIG.model_copy(update={"random_splits": True})
    assert to_text(fit(random)) == to_text(fit(random)) != to_text(booster)
    assert "[extra_trees: 1]" in to_text(fit(random))


def test_a_partial_success_counts_as_that_share_of_rows():
    random = np.random.default_rng(4)
    values, share = random.integers(0, 2, (4_000, 1)).astype(float), 0.25
    labels = np.where(values[:, 0] == 1, share, np.arange(4_000) % 10 == 0)
    config = BoosterConfig(trees=200, learning_rate=0.2, leaf_firms=20, column_share=1.0, l2=0.0)
    booster = fit_booster(values, labels, np.ones(4_000), ["mark"], [], config, 7)
    found = 1 / (1 + np.exp(-log_odds(from_text(to_text(booster)), np.array([[1.0], [0.0]]))))
    assert found == pytest.approx([share, labels[values[:, 0] == 0].mean()], abs=0.01)


def test_whole_labels_give_the_same_booster_in_any_type(booster):
    values, labels = rows()
    for given in (labels.astype(np.float64), labels.astype(bool)):
        again = fit_booster(values, given, np.ones(len(values)), NAMES, ["kind"], CONFIG, 7)
        assert to_text(again) == to_text(booster)
