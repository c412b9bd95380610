"""The LightGBM booster: two fits of the same data are the same bytes, with any number of threads."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from lightgbm.basic import _LIB, _safe_call  # type: ignore[attr-defined]
from pydantic import BaseModel, ConfigDict, Field

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import TrainingError
from littlegiants.models.scoring.monotone import constraints
from littlegiants.models.scoring.tree_shap import TreeShap

_SHAP: WeakKeyDictionary[lgb.Booster, TreeShap] = WeakKeyDictionary()


class BoosterConfig(BaseModel):
    """The settings of a booster. Its trees are small, so that explaining a score stays cheap."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    trees: int = Field(300, ge=1, le=5_000, description="boosting rounds")
    learning_rate: float = Field(0.03, gt=0, le=1, description="shrinkage of each tree")
    leaves: int = Field(15, ge=2, le=255, description="leaves of a tree at most")
    leaf_firms: int = Field(100, ge=1, description="rows in a leaf at least")
    column_share: float = Field(0.5, gt=0, le=1, description="share of the columns each tree may use")
    row_share: float = Field(0.7, gt=0, le=1, description="share of the rows each tree sees")
    l2: float = Field(5.0, ge=0, description="L2 penalty of leaf values")
    category_smooth: float = Field(20.0, ge=0, description="smoothing of category splits")
    random_splits: bool = Field(False, description="try one threshold of each signal, drawn at random, not all of them")
    signs: bool = Field(
        False, description="hold signals to the direction that economics gives, see `models/scoring/monotone.py`"
    )
    threads: int = Field(1, ge=1, description="threads while fitting; the result does not depend on it")


def fit_booster(
    values: Floats,
    labels: npt.NDArray[np.int8] | Floats,
    weights: Floats,
    names: Sequence[str],
    categorical: Sequence[str],
    config: BoosterConfig,
    seed: int,
    offsets: Floats | None = None,
) -> lgb.Booster:
    """Fit a binary booster.

    Parameters
    ----------
    values, labels, weights
        Feature matrix (n, k), labels (n,) of 0, 1 or, for a partial success, in between, and positive weights (n,).
    names, categorical
        Column names in order, and which of them are category codes.
    config, seed
        Settings, and the seed of row and column sampling.
    offsets
        Log-odds (n,) that each row begins with; the booster learns, and gives, only what is above them.

    Raises
    ------
    TrainingError
        If no tree has a split: such a booster says the same of every firm.
    """
    whole = bool(np.isin(labels, (0, 1)).all())
    # The same loss; "binary" would take every label above 0 for a whole success.
    parameters = _parameters(config, "binary" if whole else "cross_entropy", seed)
    if config.signs:
        parameters["monotone_constraints"] = constraints(names)
    training = lgb.Dataset(
        values, labels.astype(np.float64), weight=weights, init_score=offsets, feature_name=list(names)
    )
    training.categorical_feature = list(categorical)
    booster = lgb.train(parameters, training, num_boost_round=config.trees)
    if not booster.feature_importance("split").any():
        raise TrainingError(
            f"no signal splits {len(labels):,} firms with {config.leaf_firms:,} in a leaf at least; "
            "give more firms or lower booster.leaf_firms"
        )
    return booster


def fit_mean(values: Floats, wanted: Floats, names: Sequence[str], config: BoosterConfig, seed: int) -> lgb.Booster:
    """Fit a booster whose raw score is the mean of a number; with few rows it may say the same of every firm.

    Parameters
    ----------
    values, wanted
        Feature matrix (n, k), and the number of each row, with noise.
    names
        Column names in order; codes of categories count as numbers.
    config, seed
        Settings, and the seed of row and column sampling.
    """
    training = lgb.Dataset(values, wanted, feature_name=list(names))
    return lgb.train(_parameters(config, "regression", seed), training, num_boost_round=config.trees)


