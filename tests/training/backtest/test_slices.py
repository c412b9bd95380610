"""Parts of the firms: which firm is in which, and when there are no figures."""

import numpy as np
import pytest

from littlegiants.features.matrix import FEATURES
from littlegiants.training.backtest.settings import BacktestConfig
from littlegiants.training.backtest.slices import by_slice, slice_names
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.metrics import SKILL

CATEGORIES = {"country_code": ("CN", "US"), "sector_code": ("biotech",)}


def row(**given):
    values = np.full(len(FEATURES), np.nan)
    for name, value in given.items():
        values[FEATURES.index(name)] = value
    return values


def test_parts_by_hand():
    values = np.array(
        [
            row(country_code=1, sector_code=0, age_years=1.9, funding_stage=1, grants_count=0),
            row(country_code=0, age_years=2.0, funding_stage=5, grants_count=2, grant_share=0.2),
            row(age_years=10.0, grants_count=1, grant_share=0.9),
            row(grants_count=1),
            row(age_years=-0.5, funding_stage=7),
        ]
    )
    found = {by: names.tolist() for by, names in slice_names(values, CATEGORIES).items()}
    assert found == {
        "country": ["US", "CN", "rare or not stated", "rare or not stated", "rare or not stated"],
        "sector": ["biotech", *["rare or not stated"] * 4],
        "age": ["under 2 years", "2 to 5 years", "10 years and over", "not known", "under 2 years"],
        "stage": ["angel or crowd", "C and later", "no round of a stage", "no round of a stage", "after an IPO"],
        "public money": [
            "no public money",
            "some public money",
            "mostly public money",
            "some public money",
            "not known",
        ],
    }


def test_every_row_is_in_one_part_of_each_kind_and_small_parts_say_so(origin):
    settings = BacktestConfig(slice_firms=60, slice_class=10)
    slices = by_slice((origin,), origin.outcomes, origin.probabilities, settings, Bootstrap(20, 1))
    for by in ("country", "sector", "age", "stage", "public money"):
        parts = [part for part in slices if part.by == by]
        assert sum(part.rows for part in parts) == len(origin.test)
        assert sum(part.successes for part in parts) == origin.test.market.sum()
    small, large = [part for part in slices if part.note], [part for part in slices if not part.note]
    assert small
    assert large
    assert all(part.metrics == {} and f"{part.rows:,} rows" in part.note for part in small)
    assert all(part.rows >= 60 and min(part.successes, part.rows - part.successes) >= 10 for part in large)


def test_the_figures_of_a_part_are_those_of_its_firms(origin):
    slices = by_slice((origin,), origin.outcomes, origin.probabilities, BacktestConfig(), Bootstrap(20, 1))
    part = next(part for part in slices if part.by == "public money" and part.metrics)
    mask = slice_names(origin.test.values, origin.model.manifest.categories)["public money"] == part.name
    expected = SKILL["auc"](origin.test.market[mask], origin.probabilities[mask])
    assert part.metrics["auc"].value == pytest.approx(expected)
    assert part.predicted == pytest.approx(origin.probabilities[mask].mean())
