"""Backing: how far investors have taken the firm, who they are, what became of their other firms, and what they paid.

The investors named, their records and their reach are in `littlegiants.features.families.investors`,
`littlegiants.features.families.investor_records` and `littlegiants.features.families.investor_reach`.
Private rounds are those of `littlegiants.features.families.funding`. A *valued* round is one whose valuation after the
money is known. Amounts are US dollars at the rate already published when the round happened.
"""

import numpy as np

from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH, ratio
from littlegiants.features.asof.events import Events
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families import investor_reach, investor_records, investors
from littlegiants.features.families.funding import private_rounds, raised_usd
from littlegiants.features.families.sectors import sector_mean
from littlegiants.features.population.counting import LOG_UNIT
from littlegiants.features.population.month_counts import Month
from littlegiants.ingest.arrays import Floats

_STAGES = {
    "angel": 1.0,
    "crowdfunding": 1.0,
    "seed": 2.0,
    "convertible_note": 2.0,
    "venture": 3.0,
    "series_a": 3.0,
    "series_b": 4.0,
    "series_c_plus": 5.0,
    "private_equity": 6.0,
    "post_ipo_equity": 7.0,
    "post_ipo_debt": 7.0,
}
# The geometric mean of fewer valuations than this says more of the few firms than of their sector.
_FEWEST_PEERS = 5


def _staged(s: Snapshot) -> tuple[Events, Floats]:
    """Return the rounds of a kind that has a stage, and the stage of each."""
    return s.shared(_with_stage)


def _with_stage(s: Snapshot) -> tuple[Events, Floats]:
    stages = s.rounds.graded("kind", _STAGES)
    has = ~np.isnan(stages)
    return s.rounds.where(has), stages[has]


def _furthest(s: Snapshot) -> Floats:
    rounds, stages = _staged(s)
    return rounds.greatest(stages)


def _counted(s: Snapshot) -> Events:
    """Return the private rounds whose number of investors is known."""
    return s.shared(_with_figure, "investor_count")


def valued_rounds(s: Snapshot) -> Events:
    """Return the private rounds whose post-money valuation is known."""
    return s.shared(_with_figure, "post_money")


def _with_figure(s: Snapshot, name: str) -> Events:
    rounds = private_rounds(s)
    return rounds.where(rounds.stated(name))


def valuation_usd(s: Snapshot) -> Floats:
    """Return each firm's latest known post-money valuation in US dollars; NaN for none."""
    return valued_rounds(s).latest("post_money")


def _valuation_before(s: Snapshot) -> Floats:
    return valued_rounds(s).latest("post_money", back=1)


def funding_stage(s: Snapshot) -> Floats:
    """Furthest stage reached: 1 angel or crowd, 2 seed or note, 3 venture or A, 4 B, 5 C and later, 6 PE, 7 post-IPO.

    Unit: ordinal, 1 to 7. Window: life. Missing: no round of a kind that has a stage.
    Source: stages as venture data providers name them.
    """
    return s.shared(_furthest)


def months_at_stage(s: Snapshot) -> Floats:
    """Time since the furthest stage was first reached.

    Unit: months. Window: life. Missing: no round of a kind that has a stage.
    Source: duration dependence of exits, Giot and Schwienbacher (2007).
    """
    rounds, stages = _staged(s)
    return rounds.months_since(rounds.first_day_of(stages == funding_stage(s)[rounds.firm]))


def stage_climb_per_year(s: Snapshot) -> Floats:
    """Stages climbed above the first day's furthest stage, for every year since that day.

    Unit: stages a year. Window: life. Missing: no round of a kind that has a stage, or the first is of today; 0 for a
    firm that never climbed.
    Source: Sahlman (1990), capital committed in stages.
    """
    rounds, stages = _staged(s)
    began = rounds.first_day
    # A stage of a later day counts as none, and a stage of none is never the greatest.
    start = rounds.greatest(np.where(rounds.day == began[rounds.firm], stages, np.nan))
    return ratio(funding_stage(s) - start, (s.today - began) / (12 * DAYS_PER_MONTH))


def investors_last_round(s: Snapshot) -> Floats:
    """Investors in the latest private round whose syndicate is known.

    Unit: count. Window: latest event with a value. Missing: no private round with a known number of investors.
    Source: Brander, Amit and Antweiler (2002), syndication and performance.
    """
    return _counted(s).latest("investor_count")


