"""Pairs of a firm and its investor: since when each is known, and since when a later round or an exit of the firm is.

The same function serves the population, which counts the pairs of all firms, and a snapshot, which takes a firm's own
pairs out of the counts again: so the record of an investor never holds what became of the very firm that is scored.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from littlegiants.features.population.groups import Codes, Keys, following
from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.tables.contract import OUTCOME_KINDS, ROUND_KINDS
from littlegiants.ingest.tables.days import NEVER
from littlegiants.ingest.tables.rows import Rows

NOT_PRIVATE = ("debt", "post_ipo_debt", "secondary")
# A list of more names than this on one day is a crowd; all pairs of it would be most of the network.
_MOST_JOINED = 40
_FIRM = 33  # bits that a day has, so that a firm and a day are one number


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of a firm and an investor of it, by firm and investor, each (n,).

    Attributes
    ----------
    firm, investor
        Codes; an investor's is the index of its key in ``keys``.
    known
        Day from which the pair is known.
    followed, exited
        Day from which a private round after one of the pair's investments is known, and an exit on or after the day of
        one; `NEVER` for none.
    keys
        Distinct keys of investors, see `investor_keys`.
    of_name : ndarray of int64, shape (names,)
        The index in ``keys`` of each name in the vocabulary of the rows, -1 for a name that no row has.
    """

    firm: Codes
    investor: Codes
    known: Codes
    followed: Codes
    exited: Codes
    keys: Keys
    of_name: Codes

    def known_by(self, day: int) -> "Pairs":
        """Return the pairs known by the end of a day, and of their fate what is known by then."""
        seen = (self.known <= day).nonzero()[0]
        followed, exited = (np.where(fate[seen] <= day, fate[seen], NEVER) for fate in (self.followed, self.exited))
        pair = self.firm[seen], self.investor[seen], self.known[seen]
        return Pairs(*pair, followed, exited, self.keys, self.of_name)


def investor_keys(names: Keys) -> Keys:
    """Return each name as investors are told apart: without case and further blanks.

    Examples
    --------
    >>> investor_keys(np.array(["SV Angel", "sv  angel "], object)).tolist()
    ['sv angel', 'sv angel']
    """
    return np.array([" ".join(name.casefold().split()) for name in names.tolist()], object)


def pairs_of(firms: Rows, investments: Rows, rounds: Rows | None, outcomes: Rows | None) -> Pairs:
    """Return all pairs that the rows tell of.

    Every version of a row counts from the day it is known: a correction may change an amount, but not that the
    investor took part. What is known of a pair on a day therefore depends on no row known later.

    Parameters
    ----------
    firms, investments, rounds, outcomes
        All versions of the rows; None for a table that is not observed. Nothing is known of a firm before itself.
    """
    keys, of_name, code, firm, day, known = _columns(firms, investments)
    private = None if rounds is None else rounds.take((~_is(rounds, ROUND_KINDS, NOT_PRIVATE)).nonzero()[0])
    exits = None if outcomes is None else outcomes.take((~_is(outcomes, OUTCOME_KINDS, ("closure",))).nonzero()[0])
    later = np.maximum(_first_known(private, firm, day + 1), known)
    left = np.maximum(_first_known(exits, firm, day), known)
    number = firm * max(len(keys), 1) + code
    order = number.argsort(kind="stable")
    first = starts_of(number[order])
    known, later, left = (
        np.minimum.reduceat(days[order], first) if len(first) else days for days in (known, later, left)
    )
    return Pairs(firm[order][first], code[order][first], known, later, left, keys, of_name)


def starts_of(*sorted_by: npt.NDArray[np.generic]) -> Codes:
    """Return the first row of each run of rows that are equal in all of the given columns."""
    new = np.ones(len(sorted_by[0]), bool)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in sorted_by])
    return new.nonzero()[0]


