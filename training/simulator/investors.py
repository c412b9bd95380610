"""The simulated table of investments: which investors took part in which round.

An investor has a field, an area and a skill. A round finds investors of its firm's field and area whose skill is near
the firm's quality, some of them again in each round. So the other firms of its investors tell of a firm's quality,
through noise, and of nothing else: the true probabilities know quality already. Not every round names its investors.
"""

from dataclasses import dataclass

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.training.simulator.economy import Ints
from littlegiants.training.simulator.names import FIELD_OF_SECTOR, FIELDS, REGIONS
from littlegiants.training.simulator.world import Columns, Text, World

_FEWEST = 8  # investors of a pool
_AREAS = ("CN", "US", "EU")
# A pool for each field of an area, and one of its state funds and one of its banks: these take part in rounds that
# state the state's share, and in debt.
_STATE, _BANK = len(FIELDS), len(FIELDS) + 1
_POOLS = len(FIELDS) + 2
_KINDS = {"venture": 0.50, "angel": 0.22, "corporate": 0.13, "private_equity": 0.09, "university": 0.06}
_CALLED = {
    "venture": "Ventures",
    "angel": "Angels",
    "corporate": "Industries",
    "private_equity": "Equity Partners",
    "university": "University Fund",
    "state": "Guidance Fund",
    "bank": "Bank",
}
_FIRST = (
    "Amber Beacon Cedar Dawn Ember Flint Grove Heron Indigo Jade Kestrel Lark Maple Nimbus Opal Pearl Quartz".split()
)
_SECOND = "Bridge Cliff Delta Field Gate Harbour Isle Lake Mill Peak Ridge Spring Tower Vale".split()
_MOST_NAMED = 5
_NAMING = 0.62  # share of the rounds that name anyone
_NAMED = 0.85  # share of the further investors of such a round that are named
_AFFINITY = 0.6  # correlation of a firm's quality with the skill that its rounds find
_LOYAL = 0.45  # share of the places in a round that go to whoever has that place in the firm's other rounds
_LEAD_KNOWN = 0.7
_AMOUNT_KNOWN = 0.25


@dataclass(frozen=True, slots=True)
class _Investors:
    """All investors, pool by pool and within a pool by skill; ``bounds`` are the pools' first ones, and n.

    ``reach`` is the running sum of how much each of the n investors invests.
    """

    name: Text
    kind: Text
    country: Text
    reach: Floats
    bounds: Ints


def investments(world: World, rounds: Columns, rng: np.random.Generator) -> Columns:
    """Return the named investors of the rounds, in the order of the rounds.

    Parameters
    ----------
    world
        The economy.
    rounds
        Its table of rounds.
    rng
        Source of chance.
    """
    investors = _investors(len(world.firms) / world.economy.firms_per_investor, rng)
    row, place = _slots(rounds, rng)
    position = {firm_id: index for index, firm_id in enumerate(world.firm_id.tolist())}
    firm = np.array([position[firm_id] for firm_id in rounds["firm_id"][row].tolist()], np.int64)
    pool = _pool(world, rounds, firm, row, place)
    chosen = _chosen(investors, pool, world.firms.quality[firm], _wish(len(world.firms), firm, place, rng))
    # Nobody takes two places of a round.
    kept = np.sort(np.unique(row * len(investors.name) + chosen, return_index=True)[1])
    row, place, chosen = row[kept], place[kept], chosen[kept]
    lead = np.where((rng.random(len(rounds["firm_id"])) < _LEAD_KNOWN)[row], (place == 0).astype(float), np.nan)
    amount = rounds["amount"].astype(float)[row] / np.bincount(row, minlength=len(rounds["firm_id"]))[row]
    amount = np.where(rng.random(len(row)) < _AMOUNT_KNOWN, np.maximum(np.rint(amount / 1e3), 1) * 1e3, np.nan)
    return {
        **{name: rounds[name][row] for name in ("firm_id", "round_id", "announced_on")},
        "investor": investors.name[chosen],
        "kind": investors.kind[chosen],
        "country": investors.country[chosen],
        "lead": lead,
        "amount": amount,
        "currency": np.where(np.isnan(amount), "", rounds["currency"][row]).astype(object),
    }


