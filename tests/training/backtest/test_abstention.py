"""What is kept when the unsure are withheld."""

import numpy as np
import pytest

from littlegiants.training.backtest.abstention import abstention


def none(size):
    return np.full(size, "", object)


def test_four_firms_by_hand():
    # Ordered by width the squared errors are 0.01, 0.04, 0.25, 0.36.
    labels = np.array([0, 1, 1, 0], np.int8)
    probabilities, width = np.array([0.6, 0.8, 0.5, 0.1]), np.array([0.9, 0.2, 0.5, 0.1])
    found = abstention(labels, probabilities, width, none(4), 1)
    assert [point.rows for point in found.by_width] == [1, 2, 3, 4]
    risks = [0.01, 0.05 / 2, 0.30 / 3, 0.66 / 4]
    assert [point.brier for point in found.by_width] == pytest.approx(risks)
    assert found.area == pytest.approx(np.mean(risks))
    assert found.excess == pytest.approx(np.mean(risks) - 0.165)
    # One kept row has one outcome only; two have a base rate of 1/2 and a Brier score of 1/4 from always saying so.
    assert found.by_width[0].skill is None
    assert found.by_width[1].skill == pytest.approx(1 - 0.025 / 0.25)
    assert found.by_width[-1].coverage == 1


def test_reasons_by_hand():
    labels, probabilities = np.array([0, 1, 1, 0], np.int8), np.array([0.5, 0.5, 0.9, 0.1])
    reasons = np.array(["nothing_known", "nothing_known", "", ""], object)
    found = abstention(labels, probabilities, np.ones(4), reasons, 1)
    points = {group.reason: group.point for group in found.reasons}
    assert list(points) == ["answered", "nothing_known"]
    assert points["answered"].brier == pytest.approx(0.01)
    assert points["nothing_known"].brier == pytest.approx(0.25)
    assert points["nothing_known"].skill == pytest.approx(0)
    assert points["answered"].coverage == 0.5


def test_widths_that_know_where_the_model_errs_help_and_blind_ones_do_not():
    random = np.random.default_rng(8)
    chance = random.random(4_000)
    labels = (random.random(4_000) < chance).astype(np.int8)
    noise = random.random(4_000)
    said = np.clip(chance + np.where(random.random(4_000) < 0.5, 1, -1) * 0.4 * noise, 0.001, 0.999)
    knowing, blind = (abstention(labels, said, width, none(4_000), 1) for width in (noise, random.random(4_000)))
    assert knowing.excess < -0.01
    assert abs(blind.excess) < 0.006
    assert len(knowing.by_width) == 20


def test_equal_widths_do_not_follow_the_file():
    # Sorted by outcome, all widths alike: in the file's order the first half would hold no success.
    labels = np.repeat([0, 1], 500).astype(np.int8)
    found = abstention(labels, np.full(1_000, 0.5), np.ones(1_000), none(1_000), 2)
    assert found.by_width[9].rate == pytest.approx(0.5, abs=0.08)
