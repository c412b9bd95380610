"""Funding cadence: how often, how regularly, how much, and how overdue the next private round is.

A *private round* is any round of the rounds table except debt (money that must come back) and secondary sales (money
that never reaches the firm). Amounts are US dollars at the rate already published when the round happened.
"""

import numpy as np

from littlegiants.features.asof.arithmetic import ratio
from littlegiants.features.asof.events import Events
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.arrays import Floats


def private_rounds(s: Snapshot) -> Events:
    """Return the private rounds seen at the snapshot."""
    return s.shared(_private)


def _private(s: Snapshot) -> Events:
    return s.rounds.where(~s.rounds.is_in("kind", "debt", "post_ipo_debt", "secondary"))


def rounds_count(s: Snapshot) -> Floats:
    """Private rounds so far.

    Unit: count. Window: life. Missing: rounds not observed; 0 for a firm without any.
    Source: Gompers (1995), staging of venture capital.
    """
    return private_rounds(s).count()


def rounds_count_2y(s: Snapshot) -> Floats:
    """Private rounds in the last two years.

    Unit: count. Window: 2 years. Missing: rounds not observed; 0 for a firm without any.
    Source: Gompers (1995), staging of venture capital.
    """
    return private_rounds(s).window(2).count()


def raised_usd(s: Snapshot) -> Floats:
    """Private money raised so far.

    Unit: US dollars. Window: life. Missing: rounds not observed, or rounds but no amount known; 0 without rounds.
    Source: the usual ranking by total raised; also kept as a baseline of its own.
    """
    return private_rounds(s).total("amount")


def raised_usd_3y(s: Snapshot) -> Floats:
    """Private money raised in the last three years.

    Unit: US dollars. Window: 3 years. Missing: rounds not observed, or rounds but no amount known; 0 without rounds.
    Source: Gompers (1995): recent staging tells more than old money.
    """
    return private_rounds(s).window(3).total("amount")


def last_round_usd(s: Snapshot) -> Floats:
    """Size of the latest private round.

    Unit: US dollars. Window: latest event. Missing: no private round, or its amount is not known.
    Source: Gompers (1995), round size grows with what investors have learned.
    """
    return private_rounds(s).latest("amount")


def largest_round_usd(s: Snapshot) -> Floats:
    """Size of the largest private round.

    Unit: US dollars. Window: life. Missing: no amount of a private round known.
    Source: Gompers (1995), round size grows with what investors have learned.
    """
    return private_rounds(s).largest("amount")


def months_since_first_round(s: Snapshot) -> Floats:
    """Time since the first private round.

    Unit: months. Window: life. Missing: no private round.
    Source: duration dependence of exits, Giot and Schwienbacher (2007).
    """
    rounds = private_rounds(s)
    return rounds.months_since(rounds.first_day)


def months_since_last_round(s: Snapshot) -> Floats:
    """Time since the latest private round.

    Unit: months. Window: latest event. Missing: no private round.
    Source: duration dependence of exits, Giot and Schwienbacher (2007).
    """
    rounds = private_rounds(s)
    return rounds.months_since(rounds.last_day)


def round_gap_mean(s: Snapshot) -> Floats:
    """Mean time between successive private rounds.

    Unit: months. Window: life. Missing: fewer than two private rounds.
    Source: Gompers (1995): shorter stages where investors monitor more.
    """
    return s.shared(_gap_mean)


def _gap_mean(s: Snapshot) -> Floats:
    rounds = private_rounds(s)
    return ratio(rounds.per_firm(rounds.gaps), rounds.count() - 1)


def round_gap_spread(s: Snapshot) -> Floats:
    """Standard deviation of the times between successive private rounds.

    Unit: months. Window: life. Missing: fewer than three private rounds.
    Source: regularity of staging, Gompers (1995).
    """
    rounds = private_rounds(s)
    gaps = rounds.count() - 1
    mean = round_gap_mean(s)
    squares = rounds.per_firm((rounds.gaps - mean[rounds.firm]) ** 2)
    return np.sqrt(ratio(squares, np.where(gaps >= 2, gaps - 1, np.nan)))


