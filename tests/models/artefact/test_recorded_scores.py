"""Rows recorded with a model score again as they did, to the last bit, or are told by their place."""

from dataclasses import replace

import numpy as np
import pytest

from littlegiants.models.artefact.recorded_scores import ROWS, differing_rows, recorded_rows


def with_recorded(model, recorded_scores):
    return replace(model, manifest=model.manifest.model_copy(update={"recorded_scores": tuple(recorded_scores)}))


def test_a_trained_model_brings_rows_that_score_again(model):
    assert len(model.manifest.recorded_scores) == ROWS + 1
    assert differing_rows(model) == []
    assert set(model.manifest.recorded_scores[-1].signals.split()) == {"nan"}


def test_the_recorded_scores_are_those_of_the_rows(model, trained):
    values = trained.fitting.values
    assert recorded_rows(model, values) == model.manifest.recorded_scores
    first = np.array([float(word) for word in model.manifest.recorded_scores[0].signals.split()])
    np.testing.assert_array_equal(first, values[0])
    assert float(model.manifest.recorded_scores[0].scores.split()[0]) == model.probabilities(values[:1])[0]


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("towards", [0.0, 1.0])
def test_one_ulp_is_another_score(model, place, towards):
    first, second, *rest = model.manifest.recorded_scores
    scores = second.scores.split()
    scores[place] = repr(float(np.nextafter(float(scores[place]), towards)))
    moved = second.model_copy(update={"scores": " ".join(scores)})
    assert differing_rows(with_recorded(model, [first, moved, *rest])) == [1]


@pytest.mark.parametrize(
    "change",
    [{"signals": "1.0 2.0"}, {"signals": ""}, {"signals": "a b"}, {"scores": ""}, {"scores": "0.5"}, {"scores": "x"}],
)
def test_what_cannot_be_read_differs(model, change):
    first, *rest = model.manifest.recorded_scores
    assert differing_rows(with_recorded(model, [first.model_copy(update=change), *rest])) == [0]


def test_another_calibration_is_another_model(model):
    head = model.market
    slope = float(np.nextafter(head.calibration.slope, 9))
    other = replace(model, market=replace(head, calibration=replace(head.calibration, slope=slope * (1 + 1e-12))))
    assert differing_rows(other)


def test_without_rows_none_differs(model):
    assert differing_rows(with_recorded(model, [])) == []
