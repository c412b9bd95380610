"""The pyfunc flavour, as MLflow itself loads it: the same numbers as the product's own door."""

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from littlegiants.features.matrix import FEATURES


@pytest.fixture(scope="module")
def served(logged):
    return mlflow.pyfunc.load_model(str(logged))


def frame_of(matrix, rows=slice(None)):
    return pd.DataFrame(matrix.values[rows], columns=list(FEATURES))


def test_it_gives_the_probabilities_of_the_model_bit_for_bit(served, model, matrix):
    found, expected = served.predict(frame_of(matrix)), model.score(matrix, explain=False)
    shown = ~expected["abstained"]
    assert shown.sum() > 100
    assert list(found) == ["p_market", "p_market_low", "p_market_high", "p_subsidised", "p_stalled"]
    for name in found:
        np.testing.assert_array_equal(found[name].to_numpy()[shown], expected[name][shown])


def test_columns_are_taken_by_name(served, matrix):
    frame = frame_of(matrix, slice(20))
    expected = served.predict(frame)
    pd.testing.assert_frame_equal(served.predict(frame[list(FEATURES[::-1])]), expected)
    pd.testing.assert_frame_equal(served.predict(frame.assign(luck=7.0)), expected)


def test_a_missing_column_is_refused(served, matrix):
    with pytest.raises(MlflowException, match=f"missing inputs.*{FEATURES[3]}"):
        served.predict(frame_of(matrix, slice(5)).drop(columns=FEATURES[3]))


def test_text_for_a_number_is_refused(served, matrix):
    with pytest.raises(MlflowException, match="Incompatible input types"):
        served.predict(frame_of(matrix, slice(5)).astype({FEATURES[0]: object}).assign(**{FEATURES[0]: "much"}))


def test_missing_values_may_be_sent(served, matrix):
    found = served.predict(frame_of(matrix, slice(5)) * np.nan)
    assert found.notna().all(axis=None)
