"""Groups of firms: the same whether equal names are told apart first or looked up one by one."""

import numpy as np
import pytest

from littlegiants.features import groups
from littlegiants.features.groups import SEPARATOR, group_keys
from littlegiants.features.ragged import Ragged

REGIONS = np.array(["Bergen", "Oslo"], object)


def said(sectors, region):
    """The rows and names of every way of grouping."""
    found = group_keys(Ragged.from_text(np.array(sectors, object)), np.array(region, np.int64), REGIONS)
    return {by: list(zip(group.rows.tolist(), group.keys().tolist(), strict=True)) for by, group in found.items()}


def test_a_firm_is_in_a_group_for_each_sector_and_in_one_combination():
    assert said(["web;ai", "", "ai"], [1, 0, -1]) == {
        "sector": [(0, "ai"), (0, "web"), (2, "ai")],
        "region": [(0, "Oslo"), (1, "Bergen")],
        "sector_region": [(0, f"ai{SEPARATOR}Oslo"), (0, f"web{SEPARATOR}Oslo")],
        "combination": [(0, "ai;web"), (2, "ai")],
    }


@pytest.mark.parametrize("firms", [0, 1, 300])
def test_many_firms_are_grouped_as_few_are(firms, monkeypatch):
    random = np.random.default_rng(7)
    words = np.array(["ai", "bio", "web", "ai;bio", "bio;web", "ai;bio;web", ""], object)
    sectors, region = random.choice(words, firms), random.integers(-1, 2, firms)
    many = said(sectors, region)
    monkeypatch.setattr(groups, "_FEW", firms * 3)
    assert said(sectors, region) == many


def test_each_name_is_made_once_for_many_firms():
    found = group_keys(Ragged.from_text(np.array(["web;ai", "ai", "web"] * 100, object)), np.ones(300, int), REGIONS)
    assert {by: len(group.names) for by, group in found.items()} == {
        "sector": 2,
        "region": 1,
        "sector_region": 2,
        "combination": 3,
    }
