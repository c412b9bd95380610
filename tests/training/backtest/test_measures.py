"""All metrics at once are those of the metrics' own module."""

import numpy as np
import pytest

from littlegiants.training.backtest.measures import CAPTURE, calibration, ranking
from littlegiants.training.evaluation.metrics import CALIBRATION, DECISIONS, SKILL


@pytest.mark.parametrize("ties", [None, 1])
def test_against_each_metric_alone(ties):
    random = np.random.default_rng(2)
    probabilities = random.random(707)
    labels = (random.random(707) < probabilities).astype(np.int8)
    scores = probabilities if ties is None else probabilities.round(ties)
    expected = {**SKILL, **DECISIONS}
    found = ranking(labels, scores)
    # Of the 35 best firms that is the share that succeeded, turned to the share of all successes.
    assert found.pop(CAPTURE) == pytest.approx(found["precision_at_5%"] * 35 / labels.sum())
    assert list(found) == list(expected)
    for name, metric in expected.items():
        assert found[name] == pytest.approx(metric(labels, scores), rel=1e-12), name
    assert calibration(labels, scores) == {name: metric(labels, scores) for name, metric in CALIBRATION.items()}


def test_capture_by_hand():
    # 40 firms, 4 successes; the best 5 % are two firms, ranked first and second, one of which succeeds: a quarter.
    scores = np.arange(40, 0, -1) / 40
    labels = np.zeros(40, np.int8)
    labels[[1, 7, 20, 39]] = 1
    assert ranking(labels, scores)[CAPTURE] == pytest.approx(0.25)
    # With all scores alike any two of the forty are picked: 5 % of the successes.
    assert ranking(labels, np.ones(40))[CAPTURE] == pytest.approx(0.05)