def _investors(wanted: float, rng: np.random.Generator) -> _Investors:
    size = max(_FEWEST, int(wanted / (len(_AREAS) * _POOLS)))
    count = size * len(_AREAS) * _POOLS
    pool = np.repeat(np.arange(len(_AREAS) * _POOLS), size)
    kind = rng.choice(np.array(list(_KINDS), object), size=count, p=list(_KINDS.values()))
    for special, name in ((_STATE, "state"), (_BANK, "bank")):
        kind[pool % _POOLS == special] = name
    seats = [np.array([seat.country for seat in REGIONS if _area(seat.country) == area]) for area in range(len(_AREAS))]
    country = [rng.choice(seats[area]) for area in (pool // _POOLS).tolist()]
    number = rng.permutation(count)
    named = [_name(n, _CALLED[k]) for n, k in zip(number.tolist(), kind.tolist(), strict=True)]
    return _Investors(
        name=np.array(named, object),
        kind=kind,
        country=np.array(country, object),
        reach=np.cumsum(np.exp(rng.standard_normal(count))),
        bounds=np.arange(0, count + 1, size),
    )


def _name(number: int, called: str) -> str:
    rest, first = divmod(number, len(_FIRST))
    again, second = divmod(rest, len(_SECOND))
    return f"{_FIRST[first]} {_SECOND[second]} {called}{f' {again + 1}' if again else ''}"


def _area(country: str) -> int:
    return _AREAS.index(country) if country in _AREAS else _AREAS.index("EU")


def _slots(rounds: Columns, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the row and the place of each investor that is named, place 0 of every naming round among them."""
    stated = np.nan_to_num(rounds["investor_count"].astype(float), nan=1.0).astype(np.int64)
    count = np.where(rng.random(len(stated)) < _NAMING, np.clip(stated, 1, _MOST_NAMED), 0)
    row = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    named = (place == 0) | (rng.random(len(row)) < _NAMED)
    return row[named], place[named]


def _pool(world: World, rounds: Columns, firm: Ints, row: Ints, place: Ints) -> Ints:
    areas = np.array([_area(country) for country in world.country.tolist()])
    field = FIELD_OF_SECTOR[world.firms.sectors[firm, 0]]
    of_state = (rounds["state_backed_share"].astype(float)[row] > 0) & (place == 0)
    special = np.where(rounds["kind"][row] == "debt", _BANK, np.where(of_state, _STATE, field))
    return np.asarray(areas[firm] * _POOLS + special)


def _wish(firms: int, firm: Ints, place: Ints, rng: np.random.Generator) -> Floats:
    """Return by how much each place looks for another skill than the firm's quality, in standard deviations."""
    lasting = rng.standard_normal((firms, _MOST_NAMED))[firm, place]
    return np.where(rng.random(len(firm)) < _LOYAL, lasting, rng.standard_normal(len(firm)))


def _chosen(investors: _Investors, pool: Ints, quality: Floats, wish: Floats) -> Ints:
    """Return for each place the investor at the rank of its pool that fits: who has more reach covers more ranks."""
    skill = _AFFINITY * quality + np.sqrt(1 - _AFFINITY**2) * wish
    rank = 1 / (1 + np.exp(-1.7 * skill))  # nearly the normal distribution function
    before = np.concatenate(([0.0], investors.reach))
    low, high = before[investors.bounds[pool]], before[investors.bounds[pool + 1]]
    found = np.searchsorted(investors.reach, low + rank * (high - low), side="right")
    return np.asarray(np.minimum(found, investors.bounds[pool + 1] - 1), np.int64)
