"""Investors: whether they are named, who joins, who comes again, who stays away, and what kind they are.

A *named round* is a day on which the firm names investors; one name is one investor, whatever its case. The first two
columns say how complete the record is. All others are missing where no investor is named, so that a complete record
does not pass for a good one.
"""

from dataclasses import dataclass

import numpy as np

from littlegiants.features.asof.arithmetic import ratio
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.families.funding import private_rounds
from littlegiants.features.population.groups import Codes
from littlegiants.features.population.investors import starts_of
from littlegiants.ingest.arrays import Floats, Mask
from littlegiants.ingest.tables.contract import INVESTOR_KINDS


@dataclass(frozen=True, slots=True)
class Backers:
    """The firms' investors, each (n,).

    ``first`` and ``last`` are the days of an investor's first and last investment in the firm, ``days`` says on how
    many days it invested, and ``kind`` is the code of the kind last stated (-1 for none).
    """

    firm: Codes
    first: Floats
    last: Floats
    days: Floats
    kind: Codes


def backers(s: Snapshot) -> Backers:
    """Return the investors of the firms seen at the snapshot."""
    return s.shared(_backers)


def _backers(s: Snapshot) -> Backers:
    rows = s.investments
    if not len(rows):
        none = np.zeros(0)
        return Backers(np.zeros(0, np.int64), none, none, none, np.zeros(0, np.int64))
    code = s.investor_pairs.of_name[rows.column("investor").astype(np.intp)]
    order = np.lexsort((rows.day, code, rows.firm))
    firm, code, day = rows.firm[order], code[order], rows.day_number[order]
    starts = starts_of(firm, code)
    ends = np.append(starts[1:], len(order)) - 1
    other_day = np.zeros(len(order))
    other_day[starts_of(firm, code, day)] = 1
    kinds = rows.column("kind").astype(np.int64)[order]
    stated = np.maximum.reduceat(np.where(kinds >= 0, np.arange(len(order)), -1), starts)
    return Backers(
        firm[starts],
        day[starts],
        day[ends],
        np.add.reduceat(other_day, starts),
        np.append(kinds, -1)[stated],
    )


def _counted(s: Snapshot, mask: Mask | None = None) -> Floats:
    """Return the number of each firm's investors, or of those under a mask; 0 for none, NaN where not observed."""
    if not s.investments.observed:
        return np.full(len(s), np.nan)
    firm = backers(s).firm
    return np.bincount(firm if mask is None else firm[mask], minlength=len(s)).astype(np.float64)


def _rounds(s: Snapshot) -> tuple[Floats, Floats]:
    """Return the number of named rounds of each firm, and the day of the one before the last (NaN for none)."""
    return s.shared(_named_rounds)


def _named_rounds(s: Snapshot) -> tuple[Floats, Floats]:
    rows = s.investments
    first = starts_of(rows.firm, rows.day) if len(rows) else np.zeros(0, np.int64)
    firm, day = rows.firm[first], rows.day_number[first]
    rounds = np.bincount(firm, minlength=len(s)).astype(np.float64) if rows.observed else np.full(len(s), np.nan)
    before = np.full(len(s), np.nan)
    earlier = firm[:-1] == firm[1:]
    before[firm[:-1][earlier]] = day[:-1][earlier]  # of several, the one assigned last stays: the latest
    return rounds, before


def _of_last_round(s: Snapshot) -> Mask:
    """Return which investors took part in their firm's last named round."""
    found = backers(s)
    return np.equal(found.last, s.investments.last_day[found.firm])


def _joined_last(s: Snapshot) -> Mask:
    """Return which investors are of their firm's last named round alone."""
    found = backers(s)
    return np.equal(found.first, s.investments.last_day[found.firm])


def _with_two(s: Snapshot, values: Floats) -> Floats:
    """Return the values of firms with at least two named rounds, NaN for others."""
    return np.where(_rounds(s)[0] >= 2, values, np.nan)


def investors_named(s: Snapshot) -> Floats:
    """Whether any investor of the firm is named.

    Unit: flag, 0 or 1. Window: life. Missing: investments not observed.
    Source: coverage of venture data is uneven, Kaplan and Lerner (2016).
    """
    named = s.investments.count()
    return np.where(np.isnan(named), np.nan, named > 0)


def named_round_share(s: Snapshot) -> Floats:
    """Named rounds for every private round; above 1 where investors are named of days without a private round.

    Unit: ratio. Window: life. Missing: no private round, or investments not observed.
    Source: coverage of venture data is uneven, Kaplan and Lerner (2016).
    """
    return ratio(_rounds(s)[0], private_rounds(s).count())