def find_sorted(ascending: Codes, wanted: Codes) -> tuple[Codes, Mask]:
    """Return the place of each wanted number among ascending ones, and whether it is there."""
    place = np.minimum(np.searchsorted(ascending, wanted), max(len(ascending) - 1, 0))
    there = ascending[place] == wanted if len(ascending) else np.zeros(len(wanted), bool)
    return place, there


def joint_investments(firms: Rows, investments: Rows) -> tuple[Codes, Codes, Codes, Keys]:
    """Return every two investors that invested in a firm on one day, the lower code first, and since when it is known.

    Parameters
    ----------
    firms, investments
        All versions of the rows. Nothing is known of a firm before itself.

    Returns
    -------
    tuple of ndarray
        The two codes, the day, and the keys of the codes. Two investors stand once for each time; those of a day with
        more than 40 names do not stand at all.
    """
    keys, _, code, firm, day, known = _columns(firms, investments)
    order = np.lexsort((known, code, day, firm))
    # Of the versions of an investment, the one known first.
    order = order[starts_of(firm[order], day[order], code[order])]
    firm, day, code, known = firm[order], day[order], code[order], known[order]
    starts = starts_of(firm, day)
    sizes = np.diff(np.append(starts, len(code)))
    ends = np.repeat(np.where(sizes <= _MOST_JOINED, starts + sizes, 0), sizes)
    one, other = following(np.arange(len(code)), ends)
    return code[one], code[other], np.maximum(known[one], known[other]), keys


def _columns(firms: Rows, investments: Rows) -> tuple[Keys, Codes, Codes, Codes, Codes, Codes]:
    """Return the keys of investors, the key of each name, and key, firm, day and day known of each row."""
    names = investments.columns["investor"]
    assert isinstance(names, np.ndarray)  # noqa: S101 - narrows the type; names are text
    keys, of_name = _keyed(investments.vocabularies["investor"], names)
    firm, day, known = (values.astype(np.int64) for values in (investments.firm, investments.day, investments.known))
    firm_known = np.full(max(firm.max(initial=-1), firms.firm.max(initial=-1)) + 1, NEVER, np.int64)
    np.minimum.at(firm_known, firms.firm, firms.known.astype(np.int64))
    return keys, of_name, of_name[names], firm, day, np.maximum(known, firm_known[firm])


def _keyed(vocabulary: Keys, names: npt.NDArray[np.generic]) -> tuple[Keys, Codes]:
    """Return the distinct keys of the names that occur, ascending, and the index of each name's key."""
    used = np.unique(names)
    found = investor_keys(vocabulary[used]).tolist()
    keys = sorted(set(found))
    index = {key: place for place, key in enumerate(keys)}
    of_name = np.full(len(vocabulary), -1)
    of_name[used] = [index[key] for key in found]
    return np.array(keys, object), of_name


def _is(rows: Rows, choices: tuple[str, ...], some: tuple[str, ...]) -> Mask:
    kinds = rows.columns["kind"]
    assert isinstance(kinds, np.ndarray)  # noqa: S101 - narrows the type; kinds are choices
    return np.isin(kinds, [choices.index(kind) for kind in some])


def _first_known(rows: Rows | None, firm: Codes, day: Codes) -> Codes:
    """Return the earliest day on which a row of each firm that happened on or after each day is known; or `NEVER`."""
    if rows is None or not len(rows):
        return np.full(len(firm), NEVER, np.int64)
    # Rows are sorted by firm and day. Counted from behind, each firm's days are below those of all firms before.
    owner, days, known = (values.astype(np.int64) for values in (rows.firm, rows.day, rows.known))
    offset = owner << _FIRM
    earliest = np.minimum.accumulate((known + offset)[::-1])[::-1] - offset
    place = np.searchsorted(offset + days, (firm << _FIRM) + day)
    inside = np.minimum(place, len(owner) - 1)
    return np.where((place < len(owner)) & (owner[inside] == firm), earliest[inside], NEVER)
