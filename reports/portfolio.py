"""Aggregates of the scores of a portfolio: the ranking, the withheld firms, the number of successes to expect."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.models.scoring.abstain import REASONS as WITHHELD_REASONS
from littlegiants.models.scoring.model import Scores
from littlegiants.models.scoring.score_columns import REASON_COLUMNS
from littlegiants.reports.evidence import Z95
from littlegiants.reports.wording import Reason, describe_reason, visible

BINS = 20
_Numbers = tuple[float, float, float, float, float, float]
_NUMBERS = ("p_market", "p_market_low", "p_market_high", "p_subsidised", "p_stalled", "percentile")


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm of the ranking; ``probability``, ``low``, ``high``, ``subsidised`` and ``stalled`` are shares."""

    rank: int
    firm_id: str
    name: str
    probability: float
    low: float
    high: float
    subsidised: float
    stalled: float
    percentile: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """One firm without a probability, and the sentence that says why."""

    firm_id: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many successes to expect among a number of firms, and a plausible range of whole numbers."""

    firms: int
    expected: float
    low: int
    high: int


def ranking(scores: Scores, limit: int) -> list[int]:
    """Return the rows of the most promising firms, best first; equal probabilities by ``firm_id``.

    Parameters
    ----------
    scores
        What `littlegiants.models.scoring.model.Model.score` returned.
    limit
        How many firms at most.
    """
    rows, market, ids = np.flatnonzero(~scores["abstained"]), scores["p_market"], scores["firm_id"]
    if 0 < limit < len(rows):
        # Only rows that can be among them are sorted; ties at the end stay in.
        rows = rows[market[rows] >= np.partition(market[rows], -limit)[-limit]]
    return sorted(rows.tolist(), key=lambda row: (-market[row], ids[row]))[:limit]


def ranked(scores: Scores, names: Mapping[str, str], limit: int) -> list[Firm]:
    """Return the most promising firms, as `ranking` orders them.

    Parameters
    ----------
    scores
        As of `ranking`.
    names
        The firms' names by ``firm_id``.
    limit
        As of `ranking`.
    """
    rows = ranking(scores, limit)
    numbers: Iterable[_Numbers] = zip(*(scores[name][rows].tolist() for name in _NUMBERS), strict=True)
    reasons = zip(*(scores[name][rows] for name in REASON_COLUMNS), strict=True)
    ids = scores["firm_id"][rows].tolist()
    return [
        Firm(
            rank,
            visible(firm_id),
            visible(names.get(firm_id, "")),
            *own,
            tuple(map(describe_reason, filter(None, found))),
        )
        for rank, (firm_id, own, found) in enumerate(zip(ids, numbers, reasons, strict=True), 1)
    ]


def withheld(scores: Scores, names: Mapping[str, str], limit: int) -> list[Withheld]:
    """Return the first firms without a probability, by ``firm_id``.

    Parameters
    ----------
    scores, names, limit
        As of `ranked`.
    """
    ids, codes = (scores[name][scores["abstained"]].tolist() for name in ("firm_id", "abstain_reason"))
    first = sorted(zip(ids, codes, strict=True), key=lambda pair: pair[0])[:limit]
    return [Withheld(visible(firm_id), visible(names.get(firm_id, "")), why(code)) for firm_id, code in first]


def withheld_counts(scores: Scores) -> list[tuple[str, int]]:
    """Return how many firms are withheld for each reason, the most frequent first."""
    counts = Counter(map(why, scores["abstain_reason"][scores["abstained"]].tolist()))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def given(scores: Scores) -> Floats:
    """Return P(market) of the firms for which it is not withheld, in the order of the scores."""
    return np.asarray(scores["p_market"][~scores["abstained"]], np.float64)


def why(code: str) -> str:
    """Return a reason for withholding as a sentence; a code of a later version as it is."""
    return WITHHELD_REASONS.get(code, visible(code))


def outlook(probabilities: Floats) -> Outlook:
    """Return the number of successes to expect among independent firms.

    Parameters
    ----------
    probabilities : ndarray, shape (n,)
        One for each firm, none missing.

    Notes
    -----
    The number of successes of n independent firms has the mean ``sum(p)`` and the variance ``sum(p (1 - p))`` (Poisson
    1837). The range is the mean plus and minus 1.96 standard deviations, rounded outwards to whole firms.

    Examples
    --------
    >>> outlook(np.array([0.2, 0.5, 0.5]))
    Outlook(firms=3, expected=1.2, low=0, high=3)
    """
    # Summed exactly, so that the order of the firms never shows.
    expected = math.fsum(probabilities.tolist())
    half = Z95 * math.sqrt(math.fsum((probabilities * (1 - probabilities)).tolist()))
    firms = len(probabilities)
    return Outlook(firms, expected, max(math.floor(expected - half), 0), min(math.ceil(expected + half), firms))


def histogram(probabilities: Floats) -> tuple[list[float], list[int]]:
    """Return the edges of `BINS` equal bins from 0 to 1 and the number of firms in each."""
    firms, edges = np.histogram(probabilities, BINS, (0.0, 1.0))
    return edges.tolist(), firms.tolist()
