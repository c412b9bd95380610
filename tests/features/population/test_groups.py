"""Groups of firms: the same whether equal names are told apart first or looked up one by one."""

import numpy as np
import pytest

from littlegiants.features.population import groups
from littlegiants.features.population.groups import SEPARATOR, group_keys, two_of
from littlegiants.ingest.tables.ragged import Ragged

REGIONS = np.array(["Bergen", "Oslo"], object)


def said(sectors, region):
    """The rows and names of every way of grouping."""
    lists = Ragged.from_text(np.array(sectors, object))
    found = group_keys(lists, two_of(lists), np.array(region, np.int64), REGIONS)
    return {by: list(zip(group.rows.tolist(), group.keys().tolist(), strict=True)) for by, group in found.items()}


def test_a_firm_is_in_a_group_for_each_sector_and_in_one_combination():
    assert said(["web;ai", "", "ai"], [1, 0, -1]) == {
        "sector": [(0, "ai"), (0, "web"), (2, "ai")],
        "region": [(0, "Oslo"), (1, "Bergen")],
        "sector_region": [(0, f"ai{SEPARATOR}Oslo"), (0, f"web{SEPARATOR}Oslo")],
        "sector_pair": [(0, f"ai{SEPARATOR}web")],
        "combination": [(0, "ai;web"), (2, "ai")],
    }


def test_pairs_are_every_two_sectors_of_a_firm_but_not_of_one_in_everything():
    most = ";".join(f"s{number:02d}" for number in range(24))
    pairs = said(["c;a;b", "", most, f"{most};s24"], [0, 0, 0, 0])["sector_pair"]
    assert pairs[:3] == [(0, f"a{SEPARATOR}b"), (0, f"a{SEPARATOR}c"), (0, f"b{SEPARATOR}c")]
    assert [row for row, _ in pairs[3:]] == [2] * (24 * 23 // 2)
    assert len({name for _, name in pairs[3:]}) == 24 * 23 // 2


@pytest.mark.parametrize("firms", [0, 1, 300])
def test_many_firms_are_grouped_as_few_are(firms, monkeypatch):
    random = np.random.default_rng(7)
    words = np.array(["ai", "bio", "web", "ai;bio", "bio;web", "ai;bio;web", ""], object)
    sectors, region = random.choice(words, firms), random.integers(-1, 2, firms)
    many = said(sectors, region)
    monkeypatch.setattr(groups, "_FEW", firms * 3)
    assert said(sectors, region) == many


def test_each_name_is_made_once_for_many_firms():
    lists = Ragged.from_text(np.array(["web;ai", "ai", "web"] * 100, object))
    found = group_keys(lists, two_of(lists), np.ones(300, int), REGIONS)
    assert {by: len(group.names) for by, group in found.items()} == {
        "sector": 2,
        "region": 1,
        "sector_region": 2,
        "sector_pair": 1,
        "combination": 3,
    }
