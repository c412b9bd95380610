"""What happened to a firm after an as-of date: the three exclusive outcomes, and when nothing can be said.

Labels look ahead by design, so they read `Tables` and not a snapshot. They judge an event by the day it happened, with
all that is known today.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.tables.contract import OUTCOME_KINDS, ROUND_KINDS
from littlegiants.ingest.tables.days import NEVER, NO_DAY, day_number
from littlegiants.ingest.tables.rows import Rows
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.outcomes import EventRule, outcome_named

UNKNOWN, STALLED, SUBSIDISED, MARKET = -1, 0, 1, 2
Labels = npt.NDArray[np.int8]
_TWO_YEARS = LabelTimespan(24)


@dataclass(frozen=True, slots=True)
class LabelRule:
    """Which events count.

    Attributes
    ----------
    outcome
        The name of a declared outcome; see `littlegiants.models.outcomes`.
    timespan, min_round_usd
        The window after the as-of date, and the smallest round that counts, in US dollars.
    partial
        Whether the events that count in part are successes, too.
    """

    outcome: str = "market"
    timespan: LabelTimespan = _TWO_YEARS
    min_round_usd: float = 1_000_000.0
    partial: bool = False

    @property
    def events(self) -> EventRule:
        """Which events of the outcome count.

        Raises
        ------
        ConfigError
            If no such outcome is declared.
        """
        return outcome_named(self.outcome).rule


def label(tables: Tables, firms: npt.NDArray[np.int64], as_of: date, known_by: date, rule: LabelRule) -> Labels:
    """Label the firms of a cohort.

    Parameters
    ----------
    tables
        All rows known by ``known_by``.
    firms
        Codes of the cohort's firms.
    as_of, known_by
        The window is ``(as_of, as_of + timespan]``, the last day of which must not lie after ``known_by``.
    rule
        Which events count.

    Returns
    -------
    ndarray of int8, shape (len(firms),)
        `MARKET`, `SUBSIDISED` or `STALLED`; `UNKNOWN` for every firm when the window is not fully observed, and for a
        firm whose exit turned out to lie before the as-of date, since it was not at risk at all.
    """
    start, end = day_number(as_of), day_number(rule.timespan.end(as_of))
    if end > day_number(known_by):
        return np.full(len(firms), UNKNOWN, np.int8)
    size = len(tables)
    result = np.full(size, STALLED, np.int8)
    result[_firms_with(tables.events["grants"], start, end)] = SUBSIDISED
    for rows in (_exits(tables, rule), _rounds(tables, rule)):
        result[_firms_with(rows, start, end)] = MARKET
    left = tables.events["outcomes"]
    result[_firms_with(left, NO_DAY, start)] = UNKNOWN
    return np.asarray(result[firms], np.int8)


def _firms_with(rows: Rows | None, start: int, end: int) -> npt.NDArray[np.int32]:
    """Return the firms with a row, as finally known, that happened in ``(start, end]``."""
    if rows is None:
        return np.array([], np.int32)
    within = (rows.day > start) & (rows.day <= end) & (rows.superseded == NEVER)
    return np.asarray(rows.firm[within], np.int32)


def _exits(tables: Tables, rule: LabelRule) -> Rows | None:
    outcomes = tables.events["outcomes"]
    if outcomes is None:
        return None
    return outcomes.take(np.flatnonzero(_is_kind(outcomes, rule.events.exits, OUTCOME_KINDS)))


def _rounds(tables: Tables, rule: LabelRule) -> Rows | None:
    rounds = tables.events["rounds"]
    kinds = rule.events.rounds + (rule.events.partial_rounds if rule.partial else ())
    if rounds is None or not kinds:
        return None
    cents = np.nan_to_num(np.asarray(rounds.columns["amount"], np.float64))
    state = np.nan_to_num(np.asarray(rounds.columns["state_backed_share"], np.float64))
    counts = _is_kind(rounds, kinds, ROUND_KINDS) & (cents >= rule.min_round_usd * 100) & (state <= 0.5)
    return rounds.take(np.flatnonzero(counts))


def _is_kind(rows: Rows, kinds: tuple[str, ...], choices: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    codes = np.asarray(rows.columns["kind"], np.int32)
    return np.isin(codes, [choices.index(kind) for kind in kinds])
