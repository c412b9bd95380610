"""What any model must beat: the base rate, a ranking by total raised, and a logistic regression on the same signals."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats

Scorer = Callable[[Floats], Floats]
_RANGE = 1e-9


def base_rate(labels: npt.NDArray[np.int8]) -> Scorer:
    """Return a scorer that gives every firm the share of successes in training."""
    rate = float(labels.mean())
    return lambda values: np.full(len(values), rate)


def total_raised(names: tuple[str, ...]) -> Scorer:
    """Return a scorer that ranks firms by the private money they have raised; missing amounts rank last."""
    column = names.index("raised_usd")
    return lambda values: np.nan_to_num(values[:, column], nan=0.0)


def logistic(values: Floats, labels: npt.NDArray[np.int8], weights: Floats, categorical: tuple[int, ...]) -> Scorer:
    """Fit a logistic regression on the same matrix and return its probabilities as a scorer.

    Parameters
    ----------
    values, labels, weights
        Training matrix (n, k), 0/1 labels and weights.
    categorical
        Positions of category codes, which are one-hot encoded; other columns are ranked to normal scores, since money
        and counts are far from linear, and missing ones get the median and a flag.
    """
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, QuantileTransformer, StandardScaler

    # A column without spread or without any value has nothing to transform.
    spread = np.nanmax(np.where(np.isnan(values), -np.inf, values), 0) - np.nanmin(
        np.where(np.isnan(values), np.inf, values), 0
    )
    usable = [c for c in range(values.shape[1]) if c not in categorical and spread[c] > _RANGE]
    steps = make_column_transformer(
        (
            make_pipeline(
                QuantileTransformer(n_quantiles=min(200, len(values)), output_distribution="normal", random_state=0),
                SimpleImputer(strategy="median", add_indicator=True),
                StandardScaler(),
            ),
            usable,
        ),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=20), list(categorical)),
    )
    fitted: Any = make_pipeline(steps, LogisticRegression(C=0.1, max_iter=2_000))
    fitted.fit(values, labels, logisticregression__sample_weight=weights)
    return lambda rows: np.asarray(fitted.predict_proba(rows)[:, 1], np.float64)
