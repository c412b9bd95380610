r"""The simulated economy: what can happen to a firm in a month, with what chance, and the truth that follows from it.

Time runs in months. Each month a firm that has not left may meet, in this order, with chance
:math:`p = \lambda / (1 + \lambda)` each (a discrete-time logistic hazard),

1. a **market event** (a round of market size, an IPO or an acquisition);
2. failing that, its **closure**;
3. unless it left, a **grant**; and
4. unless it left, a **climb** to the next tier of recognition.

With stage :math:`n` (market-size rounds so far), months :math:`s` since the last of them (or since founding), tier
:math:`r`, grants so far :math:`g`, months :math:`u` since the last one, age :math:`a` in months, the heat
:math:`h(t)` of the firm's sectors, and its quality :math:`q = \tilde q\,a / (a + a_0)` and dependence on subsidies
:math:`d = \tilde d\,a / (a + a_0)` as far as they have come to bear:

.. math::
    \log\lambda_\text{market}  &= \mu_n + \beta_q q - \beta_d d + \rho_r + h(t) + \text{place}
                                  - \tfrac12\bigl(\log((s + s_0) / s^*_n(q)) / w\bigr)^2,
                                  \quad s^*_n(q) = s^*_n e^{-\sigma q} \\
    \log\lambda_\text{closure} &= \kappa - \kappa_q q - \kappa_d d - \kappa_r r + \kappa_s \log(1 + s / 24) \\
    \log\lambda_\text{grant}   &= \gamma + \gamma_q q + \gamma_d d + \gamma_r + \gamma_g \log(1 + \min(g, 7))
                                  - \gamma_u \log(1 + u / 12) + \text{place} \\
    \log\lambda_\text{climb}   &= \tau_r + \tau_q q + \tau_d d + \text{place}, \quad a \ge 24, r < 4

so that rounds follow quality and heat, grants chase recognition and earlier grants, and firms that depend on
subsidies live on without the market. Sectors of two fields in one firm help a little, a single sector inside the
cluster known for it hurts a little.

Up to its first market event in a window, all of a firm's state but its tier and its grants moves like a clock, and
after the first grant of the window no further one changes the outcome. The outcome of the next 24 months is therefore
a Markov chain over (tier, had a grant), and `truth` propagates it **exactly**, with the very function of chances
(`chances`) that `littlegiants.training.simulator.history` draws from. No model can know more than the truth, which
knows q and d.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.arrays import Floats
from littlegiants.training.simulator.names import SECTORS

Ints = npt.NDArray[np.int64]

TIERS = 5  # none, innovative SME, provincial specialised, national "little giant", single champion
WINDOW = 24  # months of the label window
START = np.datetime64("2003-01", "M")  # month 0
LAST = int((np.datetime64("2025-12", "M") - START).astype(int))  # the last month that is observed


@dataclass(frozen=True, slots=True)
class Economy:
    """Parameters of the economy. Log-odds are per month; quality and dependence are in standard deviations."""

    market_by_stage: tuple[float, ...] = (-4.05, -3.10, -3.00, -3.10, -3.30, -3.50)  # log-odds at the peak, stage 0..5+
    maturity: float = 20.0  # months of age at which quality and dependence bear by half

    market_quality: float = 0.56
    market_dependence: float = 0.24
    market_by_tier: tuple[float, ...] = (0.0, 0.20, 0.40, 0.65, 0.75)
    market_us: float = 0.15  # deeper venture capital
    peak_by_stage: tuple[float, ...] = (26.0, 20.0, 20.0, 22.0, 24.0, 26.0)  # months after which a round is most likely
    peak_quality: float = 0.20  # each unit of quality shortens the wait by this share
    peak_shift: float = 3.0  # months added to the clock, so that its logarithm exists in month 0
    peak_width: float = 0.63  # of the wait's logarithm
    breadth: float = 0.15  # for each pair of sectors from two fields
    rigidity: float = 0.20  # for a single sector in the cluster known for it

    closure: float = -5.8
    closure_quality: float = 0.55
    closure_dependence: float = 0.35
    closure_tier: float = 0.15  # a tier
    closure_wait: float = 0.35  # for each e-fold of 1 + wait / 24 months

    grant: float = -4.25
    grant_quality: float = 0.10
    grant_dependence: float = 0.66
    grant_habit: float = 0.62  # for each e-fold of 1 + grants so far (at most 7)
    grant_lull: float = 0.40  # less for each e-fold of 1 + years since the last one
    grant_by_tier: tuple[float, ...] = (0.0, 0.45, 0.80, 1.05, 0.95)
    grant_cn: float = 0.15

    climb_by_tier: tuple[float, ...] = (-4.6, -4.9, -5.2, -5.6)  # from tier 0..3
    climb_quality: float = 0.60
    climb_dependence: float = 0.25
    climb_abroad: float = -0.9  # outside China recognitions are fewer
    climb_age: int = 24  # months

    exit_share: float = 0.05  # of market events that are acquisitions, at stage 0
    exit_by_stage: float = 0.02  # more a stage
    ipo_share: float = 0.04  # of market events, from stage 2 on

    heat: float = 0.14  # amplitude of a sector's cycle, log-odds
    heat_common: float = 0.03  # amplitude of the cycle that all sectors share
    heat_noise: float = 0.02  # monthly innovation of the sector's own AR(1)
    heat_memory: float = 0.95

    firms_per_investor: float = 12.0  # of all that are ever founded

    birth_growth: float = 0.015  # a year
    speciality: float = 0.30  # share of a cluster's firms in the sector it is known for
    sector_counts: tuple[float, ...] = (0.50, 0.35, 0.15)  # shares of firms with 1, 2, 3 sectors
    same_field: float = 0.75  # chance that a further sector is of the same field


@dataclass(frozen=True, slots=True)
class Firms:
    """What is fixed in each of n firms; ``sectors`` is (n, 3), with ``len(SECTORS)`` where there is no further one."""

    born: Ints  # month of founding; may meet events from the next month on
    region: Ints
    sectors: Ints
    quality: Floats
    dependence: Floats
    place_market: Floats
    place_grant: Floats
    place_climb: Floats

    def __len__(self) -> int:
        """Return n."""
        return len(self.born)

    def take(self, index: Ints) -> "Firms":
        """Return the firms at these positions."""
        return Firms(*(getattr(self, name)[index] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class State:
    """The firms alive at the end of ``month`` and what their hazards depend on besides `Firms`, each (n,)."""

    month: int
    firm: Ints
    last: Ints  # month of the last market-size round, else of founding
    grants: Ints  # so far
    granted: Ints  # month of the last grant; of no meaning without one
    stage: Ints
    tier: Ints

    def take(self, month: int, index: Ints) -> "State":
        """Return the state of the firms at these positions, as the state at the end of ``month``."""
        return State(month, *(getattr(self, name)[index] for name in self.__slots__ if name != "month"))


@dataclass(frozen=True, slots=True)
class Chances:
    """Chances of one month by tier, each (n, TIERS)."""

    market: Floats
    closure: Floats
    grant: Floats
    climb: Floats


def chances(economy: Economy, heat: Floats, firms: Firms, state: State, month: int) -> Chances:
    """Return the chances of every event of ``month`` for firms that met no market event and no grant since ``state``.

    For firms that did meet a grant since, the chance of another one is not right, and no outcome depends on it.

    Parameters
    ----------
    economy
        Parameters.
    heat
        Log-odds by sector and month, (sectors + 1, months); the last row, of no sector, is zero.
    firms
        The firms of ``state``, in its order (``firms.take(state.firm)``).
    state
        Its tiers are not used: the chances are given for every tier.
    month
        After ``state.month``.
    """
    age, wait = month - firms.born, (month - state.last).astype(float)
    bearing = age / (age + economy.maturity)
    quality, dependence = bearing * firms.quality, bearing * firms.dependence
    stage = np.minimum(state.stage, len(economy.market_by_stage) - 1)
    peak = np.array(economy.peak_by_stage)[stage] * np.exp(-economy.peak_quality * quality)
    overdue = np.log((wait + economy.peak_shift) / peak) / economy.peak_width
    market = (
        np.array(economy.market_by_stage)[stage]
        + economy.market_quality * quality
        - economy.market_dependence * dependence
        + firms.place_market
        + heat[firms.sectors, month].sum(axis=1) / (firms.sectors < len(SECTORS)).sum(axis=1)
        - overdue**2 / 2
    )
    closure = (
        economy.closure
        - economy.closure_quality * quality
        - economy.closure_dependence * dependence
        + economy.closure_wait * np.log1p(wait / 24)
    )
    grant = (
        economy.grant
        + economy.grant_quality * quality
        + economy.grant_dependence * dependence
        + economy.grant_habit * np.log1p(np.minimum(state.grants, 7))
        - economy.grant_lull * np.where(state.grants > 0, np.log1p((month - state.granted) / 12), 0.0)
        + firms.place_grant
    )
    climb = economy.climb_quality * quality + economy.climb_dependence * dependence + firms.place_climb
    climb[age < economy.climb_age] = -np.inf
    return Chances(
        market=_by_tier(market, np.array(economy.market_by_tier)),
        closure=_by_tier(closure, -economy.closure_tier * np.arange(float(TIERS))),
        grant=_by_tier(grant, np.array(economy.grant_by_tier)),
        climb=_by_tier(climb, np.array([*economy.climb_by_tier, -np.inf])),
    )


def _by_tier(base: Floats, tier: Floats) -> Floats:
    """Return the chances (n, TIERS) of log-odds that are the sum of a firm's part and a tier's part."""
    odds: Floats = np.exp(base)[:, None] * np.exp(tier)
    return odds / (1 + odds)


def truth(economy: Economy, heat: Floats, firms: Firms, state: State) -> Floats:
    """Return the true probabilities (n, 3) of market, subsidised and stalled in the `WINDOW` months after ``state``.

    Parameters
    ----------
    economy, heat
        As of `chances`.
    firms
        The firms of ``state``, in its order.
    state
        The true state at the as-of date.
    """
    rows = np.arange(len(firms))
    mass = np.zeros((2, len(firms), TIERS))  # had a grant in the window, firm, tier
    mass[0, rows, state.tier] = 1.0
    market, closed = np.zeros(len(firms)), np.zeros((2, len(firms)))
    for month in range(state.month + 1, state.month + 1 + WINDOW):
        chance = chances(economy, heat, firms, state, month)
        market += (mass * chance.market).sum(axis=(0, 2))
        mass = mass * (1 - chance.market)
        closed += (mass * chance.closure).sum(axis=2)
        mass = mass * (1 - chance.closure)
        granted = mass[0] * chance.grant
        mass[0] -= granted
        mass[1] += granted
        climbing = mass * chance.climb
        mass -= climbing
        mass[..., 1:] += climbing[..., :-1]
    stalled, subsidised = closed + mass.sum(axis=2)
    return np.column_stack([market, subsidised, stalled])
