"""What happened in one simulated economy: the months are played once, with the chances that the truth is made of."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats
from littlegiants.training.simulator.economy import LAST, WINDOW, Chances, Economy, Firms, Ints, State, chances

NEVER = LAST + 10_000  # month of an event that did not come
EXITS = ("acquisition", "ipo")


@dataclass(frozen=True, slots=True)
class Events:
    """Events of one sort in order of months: firm, month, and a number (see `History`), each (n,)."""

    firm: Ints
    month: Ints
    mark: Ints


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened, and the states that the truth starts from.

    Attributes
    ----------
    rounds
        Rounds of market size; ``mark`` is the stage before the round.
    exits
        ``mark`` is an index into `EXITS`.
    closures
        ``mark`` is 0.
    grants
        ``mark`` is the tier at the time.
    climbs
        ``mark`` is the new tier.
    left
        Month in which each firm left, else `NEVER`.
    states
        By month, the firms alive at its end.
    """

    rounds: Events
    exits: Events
    closures: Events
    grants: Events
    climbs: Events
    left: Ints
    states: dict[int, State]


class _Log:
    """Events as they come, month by month."""

    def __init__(self) -> None:
        self.parts: list[tuple[Ints, Ints, Ints]] = []

    def add(self, month: int, firm: Ints, mark: Ints) -> None:
        self.parts.append((firm, np.full(len(firm), month), mark))

    def events(self) -> Events:
        return Events(*(np.concatenate(column) for column in zip(*self.parts, strict=True)))


def play(economy: Economy, heat: Floats, firms: Firms, keep: Collection[int], rng: np.random.Generator) -> History:
    """Play every month up to the last observed one.

    Parameters
    ----------
    economy, heat, firms
        Parameters, paths of heat and firms of one economy.
    keep
        Months at whose end the state is kept.
    rng
        Source of chance.
    """
    left = np.full(len(firms), NEVER)
    everyone = State(0, np.arange(len(firms)), firms.born.copy(), *(np.zeros(len(firms), np.int64) for _ in range(4)))
    rounds, exits, closures, grants, climbs = (_Log() for _ in range(5))
    states = {}
    for month in range(1, LAST + 1):
        alive = np.flatnonzero((firms.born < month) & (left == NEVER))
        now = everyone.take(month - 1, alive)
        some = firms.take(alive)
        market, closed, granted, climbed = _draw(chances(economy, heat, some, now, month), now.tier, rng)
        kind = _exit_kind(economy, now.stage, rng)
        raised, gone = market & (kind < 0), market & (kind >= 0)
        stays = ~gone & ~closed
        rounds.add(month, alive[raised], now.stage[raised])
        exits.add(month, alive[gone], kind[gone])
        closures.add(month, alive[closed], np.zeros(closed.sum(), np.int64))
        grants.add(month, alive[granted & stays], now.tier[granted & stays])
        climbs.add(month, alive[climbed & stays], now.tier[climbed & stays] + 1)
        everyone.last[alive[raised]] = month
        everyone.stage[alive[raised]] += 1
        everyone.granted[alive[granted & stays]] = month
        everyone.grants[alive[granted & stays]] += 1
        everyone.tier[alive[climbed & stays]] += 1
        left[alive[~stays]] = month
        if month in keep:
            states[month] = everyone.take(month, np.flatnonzero((firms.born <= month) & (left == NEVER)))
    return History(
        rounds=rounds.events(),
        exits=exits.events(),
        closures=closures.events(),
        grants=grants.events(),
        climbs=climbs.events(),
        left=left,
        states=states,
    )


def _draw(chance: Chances, tier: Ints, rng: np.random.Generator) -> tuple[npt.NDArray[np.bool_], ...]:
    """Draw (market, closed, granted, climbed) of one month, in the order of the economy."""
    rows = np.arange(len(tier))
    dice = rng.random((4, len(tier)))
    market = dice[0] < chance.market[rows, tier]
    closed = ~market & (dice[1] < chance.closure[rows, tier])
    granted, climbed = dice[2] < chance.grant[rows, tier], dice[3] < chance.climb[rows, tier]
    return market, closed, granted, climbed


def _exit_kind(economy: Economy, stage: Ints, rng: np.random.Generator) -> Ints:
    """Draw what a market event is: an index into `EXITS`, or -1 for a round."""
    dice = rng.random(len(stage))
    acquired = economy.exit_share + economy.exit_by_stage * np.minimum(stage, 5)
    listed = acquired + economy.ipo_share * (stage >= 2)
    return np.select([dice < acquired, dice < listed], [0, 1], -1)


def realised(history: History, month: int) -> Ints:
    """Return what came of each firm alive at the end of ``month``: 0 market, 1 subsidised, 2 stalled.

    Parameters
    ----------
    history
        Holds the state of ``month``.
    month
        Opens the window; at least `WINDOW` months before the last observed one.
    """
    label = np.full(len(history.left), 2)
    for events, outcome in ((history.grants, 1), (history.rounds, 0), (history.exits, 0)):
        inside = (events.month > month) & (events.month <= month + WINDOW)
        label[events.firm[inside]] = outcome
    return label[history.states[month].firm]
