"""What the scores of a portfolio say: the ranking, the firms withheld, the number of successes to expect."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.models.scoring.abstain import REASONS as WITHHELD_REASONS
from littlegiants.reports.evidence import Z95
from littlegiants.reports.wording import Reason, reason, visible

BINS = 20
_REASON_COLUMNS = ("reason_1", "reason_2", "reason_3")


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


def ranked(scores: pd.DataFrame, names: Mapping[str, str], limit: int) -> list[Firm]:
    """Return the most promising firms, best first; equal probabilities by ``firm_id``."""
    given = scores[~scores["abstained"]]
    best = given.sort_values(["p_market", "firm_id"], ascending=[False, True], kind="stable").head(limit)
    return [_firm(place, row, names) for place, row in enumerate(_rows(best), 1)]


def withheld(scores: pd.DataFrame, names: Mapping[str, str], limit: int) -> list[Withheld]:
    """Return the first firms without a probability, by ``firm_id``."""
    first = scores[scores["abstained"]].sort_values("firm_id", kind="stable").head(limit)
    return [_withheld(row, names) for row in _rows(first)]


def withheld_counts(scores: pd.DataFrame) -> list[tuple[str, int]]:
    """Return how many firms are withheld for each reason, the most frequent first."""
    counts = Counter(map(why, scores.loc[scores["abstained"], "abstain_reason"]))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def why(code: str) -> str:
    """Return a reason for withholding as a sentence; a code of a later version as it is."""
    return WITHHELD_REASONS.get(code, visible(code))


def outlook(probabilities: npt.NDArray[np.float64]) -> Outlook:
    """Return the number of successes to expect among independent firms.

    Parameters
    ----------
    probabilities : ndarray, shape (n,)
        One a firm, none missing.

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


def histogram(probabilities: npt.NDArray[np.float64]) -> tuple[list[float], list[int]]:
    """Return the edges of `BINS` equal bins from 0 to 1 and the number of firms in each."""
    firms, edges = np.histogram(probabilities, BINS, (0.0, 1.0))
    return edges.tolist(), firms.tolist()


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _firm(rank: int, row: dict[str, Any], names: Mapping[str, str]) -> Firm:
    reasons = (reason(row[column]) for column in _REASON_COLUMNS)
    return Firm(
        rank=rank,
        firm_id=visible(row["firm_id"]),
        name=visible(names.get(row["firm_id"], "")),
        probability=row["p_market"],
        low=row["p_market_low"],
        high=row["p_market_high"],
        subsidised=row["p_subsidised"],
        stalled=row["p_stalled"],
        percentile=row["percentile"],
        reasons=tuple(found for found in reasons if found is not None),
    )


def _withheld(row: dict[str, Any], names: Mapping[str, str]) -> Withheld:
    return Withheld(visible(row["firm_id"]), visible(names.get(row["firm_id"], "")), why(row["abstain_reason"]))