def fit_variance(
    values: Floats, squares: Floats, names: Sequence[str], config: BoosterConfig, seed: int
) -> lgb.Booster:
    """Fit a booster whose raw score is the logarithm of a variance; with few rows it may say the same of every firm.

    Parameters
    ----------
    values, squares
        Feature matrix (n, k), and of each row a square, or a mean of squares, above 0: its variance, with noise.
    names, config, seed
        As of `fit_mean`.
    """
    training = lgb.Dataset(values, squares, feature_name=list(names))
    # The likelihood of sums of squares, whose noise grows with the variance; its link is the logarithm.
    return lgb.train(_parameters(config, "gamma", seed), training, num_boost_round=config.trees)


def _parameters(config: BoosterConfig, objective: str, seed: int) -> dict[str, Any]:
    return {
        "objective": objective,
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.leaf_firms,
        "feature_fraction": config.column_share,
        "bagging_fraction": config.row_share,
        "bagging_freq": 1,
        "lambda_l2": config.l2,
        "cat_smooth": config.category_smooth,
        "extra_trees": config.random_splits,
        "num_threads": config.threads,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbose": -1,
    }


def averaged(one: lgb.Booster, other: lgb.Booster) -> lgb.Booster:
    """Return the booster whose log-odds are the mean of those of two boosters on the same columns."""
    halves = [from_text(to_text(booster)) for booster in (one, other)]
    for booster in halves:
        for tree, dumped in enumerate(booster.dump_model()["tree_info"]):
            for leaf in range(dumped["num_leaves"]):
                booster.set_leaf_output(tree, leaf, booster.get_leaf_output(tree, leaf) / 2)
    # The library merges boosters but has no name for it in Python.
    _safe_call(_LIB.LGBM_BoosterMerge(halves[0]._handle, halves[1]._handle))
    return from_text(to_text(halves[0]))


def to_text(booster: lgb.Booster) -> str:
    """Return the booster as LightGBM's text format, without the machine's thread count: the same fit, the same text."""
    text: str = booster.model_to_string()
    return "\n".join(line for line in text.split("\n") if not line.startswith("[num_threads:"))


def from_text(text: str) -> lgb.Booster:
    """Return the booster of a text by `to_text`. The caller checks its digest first, because the parser is brittle."""
    return lgb.Booster(model_str=text)


def log_odds(booster: lgb.Booster, values: Floats, threads: int = 1) -> Floats:
    """Return the raw score of each row.

    Parameters
    ----------
    booster
        The booster.
    values : ndarray, shape (n, k)
        The signals, in the booster's own column order.
    threads
        Threads to score with; the result does not depend on them.

    Returns
    -------
    ndarray, shape (n,)
        Log-odds, before calibration.
    """
    raw: Any = booster.predict(np.ascontiguousarray(values), raw_score=True, num_threads=threads)
    return np.asarray(raw, np.float64)


def contributions(booster: lgb.Booster, values: Floats) -> Floats:
    """Return exact TreeSHAP contributions, for each row the same bits whatever rows stand beside it.

    Parameters
    ----------
    booster
        The booster. What `explainer` makes of it the first time takes some tenths of a second.
    values : ndarray, shape (n, k)
        The signals, in the booster's own column order.

    Returns
    -------
    ndarray, shape (n, k)
        Contributions in log-odds; the expected value is left out.
    """
    shap = explainer(booster)
    if shap.possible:
        return shap(values)
    found: Any = booster.predict(np.ascontiguousarray(values), pred_contrib=True, num_threads=1)
    return np.asarray(found, np.float64)[:, :-1]


def explainer(booster: lgb.Booster) -> TreeShap:
    """Return what explains the scores of a booster; it is made once, and kept as long as the booster is."""
    return _SHAP.get(booster) or _SHAP.setdefault(booster, TreeShap(booster))


def splits(booster: lgb.Booster) -> npt.NDArray[np.bool_]:
    """Return whether any tree splits on each column; the others change neither scores nor contributions."""
    return np.asarray(booster.feature_importance("split") > 0, np.bool_)


def gain(booster: lgb.Booster) -> dict[str, float]:
    """Return each column's share of the total split gain."""
    total = booster.feature_importance("gain")
    shares = total / max(float(total.sum()), np.finfo(float).tiny)
    return dict(zip(booster.feature_name(), map(float, shares), strict=True))