def investors_count(s: Snapshot) -> Floats:
    """Investors named so far.

    Unit: count. Window: life. Missing: no investor named.
    Source: Brander, Amit and Antweiler (2002), syndication and performance.
    """
    count = _counted(s)
    return np.where(count > 0, count, np.nan)


def investors_named_last(s: Snapshot) -> Floats:
    """Investors named of the last named round.

    Unit: count. Window: latest named round. Missing: no investor named.
    Source: Brander, Amit and Antweiler (2002), syndication and performance.
    """
    return np.where(_counted(s) > 0, _counted(s, _of_last_round(s)), np.nan)


def new_investors_last(s: Snapshot) -> Floats:
    """Investors who joined in the last named round.

    Unit: count. Window: latest named round. Missing: no investor named.
    Source: Lerner (1994), who joins a syndicate in later rounds.
    """
    return np.where(_counted(s) > 0, _counted(s, _joined_last(s)), np.nan)


def insider_share_last(s: Snapshot) -> Floats:
    """Share of the last named round's investors who were in before; 1 is an insider round.

    Unit: share, 0 to 1. Window: latest named round. Missing: fewer than two named rounds.
    Source: Broughman and Fried (2012), do venture capitalists use inside rounds to dilute founders.
    """
    last = _counted(s, _of_last_round(s))
    return _with_two(s, 1 - ratio(_counted(s, _joined_last(s)), last))


def silent_investor_share(s: Snapshot) -> Floats:
    """Share of the earlier investors who are not in the last named round.

    Unit: share, 0 to 1. Window: life. Missing: fewer than two named rounds.
    Source: Gompers (1995), investors cut off the firms that disappoint.
    """
    earlier = _counted(s, ~_joined_last(s))
    return _with_two(s, ratio(_counted(s, ~_of_last_round(s)), earlier))


def repeat_investor_share(s: Snapshot) -> Floats:
    """Share of the investors who invested on more than one day.

    Unit: share, 0 to 1. Window: life. Missing: fewer than two named rounds.
    Source: Lerner (1994), who joins a syndicate in later rounds.
    """
    return _with_two(s, ratio(_counted(s, backers(s).days > 1), _counted(s)))


def months_since_new_investor(s: Snapshot) -> Floats:
    """Time since an investor last joined.

    Unit: months. Window: life. Missing: no investor named.
    Source: Gompers (1995), staging and what outsiders learn.
    """
    joined = np.full(len(s), -np.inf)
    np.maximum.at(joined, backers(s).firm, backers(s).first)
    return s.investments.months_since(np.where(np.isinf(joined), np.nan, joined))


def _kind_share(s: Snapshot, *kinds: str) -> Floats:
    """Return the share of the investors of these kinds among those whose kind is stated."""
    kind = backers(s).kind
    return ratio(_counted(s, np.isin(kind, [INVESTOR_KINDS.index(one) for one in kinds])), _counted(s, kind >= 0))


def corporate_investor_share(s: Snapshot) -> Floats:
    """Share of corporations among the investors whose kind is stated.

    Unit: share, 0 to 1. Window: life. Missing: no investor's kind stated.
    Source: Chemmanur, Loutskina and Tian (2014), corporate venture capital, value creation and innovation.
    """
    return _kind_share(s, "corporate")


def state_investor_share(s: Snapshot) -> Floats:
    """Share of state-backed investors among those whose kind is stated.

    Unit: share, 0 to 1. Window: life. Missing: no investor's kind stated.
    Source: Brander, Du and Hellmann (2015), government and private venture capital mixed.
    """
    return _kind_share(s, "state")


def angel_investor_share(s: Snapshot) -> Floats:
    """Share of angels and crowds among the investors whose kind is stated.

    Unit: share, 0 to 1. Window: life. Missing: no investor's kind stated.
    Source: Hellmann, Schure and Vo (2021), angels and venture capitalists: substitutes or complements.
    """
    return _kind_share(s, "angel", "crowd")


COMPLETENESS = (investors_named, named_round_share)
COLUMNS = (
    *COMPLETENESS,
    investors_count,
    investors_named_last,
    new_investors_last,
    insider_share_last,
    silent_investor_share,
    repeat_investor_share,
    months_since_new_investor,
    corporate_investor_share,
    state_investor_share,
    angel_investor_share,
)
