"""How the simulated economy begins."""

import numpy as np

from littlegiants.training.simulator.economy import LAST, WINDOW, Economy
from littlegiants.training.simulator.founding import draw_heat
from littlegiants.training.simulator.names import FIELD_OF_SECTOR, REGIONS, SECTORS
from tests.training.simulator.small_world import played


def test_firms_are_founded_in_every_year_but_the_last():
    firms, _, _ = played()
    years = np.unique(firms.born // 12 + 2003)
    np.testing.assert_array_equal(years, np.arange(2003, 2025))


def test_sectors_of_a_firm_differ_and_missing_ones_come_last():
    firms, _, _ = played()
    first, second, third = firms.sectors.T
    none = len(SECTORS)
    assert np.all(first < none)
    assert np.all((first != second) & (first != third))
    assert np.all((second != third) | (third == none))
    assert np.all((third == none) | (second < none))


def test_clusters_are_denser_in_what_they_are_known_for():
    firms, _, _ = played()
    speciality = np.array([SECTORS.index(r.speciality) for r in REGIONS])[firms.region]
    # 30 % by speciality and 1/24 of the other 70 % by chance: 33 %, against 4 % in any other sector.
    assert 0.29 < np.mean(firms.sectors[:, 0] == speciality) < 0.37


def test_two_fields_help_and_a_single_sector_in_its_cluster_hurts():
    economy = Economy()
    firms, _, _ = played()
    abroad = np.array([r.country != "US" for r in REGIONS])[firms.region]
    field = np.append(FIELD_OF_SECTOR, -1)[firms.sectors]
    two_fields = (firms.sectors[:, 2] == len(SECTORS)) & (field[:, 1] >= 0) & (field[:, 0] != field[:, 1])
    np.testing.assert_allclose(firms.place_market[abroad & two_fields], economy.breadth)
    speciality = np.array([SECTORS.index(r.speciality) for r in REGIONS])[firms.region]
    single = firms.sectors[:, 1] == len(SECTORS)
    np.testing.assert_allclose(
        firms.place_market[abroad & single],
        np.where(firms.sectors[:, 0] == speciality, -economy.rigidity, 0)[abroad & single],
    )


def test_heat_cycles_by_sector_and_nearly_cancels_over_all_of_them():
    heat = draw_heat(Economy(), np.random.default_rng(1))
    assert heat.shape == (len(SECTORS) + 1, LAST + 1 + WINDOW)
    assert not heat[-1].any()
    assert np.all(np.ptp(heat[:-1], axis=1) > 0.15)
    assert np.abs(heat[:-1].mean(axis=0)).max() < 0.12
