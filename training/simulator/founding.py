"""How an economy begins: the firms that will be founded, and the heat of every sector for all time."""

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.training.simulator.economy import LAST, WINDOW, Economy, Firms, Ints
from littlegiants.training.simulator.names import FIELD_OF_SECTOR, REGIONS, SECTORS, region_shares


def draw_firms(economy: Economy, count: int, rng: np.random.Generator) -> Firms:
    """Draw the firms of one economy: when and where they are founded, in which sectors, and how good they are.

    Parameters
    ----------
    economy
        The economy's settings.
    count
        How many firms.
    rng
        The source of chance.
    """
    months = np.arange(LAST - 11)  # none is founded in the last year: nothing would be seen of it
    births = np.exp(economy.birth_growth * months / 12)
    born = rng.choice(months, size=count, p=births / births.sum())
    region = rng.choice(len(REGIONS), size=count, p=region_shares())
    sectors = _draw_sectors(economy, region, rng)
    country = np.array([r.country for r in REGIONS])[region]
    speciality = np.array([SECTORS.index(r.speciality) for r in REGIONS])[region]
    field = np.append(FIELD_OF_SECTOR, -1)[sectors]
    pairs = sum(((field[:, i] != field[:, j]) & (field[:, j] >= 0)).astype(float) for i, j in ((0, 1), (0, 2), (1, 2)))
    rigid = (sectors[:, 1] == len(SECTORS)) & (sectors[:, 0] == speciality)
    return Firms(
        born=born,
        region=region,
        sectors=sectors,
        quality=rng.standard_normal(count),
        dependence=rng.standard_normal(count),
        place_market=economy.breadth * pairs - economy.rigidity * rigid + economy.market_us * (country == "US"),
        place_grant=economy.grant_cn * (country == "CN"),
        place_climb=economy.climb_abroad * (country != "CN"),
    )


def _draw_sectors(economy: Economy, region: Ints, rng: np.random.Generator) -> Ints:
    """Draw one to three different sectors a firm, the first most often the cluster's speciality."""
    none, per_field = len(SECTORS), len(SECTORS) // len(np.unique(FIELD_OF_SECTOR))
    speciality = np.array([SECTORS.index(r.speciality) for r in REGIONS])[region]
    first = np.where(rng.random(len(region)) < economy.speciality, speciality, rng.integers(none, size=len(region)))
    further = []
    for _ in range(2):
        sibling = FIELD_OF_SECTOR[first] * per_field + rng.integers(per_field, size=len(first))
        stranger = rng.integers(none, size=len(first))
        further.append(np.where(rng.random(len(first)) < economy.same_field, sibling, stranger))
    wanted = rng.choice(3, size=len(first), p=economy.sector_counts)
    second = np.where((wanted >= 1) & (further[0] != first), further[0], none)
    third_new = (wanted == 2) & (second < none) & (further[1] != first) & (further[1] != second)
    return np.column_stack([first, second, np.where(third_new, further[1], none)])


def draw_heat(economy: Economy, rng: np.random.Generator) -> Floats:
    """Draw the heat of each sector in each month up to a window after the last, shape (sectors + 1, months).

    The last row, of no sector, is zero. The paths are drawn once and then part of the world: the truth knows them.
    """
    months = np.arange(LAST + 1 + WINDOW)
    period = rng.uniform(60, 100, size=(len(SECTORS), 1))
    # Phases are spread evenly, so that the sectors' cycles cancel and the base rate hardly moves.
    phase = rng.permutation(len(SECTORS))[:, None] / len(SECTORS)
    noise = np.zeros((len(SECTORS), len(months)))
    for month in months[1:]:
        shock = economy.heat_noise * rng.standard_normal(len(SECTORS))
        noise[:, month] = economy.heat_memory * noise[:, month - 1] + shock
    cycle = economy.heat * np.sin(2 * np.pi * (months / period + phase))
    common = economy.heat_common * np.sin(2 * np.pi * months / 84)
    return np.vstack([cycle + noise + common, np.zeros(len(months))])
