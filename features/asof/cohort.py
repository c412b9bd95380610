"""Which firms are at risk on an as-of date: known, and not yet acquired, listed or closed as far as was known."""

from datetime import date

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.arrays import Mask
from littlegiants.ingest.tables.contract import ENDING_TABLES


def cohort(snapshot: Snapshot, require_round: bool = False) -> npt.NDArray[np.int64]:
    """Return the codes of the firms at risk.

    Parameters
    ----------
    snapshot
        What was known on the as-of date. A firm whose exit was not yet known is still at risk: an investor would have
        believed so on the day.
    require_round
        Whether a firm must have at least one round of any kind.

    Returns
    -------
    ndarray of int64
        Ascending indices into ``snapshot.firm_ids``.
    """
    return np.flatnonzero(_at_risk(snapshot, require_round))


def cohort_counts(snapshot: Snapshot, require_round: bool = False) -> dict[str, int]:
    """Return how many firms are at risk, and of the others how many are not for which reason; together all firms.

    Parameters
    ----------
    snapshot, require_round
        As of `cohort`.

    Returns
    -------
    dict
        ``at_risk``, ``left`` (acquired, listed or closed, as was known), ``not_yet_known`` and, if one is required,
        ``without_round``.
    """
    known, left = snapshot.known, _left(snapshot)
    at_risk = int(_at_risk(snapshot, require_round).sum())
    counts = {"at_risk": at_risk, "left": int((known & left).sum()), "not_yet_known": int((~known).sum())}
    return {**counts, "without_round": len(snapshot) - sum(counts.values())} if require_round else counts


def _left(snapshot: Snapshot) -> Mask:
    left = np.zeros(len(snapshot), bool)
    for name in ENDING_TABLES:
        left[getattr(snapshot, name).firm] = True
    return left


def _at_risk(snapshot: Snapshot, require_round: bool) -> Mask:
    at_risk = snapshot.known & ~_left(snapshot)
    if require_round:
        funded = np.zeros(len(snapshot), bool)
        funded[snapshot.rounds.firm] = True
        at_risk &= funded
    return at_risk


def not_at_risk(as_of: date, require_round: bool, firms: str = "the firm is", example: str = "") -> str:
    """Return the sentence that says why firms are not in the cohort of a date.

    Parameters
    ----------
    as_of
        The as-of date.
    require_round
        As of `cohort`.
    firms
        The subject and the verb of the sentence.
    example
        The id of one of the firms, where there are several.

    Examples
    --------
    >>> not_at_risk(date(2023, 12, 31), require_round=False)
    'the firm is not at risk on 2023-12-31: not yet known, or already acquired, listed or closed'
    """
    first = f", {example!r} the first" if example else ""
    known = "not yet known, without a round" if require_round else "not yet known"
    return f"{firms} not at risk on {as_of}{first}: {known}, or already acquired, listed or closed"