def round_overdue(s: Snapshot) -> Floats:
    """Time since the latest private round over the firm's own mean gap; above 1 the next round is late.

    Unit: ratio. Window: life. Missing: fewer than two private rounds on different days.
    Source: runway arithmetic of staged finance, Gompers (1995).
    """
    return ratio(months_since_last_round(s), round_gap_mean(s))


def round_step_up(s: Snapshot) -> Floats:
    """Size of the latest private round over the size of the one before it.

    Unit: ratio. Window: latest two events. Missing: fewer than two private rounds, or an amount of the two not known.
    Source: step-up between stages, Cochrane (2005).
    """
    rounds = private_rounds(s)
    return ratio(rounds.latest("amount"), rounds.latest("amount", back=1))


def round_amounts_missing(s: Snapshot) -> Floats:
    """Share of private rounds whose amount is not known.

    Unit: share, 0 to 1. Window: life. Missing: no private round.
    Source: undisclosed amounts are not missing at random, Kaplan and Lerner (2016).
    """
    rounds = private_rounds(s)
    return 1 - ratio(rounds.known("amount"), rounds.count())


def debt_share(s: Snapshot) -> Floats:
    """Debt as a share of all money from rounds, debt and private rounds.

    Unit: share, 0 to 1. Window: life. Missing: no money from rounds, or the amounts of either part unknown.
    Source: venture debt follows venture equity, Ibrahim (2010).
    """
    debt = s.rounds.masked(s.rounds.is_in("kind", "debt", "post_ipo_debt")).total("amount")
    return ratio(debt, debt + raised_usd(s))


def raised_per_year(s: Snapshot) -> Floats:
    """Private money raised for every year since the first private round: one year at least.

    Unit: US dollars a year. Window: life. Missing: no private round, or no amount known.
    Source: Gompers (1995), money released in stages as the firm proves itself.
    """
    years = months_since_first_round(s) / 12
    return ratio(raised_usd(s), np.maximum(years, 1.0))


def raised_trend(s: Snapshot) -> Floats:
    """Private money of the last two years less that of the two before, over both; -1 when it has dried up.

    Unit: ratio, -1 to 1. Window: 2 years against the 2 before. Missing: no money in either, or in one of them rounds
    but no amount known.
    Source: Gompers (1995), investors cut off the firms that disappoint.
    """
    rounds = private_rounds(s)
    now, before = rounds.window(2).total("amount"), rounds.window(2, lag=2).total("amount")
    return ratio(now - before, now + before)


def round_usd_spread(s: Snapshot) -> Floats:
    """Standard deviation of the sizes of the private rounds over their mean.

    Unit: ratio. Window: life. Missing: fewer than two private rounds with an amount, or nothing but zeros.
    Source: Gompers (1995), round size grows with what investors have learned.
    """
    rounds = private_rounds(s)
    mean = rounds.mean("amount")
    squares = rounds.per_firm((rounds.number("amount") - mean[rounds.firm]) ** 2)
    return ratio(np.sqrt(ratio(squares, rounds.known("amount") - 1)), mean)


def last_amount_missing(s: Snapshot) -> Floats:
    """Whether the amount of the latest private round is not known.

    Unit: flag, 0 or 1. Window: latest event. Missing: no private round.
    Source: undisclosed amounts are not missing at random, Kaplan and Lerner (2016).
    """
    rounds = private_rounds(s)
    return np.where(rounds.count() > 0, np.isnan(rounds.latest("amount")), np.nan)


COLUMNS = (
    rounds_count,
    rounds_count_2y,
    raised_usd,
    raised_usd_3y,
    last_round_usd,
    largest_round_usd,
    months_since_first_round,
    months_since_last_round,
    round_gap_mean,
    round_gap_spread,
    round_overdue,
    round_step_up,
    round_amounts_missing,
    debt_share,
    raised_per_year,
    raised_trend,
    round_usd_spread,
    last_amount_missing,
)