def investors_mean(s: Snapshot) -> Floats:
    """Mean number of investors in a private round.

    Unit: count. Window: life. Missing: no private round with a known number of investors.
    Source: Brander, Amit and Antweiler (2002), syndication and performance.
    """
    return private_rounds(s).mean("investor_count")


def investors_change(s: Snapshot) -> Floats:
    """Investors in the latest private round less those in the one before: of rounds whose syndicate is known.

    Unit: difference of counts. Window: latest two events with a value. Missing: fewer than two such rounds.
    Source: Lerner (1994), who joins a syndicate in later rounds.
    """
    return investors_last_round(s) - _counted(s).latest("investor_count", back=1)


def state_backed_share(s: Snapshot) -> Floats:
    """Mean share of the private rounds that state-backed investors put up.

    Unit: share, 0 to 1. Window: life. Missing: no round whose state-backed share is known.
    Source: Brander, Du and Hellmann (2015), government and private venture capital mixed.
    """
    return private_rounds(s).mean("state_backed_share")


def state_backed_usd_share(s: Snapshot) -> Floats:
    """Share of the private money that state-backed investors put up, over the rounds that state both.

    Unit: share, 0 to 1. Window: life. Missing: no money in rounds whose amount and state-backed share are both known.
    Source: Cumming, Grilli and Murtinu (2017), governmental and independent venture capital.
    """
    rounds = private_rounds(s)
    amounts, shares = rounds.number("amount"), rounds.number("state_backed_share")
    both = np.where(np.isnan(shares), np.nan, amounts)
    return ratio(rounds.per_firm(both * shares), rounds.per_firm(both))


def valuation_step_up(s: Snapshot) -> Floats:
    """Latest known valuation over the known one before.

    Unit: ratio. Window: latest two valued rounds. Missing: fewer than two, or the earlier is 0.
    Source: step-up between stages, Cochrane (2005).
    """
    return ratio(valuation_usd(s), _valuation_before(s))


def down_round(s: Snapshot) -> Floats:
    """Whether the latest valued round priced the firm, before its money, below the valued round before.

    Unit: flag, 0 or 1. Window: latest two valued rounds. Missing: fewer than two, or the latest one's amount not known.
    Source: Gornall and Strebulaev (2020), a later round's headline valuation can hide a fall in price.
    """
    fair = _valuation_before(s) + valued_rounds(s).latest("amount")
    return np.where(np.isnan(fair), np.nan, valuation_usd(s) < fair)


def valuation_over_raised(s: Snapshot) -> Floats:
    """Latest known valuation for every private dollar raised so far.

    Unit: ratio. Window: life, latest valued round. Missing: no valued round, or no amount known.
    Source: Gompers and Lerner (2000), money chasing deals.
    """
    return ratio(valuation_usd(s), raised_usd(s))


def valuation_over_peers(s: Snapshot) -> Floats:
    """Latest known valuation over the usual one of its sectors: the geometric mean, averaged in logs over the sectors.

    Unit: ratio. Window: latest valued round, over the valuations known by the last ended month. Missing: no valued
    round, no sector stated, or none in which the population saw at least five valuations.
    Source: Gornall and Strebulaev (2020), squaring venture capital valuations with reality.
    """
    sectors = s.groups["sector"]
    usual = s.month.made(_usual)[s.indices("sector")]
    return ratio(valuation_usd(s), np.exp(sector_mean(s, sectors.rows, usual[sectors.code])))


def _usual(month: Month) -> Floats:
    """Return the mean log of each sector's valuations; NaN for one with too few."""
    valued = month.count("valued_by_sector")
    few = np.where(valued >= _FEWEST_PEERS, valued, np.nan)
    return ratio(month.count("valuation_log_by_sector") / LOG_UNIT, few)


COLUMNS = (
    funding_stage,
    months_at_stage,
    stage_climb_per_year,
    investors_last_round,
    investors_mean,
    investors_change,
    state_backed_share,
    state_backed_usd_share,
    valuation_step_up,
    down_round,
    valuation_over_raised,
    valuation_over_peers,
    *investors.COLUMNS,
    *investor_records.COLUMNS,
    *investor_reach.COLUMNS,
)
